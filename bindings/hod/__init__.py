"""Hod from Python: environments, search, networks, data and pictures.

    env = hod.AssistantEnv(world_size=(7, 7, 7))          # hod.environments
    network = hod.Network.load("checkpoint.safetensors")
    search = hod.run_search(game, state, 1, network, num_simulations=100, noise_weight=0)
    run = hod.Run("runs/demo")                            # hod.runs
    hod.plot.learning_curves(run)                         # needs matplotlib
    twin = hod.torch.Network.load("checkpoint.safetensors")   # needs torch
    hod.stable_baselines3.VecEnv(vector)                  # needs Stable-Baselines3

Worlds are arrays [w, h, d] of block ids (`BLOCK_NAMES`), where h, the second axis, points up.
Actions are flat ids, which `Game.describe` puts into words. Rewards and values are in blocks:
changes of the number of voxels that are as in the goal. docs/python.md is the guide.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from hod import bases, notebook, safetensors, spaces
from hod._hod import (
    ACTION_TYPES,
    BLOCK_COLORS,
    BLOCK_NAMES,
    Config,
    EnvBatch,
    Episode,
    Fragment,
    Game,
    Goals,
    HumanModel,
    Network,
    Node,
    PeopleEpisode,
    Position,
    Prediction,
    Recorder,
    Search,
    Shard,
    State,
    StepOutcome,
    __version__,
    bootstrap_mean,
    describe_settings,
    draw_frame,
    draw_world,
    features,
    generate_house,
    git_revision,
    run_search,
    state_text,
)
from hod.beliefs import entropy, posterior
from hod.environments import AssistantEnv, ParallelEnv, parallel_env
from hod.evaluation import Estimate, Evaluation, evaluate
from hod.program import call, program_path, train
from hod.runs import Checkpoint, Run, Shards, frame, read_episodes, read_metrics, read_people
from hod.vector_environments import VectorEnv

notebook.install()
if bases.gymnasium is not None:
    bases.gymnasium.register(
        "hod/Assistant-v0",
        entry_point="hod.environments:AssistantEnv",
        vector_entry_point="hod.vector_environments:VectorEnv",
    )

if TYPE_CHECKING:
    from hod import bench as bench
    from hod import plot as plot
    from hod import stable_baselines3 as stable_baselines3
    from hod import torch as torch

__all__ = [
    "__version__",
    "ACTION_TYPES",
    "AssistantEnv",
    "BLOCK_COLORS",
    "BLOCK_NAMES",
    "bootstrap_mean",
    "call",
    "Checkpoint",
    "Config",
    "describe_settings",
    "draw_frame",
    "draw_world",
    "entropy",
    "EnvBatch",
    "Episode",
    "Estimate",
    "evaluate",
    "Evaluation",
    "features",
    "Fragment",
    "frame",
    "Game",
    "generate_house",
    "git_revision",
    "Goals",
    "HumanModel",
    "Network",
    "Node",
    "parallel_env",
    "ParallelEnv",
    "PeopleEpisode",
    "Position",
    "posterior",
    "Prediction",
    "program_path",
    "read_episodes",
    "read_metrics",
    "read_people",
    "Recorder",
    "Run",
    "run_search",
    "safetensors",
    "Search",
    "Shard",
    "Shards",
    "spaces",
    "State",
    "state_text",
    "StepOutcome",
    "train",
    "VectorEnv",
]


def __getattr__(name: str) -> ModuleType:
    """Modules that need others (matplotlib, torch, ...) are imported when they are first used."""
    if name in ("plot", "torch", "bench", "stable_baselines3"):
        return importlib.import_module(f"hod.{name}")
    raise AttributeError(f"module 'hod' has no attribute {name!r}")
