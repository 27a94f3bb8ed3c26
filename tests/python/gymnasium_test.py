"""The environments in Gymnasium, where it is installed."""

import pytest

import hod
from conftest import SIZE

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium is not installed")

SETTINGS = {"world_size": SIZE, "horizon": 12}


def test_an_environment_passes_its_checks():
    from gymnasium.utils.env_checker import check_env

    env = hod.AssistantEnv(**SETTINGS)
    assert isinstance(env, gymnasium.Env)
    check_env(env, skip_render_check=True)


def test_a_vector_of_environments_takes_its_wrappers():
    vector = hod.VectorEnv(2, **SETTINGS)
    assert isinstance(vector, gymnasium.vector.VectorEnv)
    recorded = gymnasium.wrappers.vector.RecordEpisodeStatistics(vector)
    recorded.reset(seed=1)
    for _ in range(13):
        recorded.step(vector.action_space.sample())
