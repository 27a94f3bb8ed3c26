"""The PyTorch twin, and tensors in files."""

import numpy as np
import pytest

import hod

torch = pytest.importorskip("torch", reason="torch (python3-torch) is not installed")


def random_network(config, seed):
    """Parameters without zeros, so that no part of the network goes unnoticed."""
    rng = np.random.default_rng(seed)
    parameters = {
        name: (values + 0.1 * rng.standard_normal(values.shape)).astype(np.float32)
        for name, values in hod.Network.initial(config, seed).parameters.items()
    }
    return hod.Network(config, parameters, "float32")


def inputs(positions, **config):
    planes, numbers = hod.features(positions, **config)
    return torch.from_numpy(planes), torch.from_numpy(numbers)


@pytest.mark.parametrize("block", ["factorised", "dense"])
@pytest.mark.parametrize("goal_visible", [False, True])
@pytest.mark.parametrize("finite", [False, True])
def test_the_twin_agrees_with_the_engine(finite, goal_visible, block, tmp_path):
    config = hod.Config({"game": {"world_size": [7, 6, 8], "inf_blocks": not finite}})
    game = hod.Game(config, hod.Goals("generated", config, seed=3).get(0)[1])
    network = random_network(
        {
            "channels": 12,
            "blocks": 3,
            "block": block,
            "goal_visible": goal_visible,
            "inventories": finite,
        },
        4,
    )
    path = str(tmp_path / "n.safetensors")
    network.save(path)
    twin = hod.torch.Network.load(path)
    rng = np.random.default_rng(6)
    state = game.reset(seed=1)
    positions = []
    for _ in range(12):
        for _ in range(5):
            game.step(state, [rng.choice(game.valid_actions(state, p)) for p in range(2)])
        positions.append(hod.Position(game, state, len(positions) % 2))
    predictions = network.evaluate(positions)
    with torch.no_grad():
        ours = twin(*inputs(positions, goal_visible=goal_visible, inventories=finite))
    policy = hod.torch.flat_logits(ours.policy, game)
    human = hod.torch.flat_logits(ours.human, game)
    assert policy.shape == (12, game.num_actions)
    for i, (position, prediction) in enumerate(zip(positions, predictions)):
        assert prediction.goal_logits == pytest.approx(ours.goal[i].numpy(), abs=1e-4)
        assert prediction.value == pytest.approx(float(ours.value[i]), abs=1e-4)
        valid = torch.from_numpy(position.valid_actions.astype(np.int64))
        assert prediction.policy == pytest.approx(policy[i, valid].softmax(0).numpy(), abs=1e-4)
        ids = torch.from_numpy(prediction.human_ids.astype(np.int64))
        assert prediction.human_probabilities == pytest.approx(
            human[i, ids].softmax(0).numpy(), abs=1e-4
        )


def test_the_twin_is_trained_and_saved_back(game, played, network, tmp_path):
    path = str(tmp_path / "n.safetensors")
    network.save(path)
    twin = hod.torch.Network.load(path)
    position = hod.Position(game, played)
    features = inputs([position])
    goal = torch.from_numpy(game.goal.astype(np.int64))[None]
    optimiser = torch.optim.Adam(twin.parameters(), 1e-2)
    losses = []
    for _ in range(30):
        loss = torch.nn.functional.cross_entropy(twin(*features).goal, goal)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    assert losses[-1] < 0.5 * losses[0]
    twin.save(path, {"trained": "here"})
    trained = hod.Network.load(path, "float32")
    assert trained.run == '{"trained": "here"}'
    logits = trained.evaluate([position])[0].goal_logits
    with torch.no_grad():
        assert logits == pytest.approx(twin(*features).goal[0].numpy(), abs=1e-4)
    assert hod.run_search(game, played, 1, trained, num_simulations=4).num_simulations == 4
    fresh = hod.torch.Network(channels=5, blocks=2)
    fresh.save(path)
    assert hod.Network.load(path).config == {
        "channels": 5,
        "blocks": 2,
        "block": "factorised",
        "goal_visible": False,
        "inventories": False,
    }


def test_the_twin_refuses_what_is_no_checkpoint(tmp_path):
    path = str(tmp_path / "t.safetensors")
    hod.safetensors.save(path, {"a": np.zeros(3, np.float32)})
    with pytest.raises(ValueError, match="t.safetensors"):
        hod.torch.Network.load(path)


def test_tensors_go_through_files_unchanged(tmp_path):
    path = str(tmp_path / "t.safetensors")
    tensors = {
        "half": torch.randn(3, 4).to(torch.bfloat16),
        "float": torch.randn(2, 1, 5),
        "double": torch.randn(3, dtype=torch.float64),
        "long": torch.arange(4),
        "bool": torch.tensor([True, False]),
        "scalar": torch.tensor(2.5),
        "complex": torch.tensor([1 + 2j], dtype=torch.complex64),
        "strided": torch.randn(4, 6)[:, ::2],
        "empty": torch.zeros(0, 3),
    }
    hod.safetensors.save_torch(path, tensors, {"note": "x"})
    loaded = hod.safetensors.load_torch(path)
    assert loaded.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert loaded[name].dtype == tensor.dtype and torch.equal(loaded[name], tensor)
    assert hod.safetensors.load_metadata(path) == {"note": "x"}
    assert np.array_equal(
        hod.safetensors.load(path)["half"], tensors["half"].to(torch.float32).numpy()
    )
    with pytest.raises(TypeError, match="complex"):
        hod.safetensors.save_torch(path, {"c": torch.zeros(2, dtype=torch.complex128)})
