"""The environments in Stable-Baselines3 and sb3-contrib, where they are installed."""

import runpy
import warnings
from pathlib import Path

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

    views = hod.VectorEnv(2, **SETTINGS, autoreset_mode="SameStep", copy=False)
    with pytest.raises(ValueError, match="copy"):
        hod.stable_baselines3.VecEnv(views)
    vector = hod.VectorEnv(2, **SETTINGS, autoreset_mode="SameStep")
    theirs = DummyVecEnv([lambda: hod.AssistantEnv(**SETTINGS)] * 2)
    ours = hod.stable_baselines3.VecEnv(vector)
    for env in (ours, theirs):
        env.seed(3)
    seen, expected = ours.reset(), theirs.reset()
    for t in range(1, 15):
        assert all(np.array_equal(seen[key], expected[key]) for key in expected)
        seen, rewards, dones, infos = ours.step(np.zeros(2, int))
        expected, their_rewards, their_dones, their_infos = theirs.step(np.zeros(2, int))
        assert np.allclose(rewards, their_rewards) and np.array_equal(dones, their_dones)
        for info, other in zip(infos, their_infos):
            assert info.keys() == other.keys()
            assert info["TimeLimit.truncated"] == other["TimeLimit.truncated"] == (t == 12)
            if t == 12:
                last = info["terminal_observation"]
                assert last["timestep"] == other["terminal_observation"]["timestep"] == 12
                assert np.array_equal(last["world"], other["terminal_observation"]["world"])
    with pytest.raises(ValueError, match="SameStep"):
        hod.stable_baselines3.VecEnv(hod.VectorEnv(2, **SETTINGS))


def test_a_replay_buffer_keeps_both_ends_of_a_step():
    from stable_baselines3.common.buffers import DictReplayBuffer

    env = hod.stable_baselines3.VecEnv(hod.VectorEnv(1, **SETTINGS, autoreset_mode="SameStep"))
    buffer = DictReplayBuffer(10, env.observation_space, env.action_space)
    before = env.reset()
    for _ in range(5):
        after, rewards, dones, infos = env.step(np.zeros(1, int))
        buffer.add(before, after, np.zeros((1, 1)), rewards, dones, infos)
        before = after
    assert buffer.observations["timestep"][:5].ravel().tolist() == [0, 1, 2, 3, 4]
    assert buffer.next_observations["timestep"][:5].ravel().tolist() == [1, 2, 3, 4, 5]


def test_the_worked_example(monkeypatch, capsys):
    pytest.importorskip("sb3_contrib", reason="sb3_contrib is not installed")
    monkeypatch.setenv("STEPS", "512")
    example = Path(__file__).parents[2] / "docs" / "examples" / "learners.py"
    runpy.run_path(str(example), run_name="__main__")
    assert "20 of 20 actions are valid" in capsys.readouterr().out
