"""Networks, predictions, searches and their trees."""

import threading

import numpy as np
import pytest

import hod
from conftest import SIZE, uniform


def test_a_network_is_saved_loaded_and_made_of_arrays(network, tmp_path):
    path = str(tmp_path / "n.safetensors")
    network.save(path, '{"by": "test"}')
    loaded = hod.Network.load(path, "float32")
    assert (
        loaded.config
        == network.config
        == {
            "channels": 8,
            "blocks": 1,
            "block": "factorised",
            "goal_visible": False,
            "inventories": False,
        }
    )
    assert loaded.run == '{"by": "test"}'
    assert loaded.parameters.keys() == network.parameters.keys()
    for name, values in network.parameters.items():
        assert np.array_equal(values, loaded.parameters[name])
    parameters = {name: values.copy() for name, values in network.parameters.items()}
    parameters["value.bias"][:] = 0.5
    made = hod.Network(network.config, parameters)
    assert made.parameters["value.bias"] == 0.5
    assert hod.safetensors.load(path).keys() == {f"network/{name}" for name in parameters}
    for change, error in [
        ({"value.bias": np.zeros(1)}, TypeError),
        ({"value.bias": np.zeros(2, np.float32)}, ValueError),
        ({"more": np.zeros(1, np.float32)}, KeyError),
    ]:
        with pytest.raises(error):
            hod.Network(network.config, {**parameters, **change})
    del parameters["value.bias"]
    with pytest.raises(KeyError, match="value.bias"):
        hod.Network(network.config, parameters)
    with pytest.raises(KeyError, match="layers"):
        hod.Network.initial({"layers": 3})
    with pytest.raises(ValueError, match="channels"):
        hod.Network.initial({"channels": 0})
    with pytest.raises(ValueError, match="precision"):
        hod.Network.initial({}, precision="float64")
    with pytest.raises(OSError, match="nowhere"):
        hod.Network.load("/nowhere.safetensors")
    (tmp_path / "bad.safetensors").write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="bad.safetensors"):
        hod.Network.load(str(tmp_path / "bad.safetensors"))


def test_predictions_of_a_batch(game, played, network):
    positions = [hod.Position(game, played, p) for p in (0, 1)] * 6
    predictions = network.evaluate(positions)
    assert len(predictions) == 12
    for position, prediction in zip(positions, predictions):
        assert prediction.policy.shape == position.valid_actions.shape
        assert prediction.policy.sum() == pytest.approx(1, abs=1e-5)
        assert prediction.goal_logits.shape == (10, *SIZE)
        assert np.isfinite(prediction.value)
        assert prediction.human_probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert (np.diff(prediction.human_ids) > 0).all()
    assert np.array_equal(positions[1].valid_actions, game.valid_actions(played, 1))
    planes, numbers = hod.features(positions)
    assert planes.shape == (12, 42, *SIZE) and planes.dtype == np.float32
    assert numbers.shape == (12, 78) and numbers.dtype == np.float32
    assert np.array_equal(planes[1, :10].argmax(0), played.blocks)
    planes, _ = hod.features(positions, goal_visible=True)
    assert np.array_equal(planes[1, 42:52].argmax(0), game.goal)
    probabilities = hod.posterior(predictions[0].goal_logits)
    assert probabilities.sum(0) == pytest.approx(1)
    bits = hod.entropy(probabilities)
    assert bits.shape == SIZE and (bits >= 0).all() and (bits <= np.log2(10) + 1e-9).all()
    assert network.evaluate([]) == []
    with pytest.raises(ValueError):
        hod.features([])


def test_a_search_and_its_tree(game, played, network):
    search = hod.run_search(
        game, played, 1, network, num_simulations=60, noise_weight=0, seed=3, temperature=1.0
    )
    assert search.num_simulations == 60
    ids, probabilities = search.policy
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert search.best_action == ids[probabilities.argmax()]
    root = search.root
    assert root.visits == 60 and root.action is None and root.parent is None
    assert root == search[0] and root.index == 0
    actions = root.actions()
    assert np.array_equal(actions["id"], game.valid_actions(played, 1))
    assert np.array_equal(actions["id"], root.action_ids)
    assert actions["visits"].sum() == 59
    assert actions["prior"].sum() == pytest.approx(1, abs=1e-4)
    assert np.isnan(actions["value"][actions["visits"] == 0]).all()
    assert np.isfinite(actions["value"][actions["visits"] > 0]).all()

    # Every node is met once by walking, and agrees with the columns and the rules.
    seen = []
    stack = [root]
    while stack:
        node = stack.pop()
        seen.append(node.index)
        assert node.visits == search.visits[node.index]
        assert node.value * node.visits == pytest.approx(search.value_sums[node.index])
        for child in node.children:
            assert child.parent == node and search.parents[child.index] == node.index
            state = node.state()
            search.game.step(state, [child.human_action, child.action])
            assert state == child.state()
        stack.extend(node.children)
    assert sorted(seen) == list(range(len(search)))
    assert search.root.state() == played

    locations, logits = root.belief_locations, root.belief_logits
    assert logits.shape == (len(locations), 10)
    direct = network.evaluate([hod.Position(game, played, 1)])[0]
    assert logits == pytest.approx(direct.goal_logits.reshape(10, -1)[:, locations].T, abs=1e-5)
    assert np.array_equal(root.human_ids, direct.human_ids[direct.human_probabilities > 0])
    assert root.human_probabilities == pytest.approx(direct.human_probabilities, abs=1e-5)
    assert root.network_value == pytest.approx(direct.value, abs=1e-6)


def test_options_are_the_declared_settings(game, played, network):
    def policy(**options):
        return hod.run_search(game, played, 1, network, num_simulations=20, **options).policy[1]

    assert np.array_equal(policy(noise_weight=0), policy(noise_weight=0, seed=0))
    for options in (
        {"c_puct": [0.5, 2.0]},
        {"selection": "gumbel", "root_policy": "improved"},
        {"goal_posterior": "leaf", "leaf_value": "belief"},
        {"max_in_flight": 4},
        {"use_goal_predictor": False},
    ):
        assert policy(**options).sum() == pytest.approx(1, abs=1e-5)
    config = hod.Config({"search.num_simulations": 9, "game.world_size": list(SIZE)})
    assert hod.run_search(game, played, 1, network, config=config).num_simulations == 9
    quick = hod.run_search(game, played, 1, network, num_simulations=100000, time=0.05)
    assert 1 <= quick.num_simulations < 100000
    with pytest.raises(TypeError, match="search.simulations: no such setting"):
        policy(simulations=3)
    with pytest.raises(ValueError, match="expected one of"):
        policy(selection="best")
    with pytest.raises(TypeError, match="of no use"):
        policy(reuse_tree=True)
    for wrong in ({"time": 0}, {"max_in_flight": 0}):
        with pytest.raises(ValueError):
            policy(**wrong)


def test_a_python_function_as_evaluator(game, played, network):
    batches = []

    def evaluator(positions):
        batches.append(len(positions))
        return network.evaluate(positions)

    options = {"num_simulations": 24, "noise_weight": 0.0, "max_in_flight": 4}
    ours = hod.run_search(game, played, 1, evaluator, **options)
    theirs = hod.run_search(game, played, 1, network, **options)
    assert np.array_equal(ours.policy[1], theirs.policy[1])
    assert sum(batches) == 24 and max(batches) == 4
    assert hod.run_search(game, played, 1, uniform, num_simulations=8).root.network_value == 0


def test_what_is_wrong_with_an_evaluator_is_said(game, played):
    def search(evaluator):
        return hod.run_search(game, played, 1, evaluator, num_simulations=8)

    def broken(positions):
        raise OverflowError("too much")

    with pytest.raises(OverflowError, match="too much"):
        search(broken)
    with pytest.raises(ValueError, match="list of 1 predictions"):
        search(lambda positions: [])
    with pytest.raises(Exception):
        search(lambda positions: [None])
    with pytest.raises(TypeError, match="evaluator"):
        search("network")

    def changed(**changes):
        def evaluator(positions):
            good = uniform(positions)[0]
            fields = {
                "policy": good.policy,
                "value": 0.0,
                "goal_logits": good.goal_logits,
                "human_policy": {0: 1.0},
            }
            return [hod.Prediction(**{**fields, **changes})]

        return evaluator

    for changes, error in [
        ({"policy": np.ones(3, np.float32)}, ValueError),
        ({"policy": np.ones(3)}, TypeError),
        ({"goal_logits": np.zeros((10, 1, 1, 1), np.float32)}, ValueError),
        ({"goal_logits": np.zeros((9, *SIZE), np.float32)}, ValueError),
        ({"value": float("nan")}, RuntimeError),
        ({"human_policy": {}}, RuntimeError),
        ({"human_policy": {-4: 1.0}}, RuntimeError),
        ({"human_policy": {10**6: 1.0}}, RuntimeError),
        ({"human_policy": 3}, TypeError),
    ]:
        with pytest.raises(error):
            search(changed(**changes))


def test_a_search_refuses_a_game_that_is_over(game, played, network):
    over = game.begin(game.goal, played.feet.copy(), timestep=40)
    with pytest.raises(ValueError, match="over"):
        hod.run_search(game, over, 1, network)
    for player in (-1, 2):
        with pytest.raises(ValueError, match="player"):
            hod.run_search(game, played, player, network)


def test_searches_on_threads_are_those_on_one(game, played, network):
    def run(seed):
        return hod.run_search(game, played, 1, network, num_simulations=30, seed=seed).policy[1]

    expected = [run(seed) for seed in range(6)]
    found = [None] * 6

    def work(seed):
        found[seed] = run(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ours, theirs in zip(expected, found):
        assert np.array_equal(ours, theirs)


def test_human_models(game, played):
    heuristic = hod.HumanModel("heuristic", game, 0, seed=2)
    ids, probabilities = heuristic.next_action(played)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert np.array_equal(ids, heuristic.next_action(played)[0])
    action = heuristic.sample(played, seed=1)
    assert action in ids
    heuristic.observe(played, action)
    dense = np.zeros(game.num_actions, np.float64)
    dense[[0, 5]] = 1, 3
    own = hod.HumanModel(lambda game, player, seed: lambda state: dense, game)
    ids, probabilities = own.next_action(played)
    assert ids.tolist() == [0, 5] and probabilities.tolist() == [0.25, 0.75]
    with pytest.raises(ValueError, match="unknown"):
        hod.HumanModel("robot", game)
    with pytest.raises(ValueError):
        hod.HumanModel("noop", game, player=2)
    with pytest.raises(TypeError):
        hod.HumanModel(3, game)
