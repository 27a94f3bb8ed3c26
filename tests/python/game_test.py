"""Settings, rules, states, goals."""

import copy
import pickle

import numpy as np
import pytest

import hod
from conftest import SIZE


def test_config_reads_writes_and_refuses():
    search = {"gamma": 0.5, "c_puct": [1, 2.5]}
    config = hod.Config({"game.world_size": [7, 8, 9], "search": search})
    assert config["game.world_size"] == [7, 8, 9]
    assert config["search.gamma"] == 0.5
    assert config["search.c_puct"] == [1.0, 2.5]
    assert hod.Config.parse(config.to_toml()) == config
    assert pickle.loads(pickle.dumps(config)) == config
    assert config.replace({"seed": 4}) != config
    assert config.replace({"seed": np.int64(4), "search.gamma": np.float32(0.5)})["seed"] == 4
    assert "search.gamma" in hod.Config.keys()
    assert repr(hod.Config({"seed": 3})) == "hod.Config({'seed': 3})"
    with pytest.raises(KeyError, match="search.gama"):
        hod.Config({"search.gama": 1})
    with pytest.raises(KeyError, match="no such setting"):
        config["game"]
    with pytest.raises(ValueError, match="search.gamma: expected a number from 0 to 1, got 2"):
        hod.Config({"search.gamma": 2})
    with pytest.raises(TypeError):
        hod.Config({"search.gamma": None})
    with pytest.raises(ValueError, match="line 1"):
        hod.Config.parse("search = [")


def test_config_of_files(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("[search]\nnum_simulations = 7\n")
    assert hod.Config.load(str(path), {"seed": 2})["search.num_simulations"] == 7
    assert hod.Config.load(path)["search.num_simulations"] == 7


def test_rules_through_arrays(game):
    state = game.reset(seed=2)
    before = state.copy()
    blocks = state.blocks
    assert blocks.shape == SIZE and blocks.dtype == np.uint8
    assert (blocks[:, 0] == hod.BLOCK_NAMES.index("bedrock")).all()
    x, y, z = (int(c) for c in state.feet[0])
    target = next(i for i in game.valid_actions(state, 0) if game.unflatten(i)[0] == "break")
    location = game.unflatten(target)[1]
    outcome = game.step(state, [target, 0])
    assert blocks[location] == 0  # The view shows what the step has changed.
    assert state.last_interacted[location] == 0
    assert state.interacted_at[location] == 0
    assert state.broken[0][location] == 1 << hod.BLOCK_NAMES.index("dirt")
    assert outcome.had_effect.tolist() == [True, False]
    assert outcome.rewards.shape == (2,)
    assert state.timestep == 1 and before.timestep == 0
    assert before != state and before == game.reset(seed=2)
    assert copy.deepcopy(state) == state == copy.copy(state)
    assert tuple(state.feet[0]) == (x, y, z)
    assert state.inventories.shape == (2, 10)


def test_states_and_games_are_copied_and_pickled(config, game, played, network):
    finite = hod.Game(config.replace({"game.inf_blocks": False}), game.goal, 7)
    for rules, state in ((game, played), (finite, finite.reset(seed=4))):
        for duplicate in (copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))):
            twin, twin_state = duplicate(rules), duplicate(state)
            assert np.array_equal(twin.goal, rules.goal) and twin.settings == rules.settings
            assert twin_state == state and twin_state is not state
            ours = state.copy()
            for _ in range(5):
                assert np.array_equal(
                    twin.step(twin_state, [0, 7]).rewards, rules.step(ours, [0, 7]).rewards
                )
            assert twin_state == ours
    twin = pickle.loads(pickle.dumps(network))
    assert twin.config == network.config and twin.run == network.run
    position = hod.Position(game, played)
    ours, theirs = network.evaluate([position])[0], twin.evaluate([position])[0]
    assert np.array_equal(ours.goal_logits, theirs.goal_logits)
    feet, slots, similarity, percentage, action = played.__getstate__()[5][0]
    for place, damage in [
        (1, played.__getstate__()[1][:-1]),
        (2, b"\x7f" * len(played.__getstate__()[2])),
        (4, b"\xff" * len(played.__getstate__()[4])),
        (5, []),
        (5, [(feet, slots, similarity, percentage, (200, *action[1:]))] * 2),
        (5, [(feet, b"\xc8" * len(slots), similarity, percentage, action)] * 2),
        (5, "no players"),
        (6, -1),
    ]:
        damaged = list(played.__getstate__())
        damaged[place] = damage
        with pytest.raises(ValueError, match="pickle"):
            hod.State.__new__(hod.State).__setstate__(tuple(damaged))
    with pytest.raises(ValueError, match="pickle"):
        hod.State.__new__(hod.State).__setstate__(())


def test_actions_by_name_and_number(game):
    volume = np.prod(SIZE)
    assert game.num_actions == 7 + 11 * volume
    planks = hod.BLOCK_NAMES.index("planks")
    action = game.action("place", (1, 2, 3), planks)
    assert game.unflatten(action) == ("place", (1, 2, 3), planks)
    assert game.describe(action) == "places planks at 1,2,3"
    assert game.action("noop") == 0
    for arguments in [("fly",), ("give",), ("place", (9, 0, 0)), ("place", 0, 10), ("noop", 3)]:
        with pytest.raises(ValueError):
            game.action(*arguments)
    with pytest.raises(ValueError):
        game.describe(game.num_actions)


def test_masks_and_observations_agree_with_the_rules(game, played):
    for player in range(2):
        mask = game.action_mask(played, player)
        assert np.array_equal(np.flatnonzero(mask), game.valid_actions(played, player))
        observation = game.observe(played, player)
        assert observation.shape == (6, *SIZE)
        assert np.array_equal(observation[0], played.blocks)
    assert np.array_equal(game.observe(played, 0)[2], game.goal)
    assert not game.observe(played, 1)[2].any()
    assert len(game.valid_actions(played, 1, line_of_sight=False)) >= len(
        game.valid_actions(played, 1)
    )


def test_an_episode_from_a_given_world(game):
    state = game.begin(game.goal, np.array([[5, 2, 5], [5, 2, 6]]), timestep=3)
    assert state.num_matches == np.prod(SIZE) and state.timestep == 3
    assert np.array_equal(state.blocks, game.goal)
    with pytest.raises(ValueError, match="feet"):
        game.begin(game.goal, np.array([[5, 2, 5], [6, 2, 6]]))
    with pytest.raises(ValueError, match="shape"):
        game.begin(game.goal[1:], np.zeros((2, 3), int))


def test_wrong_arrays_and_numbers_raise(config, game, played):
    with pytest.raises(TypeError, match="dtype float64, expected uint8"):
        hod.Game(config, np.zeros(SIZE))
    with pytest.raises(ValueError, match="shape"):
        hod.Game(config, np.zeros((2, 2, 2), np.uint8))
    with pytest.raises(ValueError, match="block 10"):
        hod.Game(config, np.full(SIZE, 10, np.uint8))
    with pytest.raises(TypeError):
        hod.Game(config, "goal")
    for actions in ([0], [0, 0, 0], [0, -1], [game.num_actions, 0]):
        with pytest.raises(ValueError):
            game.step(played, actions)
    with pytest.raises(TypeError):
        game.step(played, ["noop", "noop"])
    for player in (-1, 2):
        with pytest.raises(ValueError, match="player"):
            game.observe(played, player)
    other = hod.Game(hod.Config(), np.zeros((11, 10, 10), np.uint8))
    with pytest.raises(ValueError, match="voxels"):
        other.step(played, [0, 0])
    with pytest.raises(ValueError):
        played.blocks[0, 0, 0] = 3  # Read-only.


def test_goals_by_name(config, tmp_path):
    goals = hod.Goals("generated", config, seed=1)
    assert goals.size is None
    name, goal = goals.get(4)
    assert name == "generated-4" and np.array_equal(goal, goals.get(4)[1])
    assert np.array_equal(goals.sample(9)[1], goals.sample(9)[1])
    np.save(tmp_path / "house.npy", hod.generate_house((4, 4, 4), 1))
    assert hod.Goals(f"npy:{tmp_path}", config).size == 1
    with pytest.raises(ValueError, match="expected generated"):
        hod.Goals("castles", config)
    with pytest.raises(FileNotFoundError):
        hod.Goals("npy:/nowhere", config)
    with pytest.raises(ValueError):
        hod.generate_house((3, 4, 4), 1)


def test_goals_from_a_function(config):
    seeds = []

    def house(seed):
        seeds.append(seed)
        return np.full((2, 3, 2), 3 + seed % 5, np.uint8)

    goals = hod.Goals(house, config, seed=7)
    name, goal = goals.get(2)
    assert name == "python-2"
    assert (goal[:, 0] == 1).all() and (goal >= 3).sum() == 12
    assert np.array_equal(goal, goals.get(2)[1]) and seeds[0] == seeds[1]

    def broken(seed):
        raise LookupError("no house")

    with pytest.raises(LookupError, match="no house"):
        hod.Goals(broken, config).get(0)
    for wrong in (np.zeros((9, 9, 9), np.uint8), np.zeros((2, 2, 2), np.uint8)):
        with pytest.raises(ValueError):
            hod.Goals(lambda seed: wrong, config).get(0)
    for wrong in (None, np.ones((2, 2, 2))):
        with pytest.raises(TypeError):
            hod.Goals(lambda seed: wrong, config).get(0)
    with pytest.raises(TypeError):
        hod.Goals(3, config)
