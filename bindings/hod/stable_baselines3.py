"""Environments for the learners of Stable-Baselines3 and sb3-contrib.

    env = hod.stable_baselines3.VecEnv(hod.VectorEnv(16, autoreset_mode="SameStep"))
    MaskablePPO("MultiInputPolicy", env).learn(100_000)
"""

# mypy: allow-subclassing-any

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv as _VecEnv

from hod.bases import AutoresetMode
from hod.vector_environments import VectorEnv


class VecEnv(_VecEnv):
    """A VectorEnv, made with autoreset_mode="SameStep", as Stable-Baselines3 wants it: infos are
    dictionaries, and of an episode that has ended they hold "terminal_observation" and
    "TimeLimit.truncated". MaskablePPO finds the masks."""

    def __init__(self, env: VectorEnv) -> None:
        mode = env.metadata["autoreset_mode"]
        if mode is not AutoresetMode.SAME_STEP:
            raise ValueError(f'env: autoreset_mode {mode}, expected "SameStep"')
        if not env.copies:
            raise ValueError("env: copy=False, expected True: a rollout keeps observations")
        self.env = env
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)

    def _dictionaries(self, infos: dict[str, Any]) -> list[dict[str, Any]]:
        keys = [
            key for key in infos if f"_{key}" in infos and key not in ("final_obs", "final_info")
        ]
        return [
            {key: infos[key][i] for key in keys if infos[f"_{key}"][i]}
            for i in range(self.num_envs)
        ]

    def reset(self) -> Any:
        seeds = [seed for seed in self._seeds if seed is not None]  # Set for all, or for none.
        observations, infos = self.env.reset(seed=seeds or None)
        self.reset_infos = self._dictionaries(infos)
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        self._actions = actions

    def step_wait(self) -> Any:
        observations, rewards, terminated, truncated, infos = self.env.step(self._actions)
        dones = terminated | truncated
        dictionaries = self._dictionaries(infos)
        for i in np.flatnonzero(dones):
            # What the last step said; the rest is of the next episode.
            self.reset_infos[i] = dictionaries[i]
            dictionaries[i] = self._final(infos["final_info"], i)
            dictionaries[i]["terminal_observation"] = infos["final_obs"][i]
        for i, dictionary in enumerate(dictionaries):
            dictionary["TimeLimit.truncated"] = bool(truncated[i] and not terminated[i])
        return observations, rewards, dones, dictionaries

    @staticmethod
    def _final(final_info: dict[str, Any], i: int) -> dict[str, Any]:
        return {key: value[i] for key, value in final_info.items() if not key.startswith("_")}

    def close(self) -> None:
        self.env.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        value = getattr(self.env, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise AttributeError("the environments are stepped together and have no attributes to set")

    def env_method(
        self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any
    ) -> list[Any]:
        """What a method of the VectorEnv gives for each environment, such as `action_masks`."""
        results = getattr(self.env, method_name)(*method_args, **method_kwargs)
        return [results[i] for i in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]

    def get_images(self) -> Sequence[Any]:
        return self.env.render()
