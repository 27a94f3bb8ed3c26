"""Environments with the interfaces of PettingZoo and Gymnasium.

Neither has to be installed; where one is, its base class and spaces are used, so that wrappers and
checkers accept these environments.

Observations are dictionaries:

    world      uint8 [6, w, h, d]: what the player sees (docs/rules.md, Section 2)
    inventory  int32 [10]: blocks carried of each type; all 0 where blocks are infinite
    timestep   int32 [1]: of the episode

Actions are flat ids (`env.game.describe` says what one means). info["action_mask"], int8
[num_actions], is 1 for actions that are valid, with line of sight; others have no effect.

Every reset() and step() gives arrays of its own, so they may be kept. With copy=False they are
read-only views of the engine's memory, which the next reset() or step() overwrites.

Copies (copy.deepcopy) and pickles of environments go on in the midst of the same episodes, which
they play again; human models and goals written in Python have to follow from their seeds.

Seeds are whole numbers from 0 on, also such as Gymnasium makes, of 128 bits. `options` of reset()
mean nothing here; a warning says so.
"""

# Base classes and spaces are Gymnasium's and PettingZoo's where they are installed, else ours.
# mypy: allow-subclassing-any, allow-any-generics

from __future__ import annotations

import os
import warnings
from typing import Any, Callable

import numpy as np
from numpy.typing import NDArray

from hod import _hod, bases, spaces

_INT32_MAX = np.iinfo(np.int32).max
RENDER_MODES = ["rgb_array", "ansi"]
RENDER_FPS = 8

# What goals and human models may be: a name, the path of a file, or a function (see hod.Goals and
# hod.HumanModel).
GoalSpec = str | Callable[[int], NDArray[Any]]
HumanPolicy = Callable[[_hod.State], int | dict[int, float] | NDArray[Any]]
HumanSpec = str | os.PathLike[str] | Callable[[_hod.Game, int, int], HumanPolicy]

Observation = dict[str, NDArray[Any]]
Info = dict[str, Any]


def make_config(config: _hod.Config | None, settings: dict[str, Any]) -> _hod.Config:
    """`config`, or the defaults, with the settings "game.*" that `settings` names."""
    config = _hod.Config() if config is None else config
    known = {key[5:].split(".")[0] for key in config.keys() if key.startswith("game.")}
    for name in settings:
        if name not in known:
            raise TypeError(f"game.{name}: no such setting, expected one of {sorted(known)}")
    return config.replace({"game": settings})


def engine_seed(seed: Any) -> int:
    """The engine's seed, of 64 bits, for one of any length."""
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
        raise TypeError(f"seed: {seed!r}, expected a whole number")
    if seed < 0:
        raise ValueError(f"seed: {seed}, expected 0 or more")
    seed = int(seed)
    if seed < 2**64:
        return seed
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])


def first_seed(env: Any) -> int:
    """The seed of an environment that is reset for the first time without one: from it, as
    `np_random_seed`, the same episodes follow again."""
    seed = env.np_random_seed
    return int(env.np_random.integers(2**63)) if seed == -1 else int(seed)


def warn_of_options(options: dict[str, Any] | None) -> None:
    """Interfaces pass options on; here none means anything."""
    if options:
        warnings.warn(f"reset: the options {sorted(options)} mean nothing here", stacklevel=3)


def check_render_mode(mode: str | None) -> None:
    if mode is not None and mode not in RENDER_MODES:
        raise ValueError(f"render mode {mode!r}, expected one of {RENDER_MODES}")


def observation_space(config: _hod.Config) -> spaces.Dict:
    w, h, d = config["game.world_size"]
    return spaces.Dict(
        {
            "world": spaces.Box(0, 255, (6, w, h, d), np.uint8),
            "inventory": spaces.Box(0, _INT32_MAX, (10,), np.int32),
            "timestep": spaces.Box(0, _INT32_MAX, (1,), np.int32),
        }
    )


def render(batch: _hod.EnvBatch, index: int, mode: str | None) -> NDArray[Any] | str | None:
    if mode is None:
        return None
    check_render_mode(mode)
    game, state = batch.game(index), batch.state(index)
    return _hod.draw_frame(game, state) if mode == "rgb_array" else _hod.state_text(game, state)


class _Single:
    """What the two environments with one game share."""

    _batch: _hod.EnvBatch
    _copy: bool
    render_mode: str | None

    def _given(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array of the engine's as it is handed out."""
        return array.copy() if self._copy else array

    def _observation(self, player: int) -> Observation:
        arrays = self._batch.arrays
        return {
            "world": self._given(arrays["observations"][0, player]),
            "inventory": self._given(arrays["inventories"][0, player]),
            "timestep": self._given(arrays["timesteps"]),
        }

    def _mask(self, player: int) -> NDArray[Any]:
        return self._given(self._batch.arrays["masks"][0, player].view(np.int8))

    @property
    def game(self) -> _hod.Game:
        """The rules and the goal of the present episode, a copy."""
        return self._batch.game(0)

    def game_state(self) -> _hod.State:
        """The state of the present episode, a copy."""
        return self._batch.state(0)

    def render(self, mode: str | None = None) -> NDArray[Any] | str | None:
        """A picture, uint8 [height, width, 3], or text, as `mode` or else `render_mode` says."""
        return render(self._batch, 0, mode or self.render_mode)

    def close(self) -> None:
        """Nothing has to be closed."""


class ParallelEnv(_Single, bases.ParallelEnv):
    """The human and the assistant as two agents; make it with `hod.parallel_env`.

    Observations hold "action_mask", too, where PettingZoo's learners look for it."""

    metadata = {
        "name": "hod_v0",
        "render_modes": RENDER_MODES,
        "render_fps": RENDER_FPS,
        "is_parallelizable": True,
    }
    possible_agents = ["human", "assistant"]

    def __init__(
        self, config: _hod.Config, goals: GoalSpec, render_mode: str | None, copy: bool = True
    ) -> None:
        check_render_mode(render_mode)
        self._batch = _hod.EnvBatch(config, goals, [0])
        self._copy = copy
        self._seeded = False
        self.render_mode = render_mode
        self.agents: list[str] = []
        n = self._batch.num_actions
        self.observation_spaces = {}
        self.action_spaces = {}
        for agent in self.possible_agents:
            seen = observation_space(config).spaces
            mask = spaces.Box(0, 1, (n,), np.int8)
            self.observation_spaces[agent] = spaces.Dict({**seen, "action_mask": mask})
            self.action_spaces[agent] = spaces.Discrete(n)
        high = np.full(len(self.state()), _INT32_MAX, np.int32)
        high[: self._batch.arrays["observations"][0, 0].size] = 255
        self.state_space = spaces.Box(np.zeros_like(high), high, dtype=np.int32)

    def observation_space(self, agent: str) -> spaces.Dict:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Discrete:
        return self.action_spaces[agent]

    def state(self) -> NDArray[Any]:
        """What there is to know, for centralised training: int32 [n], the world as the human sees
        it, with the goal, both inventories and the timestep."""
        arrays = self._batch.arrays
        parts = (arrays["observations"][0, 0], arrays["inventories"], arrays["timesteps"])
        return np.concatenate([part.ravel().astype(np.int32) for part in parts])

    def _by_agent(self, values: Any) -> dict[str, Any]:
        return dict(zip(self.possible_agents, values))

    def _seen(self) -> tuple[dict[str, Observation], dict[str, Info]]:
        """Observations and infos by agent."""
        share = float(self._batch.arrays["goal_percentages"][0])
        masks = [self._mask(p) for p in range(2)]
        observations = [{**self._observation(p), "action_mask": masks[p]} for p in range(2)]
        infos = [{"action_mask": mask, "goal_percentage": share} for mask in masks]
        return self._by_agent(observations), self._by_agent(infos)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, Info]]:
        """Starts an episode. Returns observations and infos by agent."""
        warn_of_options(options)
        if seed is None and not self._seeded:
            seed = int.from_bytes(np.random.SeedSequence().generate_state(2).tobytes(), "little")
        self._batch.reset(None if seed is None else [engine_seed(seed)])
        self._seeded = True
        self.agents = list(self.possible_agents)
        return self._seen()

    def step(
        self, actions: dict[str, int]
    ) -> tuple[
        dict[str, Observation],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, Info],
    ]:
        """Plays one action (flat id) of each agent. Returns observations, rewards (in blocks),
        terminations (the goal stands), truncations (the horizon is reached, or there is no
        progress) and infos, each by agent."""
        if not self.agents:
            raise RuntimeError("the episode is over: call reset()")
        if actions.keys() != set(self.agents):
            raise ValueError(f"actions of {sorted(actions)}, expected of {self.agents}")
        arrays = self._batch.arrays
        self._batch.step(np.array([[actions[a] for a in self.possible_agents]]))
        terminated, truncated = bool(arrays["terminated"][0]), bool(arrays["truncated"][0])
        if terminated or truncated:
            self.agents = []
        observations, infos = self._seen()
        return (
            observations,
            self._by_agent(float(r) for r in arrays["rewards"][0]),
            self._by_agent([terminated] * 2),
            self._by_agent([truncated] * 2),
            infos,
        )


def parallel_env(
    config: _hod.Config | None = None,
    *,
    goals: GoalSpec = "generated",
    render_mode: str | None = None,
    max_cycles: int | None = None,
    copy: bool = True,
    **settings: Any,
) -> ParallelEnv:
    """A game of two players with the interface of PettingZoo's ParallelEnv.

    config: the game's settings; `settings` names others of "game.*" (docs/configuration.md), such
        as world_size=(7, 7, 7), horizon=200, human_rewards={"noop": -0.1}.
    goals: what is to be built, see hod.Goals.
    render_mode: what render() gives, "rgb_array" or "ansi".
    max_cycles: PettingZoo's name for the setting horizon.
    copy: whether arrays may be kept; else they are views, which is faster.
    """
    if max_cycles is not None:
        if "horizon" in settings:
            raise TypeError("max_cycles and horizon are the same: expected one of them")
        settings["horizon"] = max_cycles
    return ParallelEnv(make_config(config, settings), goals, render_mode, copy)


class AssistantEnv(_Single, bases.Env):
    """The assistant's side of a game, with the interface of gymnasium.Env: a human model plays the
    human. The assistant does not see the goal. gymnasium.make("hod/Assistant-v0") makes one.

    human: see hod.HumanModel; the other arguments are those of `hod.parallel_env`.
    Rewards are the assistant's, in blocks: changes of similarity to the goal, whoever made them.
    """

    metadata = {"render_modes": RENDER_MODES, "render_fps": RENDER_FPS}
    spec = None

    def __init__(
        self,
        config: _hod.Config | None = None,
        *,
        human: HumanSpec = "heuristic",
        goals: GoalSpec = "generated",
        render_mode: str | None = None,
        copy: bool = True,
        **settings: Any,
    ) -> None:
        config = make_config(config, settings)
        check_render_mode(render_mode)
        self._batch = _hod.EnvBatch(config, goals, [0], human=human)
        self._copy = copy
        self._seeded = False
        self.render_mode = render_mode
        self.observation_space = observation_space(config)
        self.action_space = spaces.Discrete(self._batch.num_actions)
        self._over = True

    def _info(self) -> dict[str, Any]:
        arrays = self._batch.arrays
        return {
            "action_mask": self._mask(0),
            "human_action": int(arrays["actions"][0, 0]),
            "goal_percentage": float(arrays["goal_percentages"][0]),
        }

    def state(self) -> _hod.State:
        """`game_state`."""
        return self.game_state()

    def action_masks(self) -> NDArray[np.bool_]:
        """bool [num_actions]: what is valid now, where MaskablePPO looks for it."""
        masks: NDArray[np.bool_] = self._batch.arrays["masks"][0, 0].astype(bool)
        return masks

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, Info]:
        """Starts an episode; returns observation and info."""
        warn_of_options(options)
        checked = None if seed is None else engine_seed(seed)
        bases.Env.reset(self, seed=None if seed is None else int(seed))
        if checked is None and not self._seeded:
            checked = engine_seed(first_seed(self))
        self._batch.reset(None if checked is None else [checked])
        self._seeded = True
        self._over = False
        return self._observation(0), self._info()

    def step(self, action: int) -> tuple[Observation, float, bool, bool, Info]:
        """Plays the assistant's action (a flat id) and the human's. Returns observation, reward,
        terminated (the goal stands), truncated (the horizon is reached, or there is no progress)
        and info, with the human's action as a flat id."""
        if self._over:
            raise RuntimeError("no episode has begun, or it is over: call reset()")
        self._batch.step(np.array([action]))
        arrays = self._batch.arrays
        terminated, truncated = bool(arrays["terminated"][0]), bool(arrays["truncated"][0])
        self._over = terminated or truncated
        reward = float(arrays["rewards"][0, 0])
        return self._observation(0), reward, terminated, truncated, self._info()
