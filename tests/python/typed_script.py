"""A user's script, which `make lint` checks with mypy --strict and a test runs."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import hod


def build_nothing(game: hod.Game, player: int, seed: int) -> object:
    def act(state: hod.State) -> dict[int, float]:
        return {int(action): 1.0 for action in game.valid_actions(state, player)[:1]}

    return act


def main(folder: Path) -> float:
    size = (6, 6, 7)
    env = hod.AssistantEnv(world_size=size, horizon=20, human="random", render_mode="ansi")
    observation, info = env.reset(seed=1)
    world: NDArray[np.uint8] = observation["world"]
    masks: NDArray[np.bool_] = env.action_masks()
    total = 0.0
    for _ in range(5):
        observation, reward, terminated, truncated, info = env.step(int(masks.argmax()))
        total += reward
    game: hod.Game = env.game
    state: hod.State = env.state()
    blocks: NDArray[np.uint8] = state.blocks
    twin: hod.AssistantEnv = copy.deepcopy(env)
    other: hod.State = pickle.loads(pickle.dumps(twin.state()))
    assert other == state and blocks.shape == world.shape[1:]

    network = hod.Network.initial({"channels": 8, "blocks": 1}, precision="float32")
    path = folder / "network.safetensors"
    network.save(path)
    hod.safetensors.save(folder / "more.safetensors", {"a": np.zeros(3)}, {"made by": "a script"})
    dtype, shape = hod.safetensors.describe(path)["network/value.bias"]
    search = hod.run_search(game, state, 1, network, num_simulations=4, noise_weight=0)
    ids: NDArray[np.int32] = search.root.action_ids
    best: int = search.best_action
    assert dtype == "F32" and len(shape) == 1 and best in ids
    location: tuple[str, tuple[int, int, int], int] = game.unflatten(best)
    assert game.action(location[0], location[1], location[2]) == best

    vector = hod.VectorEnv(2, world_size=size, autoreset_mode="SameStep")
    observations, infos = vector.reset(seed=[1, 2])
    rewards: NDArray[np.float32] = vector.step(np.zeros(2, np.int64))[1]
    parallel = hod.parallel_env(world_size=size, max_cycles=3)
    seen, _ = parallel.reset(seed=3)
    assert parallel.step({agent: 0 for agent in seen})[1].keys() == seen.keys()
    probabilities: NDArray[np.float64] = hod.posterior(
        network.evaluate([hod.Position(game, state)])[0].goal_logits
    )
    config = hod.Config({"game": {"world_size": list(size), "horizon": 5}})
    evaluation = hod.evaluate(network, config=config, human="noop", episodes=1, simulations=1)
    estimate: hod.Estimate = evaluation.figures["timesteps"]["alone"]
    try:
        hod.Run(folder / "none")
    except FileNotFoundError as error:
        assert error.filename is not None
    return total + float(rewards.sum()) + float(probabilities.sum()) + estimate.mean


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
