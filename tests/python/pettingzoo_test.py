"""The environments in PettingZoo, where it is installed."""

import pytest

import hod
from conftest import SIZE

pettingzoo = pytest.importorskip("pettingzoo", reason="pettingzoo is not installed")


def test_an_environment_passes_its_checks():
    from pettingzoo.test import parallel_api_test

    env = hod.parallel_env(world_size=SIZE, horizon=12)
    assert isinstance(env, pettingzoo.ParallelEnv)
    parallel_api_test(env, num_cycles=50)
