# %% [markdown]
# # Write your own human model
#
# A human model is any function of a game, a player and a seed that returns a policy: a function of the
# state that returns the next action, or a distribution over actions. Here is a tidy builder that works
# layer by layer, from the ground up, and always on the nearest voxel that is not yet right.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

import hod

AIR = hod.BLOCK_NAMES.index("air")


class TidyBuilder:
    """Edits what it can reach in the lowest layer that is not finished, or walks there."""

    def __init__(self, game, player, seed):
        self.game, self.player = game, player
        self.rng = np.random.default_rng(seed)
        self.moves = {
            game.action(f"move_{sign}_{axis}"): step
            for axis, unit in zip("xyz", np.eye(3, dtype=int))
            for sign, step in (("pos", unit), ("neg", -unit))
        }

    def edit(self, state, voxel):
        """The action that brings a voxel nearer to the goal."""
        location = tuple(int(c) for c in voxel)
        if state.blocks[location] != AIR:
            return self.game.action("break", location)
        return self.game.action("place", location, int(self.game.goal[location]))

    def __call__(self, state):
        wrong = np.argwhere(state.blocks != self.game.goal)
        if len(wrong) == 0:
            return 0
        wrong = wrong[wrong[:, 1] == wrong[:, 1].min()]  # The lowest layer.
        head = state.feet[self.player] + [0, 1, 0]
        wrong = wrong[np.argsort(np.abs(wrong - head).sum(1), kind="stable")]
        valid = self.game.action_mask(state, self.player)
        for voxel in wrong:
            action = self.edit(state, voxel)
            if valid[action]:
                return action
        # Walk towards the nearest one, mostly: a distribution instead of a single action.
        target = wrong[0]
        weights = {}
        for move, step in self.moves.items():
            if valid[move]:
                closer = np.abs(target - head).sum() - np.abs(target - head - step).sum()
                weights[move] = np.exp(2.0 * closer)
        return weights or 0


# %% [markdown]
# It builds a house, recorded as a trace that `hod verify` and `hod draw` read:

# %%
import tempfile

config = hod.Config({"game": {"world_size": [7, 7, 7], "horizon": 600}})
name, goal = hod.Goals("generated", config, seed=5).get(2)
alone = hod.Game(config, goal)
human = hod.HumanModel(TidyBuilder, alone, 0, seed=1)
path = os.path.join(tempfile.mkdtemp(), "tidy.jsonl.gz")
recorder = hod.Recorder(path, alone, alone.reset(seed=3), name)
t = 0
while not recorder.finished:
    state = recorder.state
    action = human.sample(state, seed=t)
    human.observe(state, action)
    recorder.step([action, 0])
    t += 1
episode = hod.Episode(path)
print(f"{name}: {len(episode)} timesteps")
hod.plot.filmstrip(episode, steps=5)

# %% [markdown]
# How does it compare with the engine's heuristic builder, which imitates recorded people? Each builds
# the same houses alone.

# %%
EPISODES = int(os.environ.get("EPISODES", 12))
builders = {"heuristic": "heuristic", "tidy": TidyBuilder}
evaluations = {
    label: hod.evaluate(human=human, config=config, label=label, episodes=EPISODES, threads=2)
    for label, human in builders.items()
}
figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
for ax, key, title in (
    (axes[0], "alone_timesteps", "timesteps"),
    (axes[1], "alone_human_actions", "places and breaks"),
):
    for i, (label, evaluation) in enumerate(evaluations.items()):
        values = evaluation.houses[key]
        mean, low, high = hod.bootstrap_mean(values.tolist())
        print(f"{label}: {mean:.0f} [{low:.0f}, {high:.0f}] {title}")
        ax.plot(values, np.full(len(values), i), "o", alpha=0.3)
        ax.plot([low, high], [i, i], color="0.3")
        ax.plot(mean, i, "d", color="0.2")
    ax.set_yticks(range(len(builders)), builders)
    ax.set_ylim(-0.5, len(builders) - 0.5)
    ax.set_xlabel(title)
    ax.grid(axis="x", alpha=0.3)

# %% [markdown]
# A model like this can take the human's part anywhere: in `hod.AssistantEnv(human=TidyBuilder)` and
# `hod.VectorEnv`, to train with it, and in `hod.evaluate(checkpoint, human=TidyBuilder)`, to see
# whether an assistant gets along with people it has not been trained with.
