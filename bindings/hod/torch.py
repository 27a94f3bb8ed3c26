"""The network of Hod in PyTorch, to be trained in other ways: a twin of models/forward.cc.

    network = hod.torch.Network.load("checkpoint.safetensors")
    planes, globals = hod.features(positions)
    prediction = network(torch.from_numpy(planes), torch.from_numpy(globals))
    network.save("mine.safetensors")            # `hod evaluate` and hod.Network read it

Names of parameters are those of checkpoints, so that `state_dict()` is a checkpoint's contents.
"""

# mypy: allow-subclassing-any

from __future__ import annotations

import json
import math
import os
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hod import _hod, safetensors

NUM_ACTION_CHANNELS = 28
"""Noop, place of each of 10 blocks, break, six moves, give of each of 10 blocks."""
NUM_BLOCKS = 10
NUM_GOAL_PLANES = 30
"""The first feature planes, which the goal head sees directly."""

_PREFIX = "network/"


class Prediction(NamedTuple):
    """What the network says of B positions in worlds of w x h x d voxels."""

    policy: Tensor
    """[B, 28, w, h, d]: logits of the player's action channels; see `flat_logits`."""
    human: Tensor
    """[B, 28, w, h, d]: the same of the other players' next action."""
    goal: Tensor
    """[B, 10, w, h, d]: logits of the goal's blocks."""
    value: Tensor
    """[B]: expected discounted return, in blocks."""


def _pool(x: Tensor) -> Tensor:
    """[B, C, w, h, d] -> [B, 2C]: mean and maximum of every channel."""
    voxels = x.flatten(2)
    return torch.cat([voxels.mean(2), voxels.amax(2)], 1)


class FactorisedBlock(nn.Module):
    """x <- ReLU(x + vertical(ReLU(horizontal(x) + pooled(x))))"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.horizontal = nn.Conv3d(channels, channels, (3, 1, 3), padding=(1, 0, 1))
        self.vertical = nn.Conv3d(channels, channels, (1, 3, 1), padding=(0, 1, 0))
        self.pooled = nn.Linear(2 * channels, channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        bias = self.pooled(_pool(x))
        branch = F.relu(self.horizontal(x) + bias[:, :, None, None, None])
        return F.relu(x + self.vertical(branch))


class DenseBlock(nn.Module):
    """x <- ReLU(x + second(ReLU(first(x) + pooled(x))))"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv3d(channels, channels, 3, padding=1)
        self.second = nn.Conv3d(channels, channels, 3, padding=1)
        self.pooled = nn.Linear(2 * channels, channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        bias = self.pooled(_pool(x))
        branch = F.relu(self.first(x) + bias[:, :, None, None, None])
        return F.relu(x + self.second(branch))


_BLOCKS = {"factorised": FactorisedBlock, "dense": DenseBlock}


class Network(nn.Module):
    """A network of `channels` and `blocks` of a kind, "factorised" or "dense" (models/network.h),
    with the random parameters that torch gives; `load` has those of a checkpoint."""

    def __init__(
        self,
        channels: int = 32,
        blocks: int = 4,
        goal_visible: bool = False,
        inventories: bool = False,
        block: str = "factorised",
    ) -> None:
        super().__init__()
        self.config = {
            "channels": channels,
            "blocks": blocks,
            "block": block,
            "goal_visible": goal_visible,
            "inventories": inventories,
        }
        num_planes = 55 if goal_visible else 42
        num_globals = 98 if inventories else 78
        self.stem = nn.Conv3d(num_planes, channels, 1)
        self.stem_globals = nn.Linear(num_globals, channels, bias=False)
        self.blocks = nn.ModuleList(_BLOCKS[block](channels) for _ in range(blocks))
        self.summary = nn.Linear(2 * channels + num_globals, channels)
        self.hidden = nn.Conv3d(channels + num_planes, 2 * channels, 1)
        self.policy = nn.Conv3d(2 * channels, NUM_ACTION_CHANNELS, 1)
        self.human = nn.Conv3d(2 * channels, NUM_ACTION_CHANNELS, 1)
        self.goal = nn.Conv3d(2 * channels, NUM_BLOCKS, 1)
        self.channel_bias = nn.Linear(channels, 2 * NUM_ACTION_CHANNELS, bias=False)
        self.goal_skip = nn.Conv3d(NUM_GOAL_PLANES, NUM_BLOCKS, 1, bias=False)
        self.value = nn.Linear(channels, 1)

    def forward(self, planes: Tensor, globals: Tensor) -> Prediction:
        """`planes` is float32 [B, 42 or 55, w, h, d], `globals` [B, 78 or 98]: `hod.features`."""
        x = F.relu(self.stem(planes) + self.stem_globals(globals)[:, :, None, None, None])
        for block in self.blocks:
            x = block(x)
        summary = F.relu(self.summary(torch.cat([_pool(x), globals], 1)))
        hidden = F.relu(self.hidden(torch.cat([x, planes], 1)))
        bias = self.channel_bias(summary)[:, :, None, None, None]
        return Prediction(
            policy=self.policy(hidden) + bias[:, :NUM_ACTION_CHANNELS],
            human=self.human(hidden) + bias[:, NUM_ACTION_CHANNELS:],
            goal=self.goal(hidden) + self.goal_skip(planes[:, :NUM_GOAL_PLANES]),
            value=self.value(summary).flatten(),
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """The network of a checkpoint. ValueError for a file that is none."""
        _hod.Network.load(os.fspath(path))  # Checks it, and says what is wrong.
        config = json.loads(safetensors.load_metadata(path)["network"])
        try:
            network = cls(**config)
        except TypeError as error:
            raise ValueError(f"{path}: the twin does not know its network: {error}") from error
        parameters = {
            name[len(_PREFIX) :]: tensor
            for name, tensor in safetensors.load_torch(path).items()
            if name.startswith(_PREFIX)
        }
        network.load_state_dict(parameters)
        return network

    def save(self, path: str | os.PathLike[str], run: Any = None) -> None:
        """Writes a checkpoint; `run` is anything JSON can hold about how it was made, such as that
        of `hod.Network.run`."""
        state = self.state_dict()
        parameters = {name: tensor.detach().cpu().float().numpy() for name, tensor in state.items()}
        _hod.Network(self.config, parameters).save(os.fspath(path), json.dumps(run or {}))


def flat_logits(channels: Tensor, game: _hod.Game) -> Tensor:
    """Logits of the flat actions of `game`, [B, num_actions], from those by channel and voxel, [B,
    28, w, h, d]. An action without a location has the log of the sum of its channel's exponentials
    over all voxels."""
    volume = math.prod(game.size)
    flat = channels.flatten(2)
    pieces = [flat[:, 0:1].logsumexp(2), flat[:, 1:12].flatten(1)]
    rest = game.num_actions - 1 - 11 * volume
    if rest % volume == 6:  # Moves, unless players teleport.
        pieces.append(flat[:, 12:18].logsumexp(2))
    if rest >= 10 * volume:  # Gives, where blocks are finite.
        pieces.append(flat[:, 18:28].flatten(1))
    return torch.cat(pieces, 1)
