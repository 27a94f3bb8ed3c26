"""The environments in Stable-Baselines3, where it is installed."""

import warnings

import numpy as np
import pytest

import hod
from conftest import SIZE

pytest.importorskip("stable_baselines3", reason="stable_baselines3 is not installed")

SETTINGS = {"world_size": SIZE, "horizon": 12, "human": "random"}


def test_an_environment_passes_its_checks():
    from stable_baselines3.common.env_checker import check_env

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A world has more axes than it recommends; it is flattened all the same.
        warnings.filterwarnings("ignore", "Your observation world has an unconventional shape")
        check_env(hod.AssistantEnv(**SETTINGS))


def test_truncated_episodes_end_with_what_they_ended_with():
    from stable_baselines3.common.vec_env import DummyVecEnv

    env = DummyVecEnv([lambda: hod.AssistantEnv(**SETTINGS)] * 2)
    env.seed(3)
    env.reset()
    for _ in range(12):
        seen, _, dones, infos = env.step(np.zeros(2, int))
    assert dones.all() and (seen["timestep"] == 0).all()
    for info in infos:
        assert info["TimeLimit.truncated"] and info["terminal_observation"]["timestep"] == 12


def test_a_replay_buffer_keeps_both_ends_of_a_step():
    from stable_baselines3.common.buffers import DictReplayBuffer

    env = hod.AssistantEnv(**SETTINGS)
    buffer = DictReplayBuffer(10, env.observation_space, env.action_space)
    before = env.reset(seed=1)[0]
    for _ in range(5):
        after, reward, *_, info = env.step(0)
        buffer.add(before, after, np.zeros((1, 1)), np.array([reward]), np.array([0]), [info])
        before = after
    assert buffer.observations["timestep"][:5].ravel().tolist() == [0, 1, 2, 3, 4]
    assert buffer.next_observations["timestep"][:5].ravel().tolist() == [1, 2, 3, 4, 5]


def test_maskable_ppo_takes_valid_actions_alone():
    contrib = pytest.importorskip("sb3_contrib", reason="sb3_contrib is not installed")
    env = hod.AssistantEnv(**SETTINGS)
    model = contrib.MaskablePPO("MultiInputPolicy", env, n_steps=16, batch_size=16, n_epochs=1)
    model.learn(16)
    observation, _ = env.reset(seed=2)
    for _ in range(10):
        action, _ = model.predict(observation, action_masks=env.action_masks())
        assert env.action_masks()[int(action)]
        observation = env.step(int(action))[0]
