# %% [markdown]
# # Train an assistant and plot how it learns
#
# A run is described by settings, the same as those of a TOML file (docs/configuration.md lists them).
# This one is that of `make demo`, cut short: a 7x7x7 world and a small network. It trains as
# `hod train` does, with self-play and a learner in processes of their own, so that it can be
# interrupted and called again.

# %%
import os
import tempfile

import numpy as np

import hod

MINUTES = float(os.environ.get("MINUTES", 2))
STEPS = int(os.environ.get("STEPS", 100000))  # Training ends after so many, at most.
out = os.environ.get("OUT") or tempfile.mkdtemp()

config = hod.Config(
    {
        "game": {"world_size": [7, 7, 7], "horizon": 800},
        "network": {"channels": 16, "blocks": 2},
        "search": {
            "num_simulations": 16,
            "reward_prior_weight": 30.0,
            "respect_removals": True,
            "own_reward_shift": -0.6,
        },
        "selfplay": {"full_search_fraction": 0.25, "shard_timesteps": 512, "shard_seconds": 4},
        "learner": {
            "batch_size": 32,
            "learning_rate": 4e-3,
            "final_learning_rate": 4e-4,
            "goal_weight": 20.0,
            "start_timesteps": 512,
            "checkpoint_seconds": 6 * MINUTES,
            "max_minutes": MINUTES,
            "max_steps": STEPS,
        },
    }
)
run = hod.train(config, out, quiet=True)
steps, checkpoints, shards = run.latest_checkpoint.step, len(run.checkpoints), len(run.shards)
print(f"{steps} steps, {checkpoints} checkpoints, {shards} shards")

# %% [markdown]
# The metrics are a structured array (`run.frame()` makes it a pandas frame):

# %%
metrics = run.metrics()
print(metrics.dtype.names)
hod.plot.learning_curves(run, ["loss", "goal_loss", "goal_recall", "human_accuracy"])

# %% [markdown]
# And so are the samples of self-play. How good were the games, by the training step of the network
# that played them?

# %%
import matplotlib.pyplot as plt

steps, rewards = [], []
for shard in run.shards:
    for fragment in shard:
        steps.append(fragment.checkpoint_step)
        rewards.append(fragment.steps["reward"].mean())
steps, rewards = np.array(steps), np.array(rewards)
networks = np.unique(steps)
means = [rewards[steps == step].mean() for step in networks]

figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.plot(networks, means, "o-")
ax.set_xlabel("training step of the network that played")
ax.set_ylabel("assistant's reward,\nblocks a timestep")
ax.grid(alpha=0.3)
