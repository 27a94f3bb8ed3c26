"""Base classes of environments: Gymnasium's and PettingZoo's where they are installed, else these few.

These have what an environment's user needs of the classes of the same names.
"""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

try:
    import gymnasium as _gymnasium
    from gymnasium import Env
    from gymnasium.vector import AutoresetMode, VectorEnv

    gymnasium: Any = _gymnasium

except ImportError:
    gymnasium = None

    class AutoresetMode(enum.Enum):  # type: ignore[no-redef]
        """When an environment of a VectorEnv begins another episode."""

        NEXT_STEP = "NextStep"
        SAME_STEP = "SameStep"
        DISABLED = "Disabled"

    class _Seeded:
        """A random generator and its seed, as Gymnasium's environments have."""

        _np_random: np.random.Generator | None = None
        _np_random_seed: int | None = None
        metadata: dict[str, Any] = {}
        render_mode: str | None = None
        spec: Any = None

        def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
            if seed is not None:
                sequence = np.random.SeedSequence(seed)
                self._np_random = np.random.Generator(np.random.PCG64(sequence))
                self._np_random_seed = seed

        @property
        def np_random(self) -> np.random.Generator:
            """The generator, made with a random seed if there is none yet."""
            if self._np_random is None:
                _Seeded.reset(self, seed=int(np.random.SeedSequence().entropy))  # type: ignore
            assert self._np_random is not None
            return self._np_random

        @np_random.setter
        def np_random(self, value: np.random.Generator) -> None:
            self._np_random, self._np_random_seed = value, -1

        @property
        def np_random_seed(self) -> int:
            """Its seed; -1 if that is not known."""
            if self._np_random_seed is None:
                self.np_random
            assert self._np_random_seed is not None
            return self._np_random_seed

        @property
        def unwrapped(self) -> Any:
            return self

    class Env(_Seeded):  # type: ignore[no-redef]
        """One environment."""

        def close(self) -> None:
            """Nothing has to be closed."""

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *args: Any) -> None:
            self.close()

    class VectorEnv(_Seeded):  # type: ignore[no-redef]
        """Several environments, stepped together."""

        num_envs: int
        closed = False

        def close(self, **kwargs: Any) -> None:
            """Sets `closed`."""
            self.closed = True


try:
    from pettingzoo import ParallelEnv

except ImportError:

    class ParallelEnv:  # type: ignore[no-redef]
        """Several agents, which act at once."""

        metadata: dict[str, Any] = {}
        agents: list[str]
        possible_agents: list[str]

        @property
        def num_agents(self) -> int:
            return len(self.agents)

        @property
        def max_num_agents(self) -> int:
            return len(self.possible_agents)

        @property
        def unwrapped(self) -> Any:
            return self

        def close(self) -> None:
            """Nothing has to be closed."""

        def __str__(self) -> str:
            return str(self.metadata["name"])


__all__ = ["AutoresetMode", "Env", "ParallelEnv", "VectorEnv", "gymnasium"]
