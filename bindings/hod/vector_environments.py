"""Many environments of assistants, stepped together."""

from __future__ import annotations

import os
from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray

from hod import _hod, bases, spaces
from hod.environments import (
    RENDER_FPS,
    RENDER_MODES,
    GoalSpec,
    HumanSpec,
    check_render_mode,
    engine_seed,
    first_seed,
    make_config,
    observation_space,
    render,
    warn_of_options,
)


class VectorEnv(bases.VectorEnv):  # type: ignore[misc, valid-type]
    """Many AssistantEnvs stepped together by `threads` threads (all processors unless said
    otherwise), with the interface of gymnasium.vector.VectorEnv.
    gymnasium.make_vec("hod/Assistant-v0") makes one.

    Autoreset mode is NEXT_STEP (metadata["autoreset_mode"]): the step after the last of an episode
    ignores its action, starts a new episode and gives a reward of 0.

    masks: whether infos hold "action_mask", int8 [num_envs, num_actions]; they take most of the
        time of a step (docs/python.md, "Speed").
    copy: whether arrays may be kept; else they are views, which is faster.

    Every entry of infos is an array over environments, beside which "_" and its name says which
    ones have it.
    """

    spec = None

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
        copy: bool = True,
        **settings: Any,
    ) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs: {num_envs}, expected 1 or more")
        config = make_config(config, settings)
        check_render_mode(render_mode)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.metadata = {
            "render_modes": RENDER_MODES,
            "autoreset_mode": bases.AutoresetMode.NEXT_STEP,
            "render_fps": RENDER_FPS,
        }
        self._batch = _hod.EnvBatch(
            config,
            goals,
            [0] * num_envs,
            threads=threads or os.cpu_count() or 1,
            human=human,
            masks=masks,
        )
        self._masks = masks
        self._copy = copy
        self._seeded = False
        w, h, d = config["game.world_size"]
        n = self._batch.num_actions
        self.single_observation_space = observation_space(config)
        self.single_action_space = spaces.Discrete(n)
        most = np.iinfo(np.int32).max
        self.observation_space = spaces.Dict(
            {
                "world": spaces.Box(0, 255, (num_envs, 6, w, h, d), np.uint8),
                "inventory": spaces.Box(0, most, (num_envs, 10), np.int32),
                "timestep": spaces.Box(0, most, (num_envs, 1), np.int32),
            }
        )
        self.action_space = spaces.MultiDiscrete([n] * num_envs)

    def _given(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array of the engine's as it is handed out."""
        return array.copy() if self._copy else array

    def _observations(self) -> dict[str, NDArray[Any]]:
        arrays = self._batch.arrays
        return {
            "world": self._given(arrays["observations"][:, 0]),
            "inventory": self._given(arrays["inventories"][:, 0]),
            "timestep": self._given(arrays["timesteps"][:, np.newaxis]),
        }

    def _infos(self) -> dict[str, Any]:
        arrays = self._batch.arrays
        infos = {
            "human_action": self._given(arrays["actions"][:, 0]),
            "goal_percentage": self._given(arrays["goal_percentages"]),
        }
        if self._masks:
            infos["action_mask"] = self._given(arrays["masks"][:, 0].view(np.int8))
        return {**infos, **{f"_{key}": np.ones(self.num_envs, bool) for key in infos}}

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Starts an episode in every environment. `seed` is one for each, or one number from which
        environment i gets seed + i. Returns observations and infos."""
        warn_of_options(options)
        if seed is None and not self._seeded:
            seed = first_seed(self)
        seeds = None
        if isinstance(seed, (int, np.integer)):
            seeds = [engine_seed(int(seed) + i) for i in range(self.num_envs)]
            bases.VectorEnv.reset(self, seed=int(seed))
        elif seed is not None:
            seeds = [engine_seed(one) for one in seed]
            self._np_random_seed = -1  # There are several.
        self._batch.reset(seeds)
        self._seeded = True
        return self._observations(), self._infos()

    def step(
        self, actions: Any
    ) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Plays the assistants' `actions`, flat ids [num_envs]. Returns observations, rewards
        float32 [num_envs], terminations and truncations bool [num_envs], and infos, arrays
        [num_envs, ...]."""
        if self.closed:
            raise RuntimeError("the environments are closed")
        if not self._seeded:
            raise RuntimeError("no episode has begun: call reset()")
        self._batch.step(np.asarray(actions))
        arrays = self._batch.arrays
        return (
            self._observations(),
            self._given(arrays["rewards"][:, 0]),
            self._given(arrays["terminated"]),
            self._given(arrays["truncated"]),
            self._infos(),
        )

    def action_masks(self) -> NDArray[Any]:
        """bool [num_envs, num_actions]: what is valid now. RuntimeError with masks=False."""
        if not self._masks:
            raise RuntimeError("made with masks=False")
        return self._batch.arrays["masks"][:, 0].astype(bool)

    def positions(self) -> list[_hod.Position]:
        """What an assistant with a network sees of each environment, to be evaluated."""
        batch = self._batch
        return [_hod.Position(batch.game(i), batch.state(i)) for i in range(self.num_envs)]

    def render(self, mode: str | None = None) -> tuple[NDArray[Any] | str | None, ...]:
        """A picture or a text for each environment, as `AssistantEnv.render`."""
        return tuple(render(self._batch, i, mode or self.render_mode) for i in range(self.num_envs))
