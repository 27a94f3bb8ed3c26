"""The environments in PettingZoo and SuperSuit, where they are installed."""

import types
import warnings

import numpy as np
import pytest

import hod
from conftest import SIZE

pettingzoo = pytest.importorskip("pettingzoo", reason="pettingzoo is not installed")


def parallel_env(**kwargs):
    return hod.parallel_env(world_size=SIZE, **{"max_cycles": 12, **kwargs})


def aec_env(**kwargs):
    return pettingzoo.utils.parallel_to_aec(parallel_env(**kwargs))


def test_an_environment_passes_its_checks():
    from pettingzoo.test import parallel_api_test

    env = parallel_env()
    assert isinstance(env, pettingzoo.ParallelEnv)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "reset: the options")  # The check passes one.
        parallel_api_test(env, num_cycles=50)


def test_as_turns_it_passes_their_checks():
    from pettingzoo.test import api_test

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It recommends other names and flat observations.
        api_test(aec_env(), num_cycles=50)


def test_states_seeds_and_cycles_pass_their_checks():
    from pettingzoo.test import max_cycles_test, parallel_seed_test, seed_test
    from pettingzoo.test.state_test import state_test

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state_test(aec_env(), parallel_env())
    seed_test(aec_env, num_cycles=20)
    parallel_seed_test(parallel_env, num_cycles=20)
    max_cycles_test(types.SimpleNamespace(parallel_env=parallel_env, env=aec_env))


def test_masks_are_where_learners_look():
    env = parallel_env()
    observations, infos = env.reset(seed=1)
    for agent in env.agents:
        mask = observations[agent]["action_mask"]
        assert mask.dtype == np.int8 and np.array_equal(mask, infos[agent]["action_mask"])
        assert env.action_space(agent).sample(mask) in env.action_space(agent)
        assert observations[agent] in env.observation_space(agent)


def test_supersuit_makes_a_vector_of_it():
    supersuit = pytest.importorskip("supersuit", reason="supersuit is not installed")
    vector = supersuit.pettingzoo_env_to_vec_env_v1(parallel_env())
    vector = supersuit.concat_vec_envs_v1(vector, 2)
    vector.reset(seed=1)
    for _ in range(12):
        observations, _, _, truncated, infos = vector.step(np.zeros(4, int))
    assert truncated.all() and (observations["timestep"] == 0).all()
    assert [int(info["terminal_observation"]["timestep"][0]) for info in infos] == [12] * 4
