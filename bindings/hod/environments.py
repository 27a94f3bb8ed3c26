"""Environments with the interfaces of PettingZoo and Gymnasium.

Neither has to be installed; where one is, its base class and spaces are used, so that wrappers and
checkers accept these environments.

Observations are dictionaries:

    world      uint8 [6, w, h, d]: what the player sees (docs/rules.md, Section 2)
    inventory  int32 [10]: blocks carried of each type; all 0 where blocks are infinite
    timestep   int32 [1]: of the episode

Actions are flat ids (`env.game.describe` says what one means). info["action_mask"], int8
[num_actions], is 1 for actions that are valid, with line of sight; others have no effect.

Arrays are read-only views of the engine's memory. The next reset() or step() overwrites them: copy
what is to be kept.
"""

from __future__ import annotations

import os
from typing import Any, Callable, Sequence

import numpy as np

from hod import _hod, spaces

try:
    import gymnasium

    _Env, _VectorEnv = gymnasium.Env, gymnasium.vector.VectorEnv
except ImportError:
    gymnasium = None
    _Env = _VectorEnv = object

try:
    import pettingzoo

    _ParallelEnv = pettingzoo.ParallelEnv
except ImportError:
    _ParallelEnv = object

_INT32_MAX = np.iinfo(np.int32).max
RENDER_MODES = ["rgb_array", "ansi"]

# What goals and human models may be: a name, or a function (see hod.Goals and hod.HumanModel).
GoalSpec = str | Callable[[int], np.ndarray]
HumanSpec = str | Callable[[_hod.Game, int, int], Any]


def make_config(config: _hod.Config | None, settings: dict[str, Any]) -> _hod.Config:
    """`config`, or the defaults, with the settings "game.*" that `settings` names."""
    config = _hod.Config() if config is None else config
    known = {key[5:].split(".")[0] for key in config.keys() if key.startswith("game.")}
    for name in settings:
        if name not in known:
            raise TypeError(f"game.{name}: no such setting, expected one of {sorted(known)}")
    return config.replace({"game": settings})


def _new_seeds(count: int) -> list[int]:
    return [int.from_bytes(os.urandom(8), "little") for _ in range(count)]


def _observation_space(config: _hod.Config) -> spaces.Dict:
    w, h, d = config["game.world_size"]
    return spaces.Dict(
        {
            "world": spaces.Box(0, 255, (6, w, h, d), np.uint8),
            "inventory": spaces.Box(0, _INT32_MAX, (10,), np.int32),
            "timestep": spaces.Box(0, _INT32_MAX, (1,), np.int32),
        }
    )


def _render(batch: _hod.EnvBatch, index: int, mode: str | None) -> np.ndarray | str | None:
    if mode is None:
        return None
    if mode not in RENDER_MODES:
        raise ValueError(f"render mode {mode!r}, expected one of {RENDER_MODES}")
    game, state = batch.game(index), batch.state(index)
    return _hod.draw_frame(game, state) if mode == "rgb_array" else _hod.state_text(game, state)


class _Single:
    """What the two environments with one game share."""

    _batch: _hod.EnvBatch
    render_mode: str | None

    def _reset_batch(self, seed: int | None, options: dict | None) -> None:
        if options:
            raise ValueError(f"options: {sorted(options)}, expected none")
        self._batch.reset(None if seed is None else [seed])

    @property
    def game(self) -> _hod.Game:
        """The rules and the goal of the present episode, a copy."""
        return self._batch.game(0)

    def state(self) -> Any:
        """The state of the present episode, a copy."""
        return self._batch.state(0)

    def render(self, mode: str | None = None) -> np.ndarray | str | None:
        """A picture, uint8 [height, width, 3], or text, as `mode` or else `render_mode` says."""
        return _render(self._batch, 0, mode or self.render_mode)

    def close(self) -> None:
        """Nothing has to be closed."""


class ParallelEnv(_Single, _ParallelEnv):  # type: ignore[misc, valid-type]
    """The human and the assistant as two agents; make it with `hod.parallel_env`."""

    metadata = {"name": "hod_v0", "render_modes": RENDER_MODES, "is_parallelizable": True}
    possible_agents = ["human", "assistant"]

    def __init__(self, config: _hod.Config, goals: GoalSpec, render_mode: str | None) -> None:
        self._batch = _hod.EnvBatch(config, goals, _new_seeds(1))
        self.render_mode = render_mode
        self.agents: list[str] = []
        n = self._batch.num_actions
        self.observation_spaces = {a: _observation_space(config) for a in self.possible_agents}
        self.action_spaces = {a: spaces.Discrete(n) for a in self.possible_agents}
        arrays = self._batch.arrays
        self._observations = {
            agent: {
                "world": arrays["observations"][0, p],
                "inventory": arrays["inventories"][0, p],
                "timestep": arrays["timesteps"],
            }
            for p, agent in enumerate(self.possible_agents)
        }
        self._masks = arrays["masks"][0].view(np.int8)

    def observation_space(self, agent: str) -> spaces.Dict:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Discrete:
        return self.action_spaces[agent]

    @property
    def num_agents(self) -> int:
        return len(self.agents)

    @property
    def max_num_agents(self) -> int:
        return len(self.possible_agents)

    @property
    def unwrapped(self) -> ParallelEnv:
        return self

    def _by_agent(self, values: Any) -> dict[str, Any]:
        return dict(zip(self.possible_agents, values))

    def _infos(self) -> dict[str, dict]:
        share = float(self._batch.arrays["goal_percentages"][0])
        return self._by_agent({"action_mask": m, "goal_percentage": share} for m in self._masks)

    def reset(self, seed: int | None = None, options: dict | None = None) -> tuple[dict, dict]:
        """Starts an episode. Returns observations and infos by agent."""
        self._reset_batch(seed, options)
        self.agents = list(self.possible_agents)
        return {a: dict(o) for a, o in self._observations.items()}, self._infos()

    def step(self, actions: dict[str, int]) -> tuple[dict, dict, dict, dict, dict]:
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
        return (
            {a: dict(o) for a, o in self._observations.items()},
            self._by_agent(float(r) for r in arrays["rewards"][0]),
            self._by_agent([terminated] * 2),
            self._by_agent([truncated] * 2),
            self._infos(),
        )


def parallel_env(
    config: _hod.Config | None = None,
    *,
    goals: GoalSpec = "generated",
    render_mode: str | None = None,
    **settings: Any,
) -> ParallelEnv:
    """A game of two players with the interface of PettingZoo's ParallelEnv.

    config: the game's settings; `settings` names others of "game.*" (docs/configuration.md), such
        as world_size=(7, 7, 7), horizon=200, human_rewards={"noop": -0.1}.
    goals: what is to be built, see hod.Goals.
    render_mode: what render() gives, "rgb_array" or "ansi".
    """
    return ParallelEnv(make_config(config, settings), goals, render_mode)


class AssistantEnv(_Single, _Env):  # type: ignore[misc, valid-type]
    """The assistant's side of a game, with the interface of gymnasium.Env: a human model plays the
    human. The assistant does not see the goal.

    human: see hod.HumanModel; the other arguments are those of `hod.parallel_env`.
    Rewards are the assistant's, in blocks: changes of similarity to the goal, whoever made them.
    """

    metadata = {"render_modes": RENDER_MODES, "render_fps": 8}
    spec = None

    def __init__(
        self,
        config: _hod.Config | None = None,
        *,
        human: HumanSpec = "heuristic",
        goals: GoalSpec = "generated",
        render_mode: str | None = None,
        **settings: Any,
    ) -> None:
        config = make_config(config, settings)
        if render_mode is not None and render_mode not in RENDER_MODES:
            raise ValueError(f"render mode {render_mode!r}, expected one of {RENDER_MODES}")
        self._batch = _hod.EnvBatch(config, goals, _new_seeds(1), human=human)
        self.render_mode = render_mode
        self.observation_space = _observation_space(config)
        self.action_space = spaces.Discrete(self._batch.num_actions)
        arrays = self._batch.arrays
        self._observation = {
            "world": arrays["observations"][0, 0],
            "inventory": arrays["inventories"][0, 0],
            "timestep": arrays["timesteps"],
        }
        self._over = True

    def _info(self) -> dict[str, Any]:
        arrays = self._batch.arrays
        return {
            "action_mask": arrays["masks"][0, 0].view(np.int8),
            "human_action": int(arrays["actions"][0, 0]),
            "goal_percentage": float(arrays["goal_percentages"][0]),
        }

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[dict, dict]:
        """Starts an episode; returns observation and info."""
        if gymnasium is not None:
            super(_Single, self).reset(seed=seed)
        self._reset_batch(seed, options)
        self._over = False
        return dict(self._observation), self._info()

    def step(self, action: int) -> tuple[dict, float, bool, bool, dict]:
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
        return dict(self._observation), reward, terminated, truncated, self._info()


class VectorEnv(_VectorEnv):  # type: ignore[misc, valid-type]
    """Many AssistantEnvs stepped together by `threads` threads (all processors unless said
    otherwise), with the interface of gymnasium.vector.VectorEnv.

    Autoreset mode is NEXT_STEP (metadata["autoreset_mode"]): the step after the last of an episode
    ignores its action, starts a new episode and gives a reward of 0.

    masks: whether infos hold "action_mask", int8 [num_envs, num_actions]; they take most of the
        time of a step (docs/python.md, "Speed").
    """

    spec = None
    closed = False

    def __init__(
        self,
        num_envs: int,
        config: _hod.Config | None = None,
        *,
        human: HumanSpec = "heuristic",
        goals: GoalSpec = "generated",
        render_mode: str | None = None,
        threads: int | None = None,
        masks: bool = True,
        **settings: Any,
    ) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs: {num_envs}, expected 1 or more")
        config = make_config(config, settings)
        self.num_envs = num_envs
        self.render_mode = render_mode
        mode = gymnasium.vector.AutoresetMode.NEXT_STEP if gymnasium is not None else "NextStep"
        self.metadata = {"render_modes": RENDER_MODES, "autoreset_mode": mode, "render_fps": 8}
        self._batch = _hod.EnvBatch(
            config,
            goals,
            _new_seeds(num_envs),
            threads=threads or os.cpu_count() or 1,
            human=human,
            masks=masks,
        )
        w, h, d = config["game.world_size"]
        n = self._batch.num_actions
        self.single_observation_space = _observation_space(config)
        self.single_action_space = spaces.Discrete(n)
        self.observation_space = spaces.Dict(
            {
                "world": spaces.Box(0, 255, (num_envs, 6, w, h, d), np.uint8),
                "inventory": spaces.Box(0, _INT32_MAX, (num_envs, 10), np.int32),
                "timestep": spaces.Box(0, _INT32_MAX, (num_envs, 1), np.int32),
            }
        )
        self.action_space = spaces.MultiDiscrete([n] * num_envs)
        arrays = self._batch.arrays
        self._observations = {
            "world": arrays["observations"][:, 0],
            "inventory": arrays["inventories"][:, 0],
            "timestep": arrays["timesteps"][:, np.newaxis],
        }
        self._masks = arrays["masks"][:, 0].view(np.int8) if masks else None
        self._begun = False

    @property
    def unwrapped(self) -> VectorEnv:
        return self

    def _infos(self) -> dict[str, np.ndarray]:
        arrays = self._batch.arrays
        infos = {
            "human_action": arrays["actions"][:, 0],
            "goal_percentage": arrays["goal_percentages"],
        }
        if self._masks is not None:
            infos["action_mask"] = self._masks
        return infos

    def reset(
        self, *, seed: int | Sequence[int] | None = None, options: dict | None = None
    ) -> tuple[dict, dict]:
        """Starts an episode in every environment. `seed` is one for each, or one number from which
        environment i gets seed + i. Returns observations and infos."""
        if options:
            raise ValueError(f"options: {sorted(options)}, expected none")
        if isinstance(seed, (int, np.integer)):
            seed = [int(seed) + i for i in range(self.num_envs)]
        self._batch.reset(None if seed is None else list(seed))
        self._begun = True
        return dict(self._observations), self._infos()

    def step(self, actions: np.ndarray) -> tuple[dict, np.ndarray, np.ndarray, np.ndarray, dict]:
        """Plays the assistants' `actions`, flat ids [num_envs]. Returns observations, rewards
        float32 [num_envs], terminations and truncations bool [num_envs], and infos, arrays
        [num_envs, ...]."""
        if not self._begun:
            raise RuntimeError("no episode has begun: call reset()")
        self._batch.step(np.asarray(actions))
        arrays = self._batch.arrays
        return (
            dict(self._observations),
            arrays["rewards"][:, 0],
            arrays["terminated"],
            arrays["truncated"],
            self._infos(),
        )

    def positions(self) -> list[_hod.Position]:
        """What an assistant with a network sees of each environment, to be evaluated."""
        batch = self._batch
        return [_hod.Position(batch.game(i), batch.state(i)) for i in range(self.num_envs)]

    def render(self, mode: str | None = None) -> tuple[np.ndarray | str | None, ...]:
        """A picture or a text for each environment, as `AssistantEnv.render`."""
        return tuple(
            _render(self._batch, i, mode or self.render_mode) for i in range(self.num_envs)
        )

    def close(self, **kwargs: Any) -> None:
        """Nothing has to be closed."""
