"""The environments in Gymnasium, where it is installed."""

import copy
import warnings

import numpy as np
import pytest

import hod
from conftest import SIZE

gymnasium = pytest.importorskip("gymnasium", reason="gymnasium is not installed")

SETTINGS = {"world_size": SIZE, "horizon": 12, "human": "random"}
MODES = ["NextStep", "SameStep", "Disabled"]


def test_an_environment_passes_its_checks():
    from gymnasium.utils.env_checker import check_env

    assert isinstance(hod.AssistantEnv(**SETTINGS), gymnasium.Env)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make("hod/Assistant-v0", **SETTINGS, render_mode="rgb_array")
        check_env(env.unwrapped)


def test_environments_are_made_by_name():
    env = gymnasium.make("hod/Assistant-v0", **SETTINGS)
    assert isinstance(env.unwrapped, hod.AssistantEnv)
    env.reset(seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vector = gymnasium.make_vec("hod/Assistant-v0", num_envs=3, **SETTINGS)
    assert isinstance(vector.unwrapped, hod.VectorEnv) and vector.num_envs == 3
    assert vector.spec.id == "hod/Assistant-v0"
    vector.reset(seed=1)
    vector.step(vector.action_space.sample())
    vector.close()
    assert vector.closed


def test_a_seed_of_gymnasium_s_gives_the_same_episode_again():
    first, _ = (env := hod.AssistantEnv(**SETTINGS)).reset()
    assert env.np_random_seed > 2**64
    again, _ = hod.AssistantEnv(**SETTINGS).reset(seed=env.np_random_seed)
    assert np.array_equal(first["world"], again["world"])
    first, _ = (vector := hod.VectorEnv(2, **SETTINGS)).reset()
    again, _ = hod.VectorEnv(2, **SETTINGS).reset(seed=vector.np_random_seed)
    assert np.array_equal(first["world"], again["world"])
    vector.reset(seed=7)
    assert vector.np_random_seed == 7


def equal(ours, theirs):
    return gymnasium.utils.env_checker.data_equivalence(ours, theirs, exact=True)


@pytest.mark.parametrize("mode", MODES)
def test_a_vector_is_what_gymnasium_makes_of_single_environments(mode):
    mode = gymnasium.vector.AutoresetMode(mode)
    ours = hod.VectorEnv(3, **SETTINGS, autoreset_mode=mode)
    theirs = gymnasium.vector.SyncVectorEnv(
        [lambda: hod.AssistantEnv(**SETTINGS)] * 3, autoreset_mode=mode
    )
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    assert ours.metadata["autoreset_mode"] is mode
    observations, infos = ours.reset(seed=5)
    expected, expected_infos = theirs.reset(seed=5)
    rng = np.random.default_rng(1)
    ended = 0
    for _ in range(30):
        assert all(np.array_equal(observations[key], expected[key]) for key in expected)
        assert infos.keys() == expected_infos.keys()
        for key in ("action_mask", "human_action", "goal_percentage"):
            assert np.array_equal(infos[key], expected_infos[key]), key
            assert infos[f"_{key}"].all()
        if "final_obs" in infos:
            ended += 1
            assert np.array_equal(infos["_final_obs"], expected_infos["_final_obs"])
            for i in np.flatnonzero(infos["_final_obs"]):
                assert equal(infos["final_obs"][i], dict(expected_infos["final_obs"][i]))
                assert infos["final_obs"][i]["timestep"] == 12
            for key, value in expected_infos["final_info"].items():
                assert np.array_equal(infos["final_info"][key], value), key
        actions = np.array([rng.choice(np.flatnonzero(m)) for m in infos["action_mask"]])
        observations, rewards, terminated, truncated, infos = ours.step(actions)
        expected, *rest, expected_infos = theirs.step(actions)
        for value, other in zip((rewards, terminated, truncated), rest):
            assert np.allclose(value, other)
        over = terminated | truncated
        if mode is gymnasium.vector.AutoresetMode.DISABLED and over.any():
            ended += 1
            with pytest.raises(RuntimeError, match="are over"):
                ours.step(actions)
            observations, infos = ours.reset(options={"reset_mask": over})
            expected, expected_infos = theirs.reset(options={"reset_mask": over})
            assert (observations["timestep"] == 0).all()
    assert ended == (0 if mode is gymnasium.vector.AutoresetMode.NEXT_STEP else 2)


def test_wrappers_keep_what_they_were_given():
    env = gymnasium.wrappers.FrameStackObservation(
        gymnasium.wrappers.TransformObservation(
            hod.AssistantEnv(**SETTINGS), lambda o: o["timestep"], gymnasium.spaces.Box(0, 99, (1,))
        ),
        3,
    )
    env.reset(seed=1)
    for _ in range(4):
        frames = env.step(0)[0]
    assert frames.ravel().tolist() == [2, 3, 4]
    vector = hod.VectorEnv(2, **SETTINGS, autoreset_mode="SameStep")
    recorded = gymnasium.wrappers.vector.RecordEpisodeStatistics(vector)
    assert isinstance(vector, gymnasium.vector.VectorEnv)
    recorded.reset(seed=1)
    for _ in range(12):
        infos = recorded.step(vector.action_space.sample())[4]
    assert infos["episode"]["l"].tolist() == [12, 12]


def test_environments_are_called_in_other_processes():
    vector = gymnasium.vector.AsyncVectorEnv([lambda: hod.AssistantEnv(**SETTINGS)] * 2)
    vector.reset(seed=3)
    states = vector.call("state")
    games = vector.get_attr("game")
    vector.close()
    env = hod.AssistantEnv(**SETTINGS)
    env.reset(seed=4)
    assert states[1] == env.state() and np.array_equal(games[1].goal, env.game.goal)


def test_a_copied_environment_keeps_its_generator():
    env = gymnasium.make("hod/Assistant-v0", **SETTINGS).unwrapped
    env.reset(seed=3)
    assert copy.deepcopy(env).np_random_seed == 3
