"""What tests share: a small world and a tiny network."""

import numpy as np
import pytest

import hod

SIZE = (6, 6, 7)


@pytest.fixture(scope="session")
def config():
    return hod.Config({"game": {"world_size": SIZE, "horizon": 40}})


@pytest.fixture
def game(config):
    return hod.Game(config, hod.Goals("generated", config, seed=3).get(0)[1])


@pytest.fixture(scope="session")
def network():
    return hod.Network.initial({"channels": 8, "blocks": 1}, seed=1, precision="float32")


@pytest.fixture
def played(game):
    """A state after some random steps."""
    rng = np.random.default_rng(5)
    state = game.reset(seed=1)
    for _ in range(20):
        game.step(state, [rng.choice(game.valid_actions(state, p)) for p in range(2)])
    return state


def uniform(positions):
    """An evaluator that knows nothing: equal priors, no value, and a human who stands still."""
    return [
        hod.Prediction(
            policy=np.ones(len(p.valid_actions), np.float32),
            value=0.0,
            goal_logits=np.zeros((10, *p.game.size), np.float32),
            human_policy={0: 1.0},
        )
        for p in positions
    ]
