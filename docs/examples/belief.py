# %% [markdown]
# # A belief as a house goes up
#
# A simulated person builds a house that the assistant cannot see. What does a trained network believe
# about it as more and more blocks stand? `HOD_RUN` names a trained run; `make demo` makes `runs/demo`.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

import hod

run = hod.Run(os.environ.get("HOD_RUN", "runs/demo"))
network = run.latest_checkpoint.network()
config = run.config

goals = hod.Goals("generated", config, seed=12)
name, goal = goals.get(1)
game = hod.Game(config, goal)
human = hod.HumanModel("heuristic", game, 0, seed=1)

states = [game.reset(seed=1)]
for t in range(config["game.horizon"]):
    state = states[-1].copy()
    action = human.sample(state, seed=t)
    human.observe(state, action)
    outcome = game.step(state, [action, 0])  # The assistant looks on.
    states.append(state)
    if outcome.done:
        break
print(f"{name}: built in {len(states) - 1} timesteps")

# %% [markdown]
# The network evaluates all positions, in batches. Its logits give the probability of every block in
# every voxel, and these give the uncertainty in bits. Some voxels still have to change, because the
# human has not done them yet: in how many of these is the most probable block right?

# %%
every = max(1, len(states) // 60)
moments = list(range(0, len(states) - 1, every))
predictions = network.evaluate([hod.Position(game, states[t]) for t in moments])

bits, recall = [], []
for t, prediction in zip(moments, predictions):
    probabilities = hod.posterior(prediction.goal_logits)
    bits.append(hod.entropy(probabilities)[:, 1:].sum())
    missing = states[t].blocks != goal
    recall.append(np.mean(probabilities.argmax(0)[missing] == goal[missing]))

figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
axes[0].plot(moments, bits)
axes[0].set_ylabel("uncertainty, bits")
axes[1].plot(moments, 100 * np.array(recall))
axes[1].set_ylabel("changes to come\nthat are foreseen, %")
for ax in axes:
    ax.set_xlabel("timestep")
    ax.grid(alpha=0.3)

# %% [markdown]
# Three of these moments. Left: blocks that the assistant expects, as opaque as they are probable. Right:
# where it is uncertain, layer by layer.

# %%
for share in (0.1, 0.4, 0.7):
    t = int(share * (len(states) - 1))
    prediction = network.evaluate([hod.Position(game, states[t])])[0]
    done = 100 * game.goal_percentage(states[t])
    hod.plot.belief(states[t], prediction, title=f"timestep {t}: {done:.0f}% of the house stands")

# %% [markdown]
# What would the assistant do about it? This searches the second moment, with the settings of the run
# except for noise, which is for training. Walking the tree does not copy it.

# %%
state = states[int(0.4 * (len(states) - 1))]
search = hod.run_search(
    game, state, 1, network, config=config, num_simulations=200, noise_weight=0, seed=1
)
actions = search.root.actions()
best = np.argsort(-actions["visits"], kind="stable")[:5]
print(f"{'action':32}{'prior':>8}{'visits':>8}{'value':>8}")
for row in actions[best]:
    print(f"{game.describe(row['id']):32}{row['prior']:8.3f}{row['visits']:8d}{row['value']:8.2f}")
hod.plot.search_tree(search, nodes=30, labels=7)
