# %% [markdown]
# # Compare two assistants
#
# The same trained network acts in two ways: by a search of 20 simulations, and by its prior alone, which
# is a search of one. Both help the same simulated people with the same houses, so that differences
# can be taken house by house. `HOD_RUN` names a trained run; `make demo` makes `runs/demo`.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

import hod

EPISODES = int(os.environ.get("EPISODES", 30))
run = hod.Run(os.environ.get("HOD_RUN", "runs/demo"))
path = run.latest_checkpoint.path

evaluations = [
    hod.evaluate(path, label=label, simulations=simulations, episodes=EPISODES, threads=2)
    for label, simulations in (("20 simulations", 20), ("prior alone", 1))
]
for evaluation in evaluations:
    print(evaluation)

# %% [markdown]
# Means over the houses, with 95% bootstrap intervals:

# %%
hod.plot.comparison(evaluations)

# %% [markdown]
# Houses differ more than assistants do, so the difference on each house says more. An interval that
# excludes 0 is a difference that is unlikely to be chance.

# %%
searching, prior = (evaluation.houses for evaluation in evaluations)
figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
for ax, key in zip(axes, ("human_actions", "assistant_wrong")):
    difference = searching[f"assisted_{key}"] - prior[f"assisted_{key}"]
    mean, low, high = hod.bootstrap_mean(difference.tolist())
    print(f"{key}: search minus prior {mean:+.1f} [{low:+.1f}, {high:+.1f}]")
    ax.bar(np.arange(len(difference)), np.sort(difference))
    ax.axhspan(low, high, color="0.5", alpha=0.3)
    ax.axhline(mean, color="0.3")
    ax.set_title(f"{key.replace('_', ' ')}: search minus prior", fontsize="medium")
    ax.set_xlabel("houses, sorted")
