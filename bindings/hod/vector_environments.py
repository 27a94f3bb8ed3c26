"""Many environments of assistants, stepped together."""

# Base classes and spaces are Gymnasium's and PettingZoo's where they are installed, else ours.
# mypy: allow-subclassing-any, allow-any-generics

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
    Info,
    Observation,
    check_render_mode,
    engine_seed,
    first_seed,
    make_config,
    observation_space,
    render,
    warn_of_options,
)


class VectorEnv(bases.VectorEnv):
    """Many AssistantEnvs stepped together by `threads` threads (all processors unless said
    otherwise), with the interface of gymnasium.vector.VectorEnv.
    gymnasium.make_vec("hod/Assistant-v0") makes one.

    autoreset_mode: Gymnasium's, or its name. After an episode has ended,
        "NextStep": the next step ignores its action, starts a new episode and gives a reward of 0;
        "SameStep": the same step starts a new episode; what it ended with is infos["final_obs"]
            and infos["final_info"];
        "Disabled": reset(options={"reset_mask": bool [num_envs]}) has to start it.
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
        autoreset_mode: Any = bases.AutoresetMode.NEXT_STEP,
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
        self._mode = bases.AutoresetMode(autoreset_mode)
        self.metadata = {
            "render_modes": RENDER_MODES,
            "autoreset_mode": self._mode,
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
        self.copies = copy  # Whether what is returned stays as it is.
        self._seeded = False
        self._over = np.ones(num_envs, bool)  # Has to be reset, in DISABLED.
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
        return array.copy() if self.copies else array

    def _observations(self) -> Observation:
        arrays = self._batch.arrays
        return {
            "world": self._given(arrays["observations"][:, 0]),
            "inventory": self._given(arrays["inventories"][:, 0]),
            "timestep": self._given(arrays["timesteps"][:, np.newaxis]),
        }

    def _infos(self) -> Info:
        arrays = self._batch.arrays
        infos = {
            "human_action": self._given(arrays["actions"][:, 0]),
            "goal_percentage": self._given(arrays["goal_percentages"]),
        }
        if self._masks:
            infos["action_mask"] = self._given(arrays["masks"][:, 0].view(np.int8))
        return {**infos, **{f"_{key}": np.ones(self.num_envs, bool) for key in infos}}

    def _final(self, ended: NDArray[Any]) -> dict[str, Any]:
        """What SAME_STEP says of the episodes that have just ended, in arrays of its own."""
        observations = self._observations()
        final = np.full(self.num_envs, None, object)
        for i in np.flatnonzero(ended):
            final[i] = {key: array[i].copy() for key, array in observations.items()}
        info: dict[str, Any] = {}
        for key, array in self._infos().items():
            row = ended.reshape(-1, *[1] * (array.ndim - 1))
            info[key] = np.where(row, array, np.zeros_like(array))
        return {"final_obs": final, "_final_obs": ended, "final_info": info, "_final_info": ended}

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, Info]:
        """Starts an episode in every environment, or in those of options["reset_mask"], bool
        [num_envs]. `seed` is one for each, or one number from which environment i gets seed + i.
        Returns observations and infos."""
        options = dict(options or {})
        chosen = options.pop("reset_mask", None)
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
        if chosen is None or not self._seeded:
            # The first time all get streams of their own, chosen or not.
            self._batch.reset(seeds)
        if chosen is None:
            self._over = np.zeros(self.num_envs, bool)
        else:
            chosen = np.asarray(chosen)
            self._batch.restart(chosen, seeds)
            self._over = self._over & ~chosen
        self._seeded = True
        return self._observations(), self._infos()

    def step(
        self, actions: Any
    ) -> tuple[Observation, NDArray[Any], NDArray[Any], NDArray[Any], Info]:
        """Plays the assistants' `actions`, flat ids [num_envs]. Returns observations, rewards
        float32 [num_envs], terminations and truncations bool [num_envs], and infos, arrays
        [num_envs, ...]."""
        if self.closed:
            raise RuntimeError("the environments are closed")
        if not self._seeded:
            raise RuntimeError("no episode has begun: call reset()")
        if self._mode is bases.AutoresetMode.DISABLED and self._over.any():
            raise RuntimeError(
                f"the episodes of environments {np.flatnonzero(self._over).tolist()} are over: "
                'call reset(options={"reset_mask": ...})'
            )
        self._batch.step(np.asarray(actions))
        arrays = self._batch.arrays
        ended = arrays["terminated"] | arrays["truncated"]
        self._over = ended
        final = {}
        if self._mode is bases.AutoresetMode.SAME_STEP and ended.any():
            final = self._final(ended)
            self._batch.restart(ended)
        return (
            self._observations(),
            self._given(arrays["rewards"][:, 0]),
            self._given(arrays["terminated"]),
            self._given(arrays["truncated"]),
            {**self._infos(), **final},
        )

    def action_masks(self) -> NDArray[np.bool_]:
        """bool [num_envs, num_actions]: what is valid now. RuntimeError with masks=False."""
        if not self._masks:
            raise RuntimeError("made with masks=False")
        masks: NDArray[np.bool_] = self._batch.arrays["masks"][:, 0].astype(bool)
        return masks

    def positions(self) -> list[_hod.Position]:
        """What an assistant with a network sees of each environment, to be evaluated."""
        batch = self._batch
        return [_hod.Position(batch.game(i), batch.state(i)) for i in range(self.num_envs)]

    def render(self, mode: str | None = None) -> tuple[NDArray[Any] | str | None, ...]:
        """A picture or a text for each environment, as `AssistantEnv.render`."""
        return tuple(render(self._batch, i, mode or self.render_mode) for i in range(self.num_envs))
