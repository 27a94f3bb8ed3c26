# %% [markdown]
# # Train with Stable-Baselines3
#
# `hod.VectorEnv` steps many assistants at once, each beside a simulated human. `hod.stable_baselines3.VecEnv` is
# how Stable-Baselines3 sees it. PPO has to find out which actions are valid; MaskablePPO of sb3-contrib is told.

# %%
import os

import numpy as np
from sb3_contrib import MaskablePPO
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor

import hod

STEPS = int(os.environ.get("STEPS", 4096))


def environments():
    vector = hod.VectorEnv(
        8, autoreset_mode="SameStep", world_size=(6, 6, 6), horizon=100, human="heuristic"
    )
    return VecMonitor(hod.stable_baselines3.VecEnv(vector))


# %% [markdown]
# A few steps, to show that it runs; an assistant that helps takes many more.

# %%
for learner in (PPO, MaskablePPO):
    model = learner(
        "MultiInputPolicy", environments(), n_steps=64, batch_size=128, n_epochs=2, seed=1
    )
    model.learn(STEPS)
    print(f"{learner.__name__}: {len(model.ep_info_buffer)} episodes")

# %% [markdown]
# The policy acts in a single environment as well. With masks, all it does is valid:

# %%
env = hod.AssistantEnv(world_size=(6, 6, 6), horizon=100)
observation, info = env.reset(seed=3)
valid = 0
for _ in range(20):
    action, _ = model.predict(observation, action_masks=env.action_masks())
    valid += int(env.action_masks()[int(action)])
    observation, reward, terminated, truncated, info = env.step(int(action))
print(f"{valid} of 20 actions are valid")
