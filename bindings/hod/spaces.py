"""Spaces of actions and observations: Gymnasium's where it is installed, else these few.

These have what an environment's user needs of Gymnasium's classes of the same names: `shape`,
`dtype`, `n`, `seed`, `sample`, `contains`, `in`, and equality.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

try:
    from gymnasium.spaces import Box, Dict, Discrete, MultiDiscrete

except ImportError:

    class Space:
        """What all spaces share: a shape, a dtype and a random generator of their own."""

        def __init__(self, shape: tuple[int, ...] | None, dtype: Any) -> None:
            self.shape = shape
            self.dtype = None if dtype is None else np.dtype(dtype)
            self._rng = np.random.default_rng()

        def seed(self, seed: int | None = None) -> int | None:
            """Makes what `sample` draws from now on depend on `seed` alone."""
            self._rng = np.random.default_rng(seed)
            return seed

        def contains(self, x: Any) -> bool:
            raise NotImplementedError

        def __contains__(self, x: Any) -> bool:
            return self.contains(x)

    class Discrete(Space):  # type: ignore[no-redef]
        """The integers from 0 to `n` - 1."""

        def __init__(self, n: int) -> None:
            super().__init__((), np.int64)
            self.n = np.int64(n)
            self.start = np.int64(0)

        def sample(self, mask: NDArray[Any] | None = None) -> np.int64:
            """One of those where `mask`, int8 [n], is not 0; 0 if there are none."""
            if mask is None:
                return np.int64(self._rng.integers(self.n))
            valid = np.flatnonzero(mask)
            return np.int64(self._rng.choice(valid) if len(valid) else 0)

        def contains(self, x: Any) -> bool:
            if isinstance(x, np.ndarray) and x.shape == ():
                x = x[()]
            return isinstance(x, (int, np.integer)) and bool(0 <= x < self.n)

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, Discrete) and self.n == other.n

        def __repr__(self) -> str:
            return f"Discrete({self.n})"

    class MultiDiscrete(Space):  # type: ignore[no-redef]
        """Arrays of integers, each from 0 to its entry of `nvec` - 1."""

        def __init__(self, nvec: Any, dtype: Any = np.int64) -> None:
            self.nvec = np.array(nvec, dtype=dtype)
            super().__init__(self.nvec.shape, dtype)

        def sample(self) -> NDArray[Any]:
            return self._rng.integers(self.nvec).astype(self.dtype)

        def contains(self, x: Any) -> bool:
            return (
                isinstance(x, np.ndarray)
                and x.shape == self.shape
                and np.issubdtype(x.dtype, np.integer)
                and bool(np.all((0 <= x) & (x < self.nvec)))
            )

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, MultiDiscrete) and np.array_equal(self.nvec, other.nvec)

        def __repr__(self) -> str:
            return f"MultiDiscrete({self.nvec})"

    class Box(Space):  # type: ignore[no-redef]
        """Arrays of one shape and dtype with entries from `low` to `high`, both included."""

        def __init__(
            self, low: Any, high: Any, shape: Sequence[int] | None = None, dtype: Any = np.float32
        ) -> None:
            full = np.shape(low) if shape is None else tuple(shape)
            super().__init__(full, dtype)
            self.low = np.full(full, low, dtype)
            self.high = np.full(full, high, dtype)

        def sample(self) -> NDArray[Any]:
            if self.low.dtype.kind == "f":
                return self._rng.uniform(self.low, self.high).astype(self.dtype)
            return self._rng.integers(self.low, self.high, endpoint=True, dtype=self.dtype)

        def contains(self, x: Any) -> bool:
            return (
                isinstance(x, np.ndarray)
                and x.shape == self.shape
                and np.can_cast(x.dtype, self.dtype)
                and bool(np.all((self.low <= x) & (x <= self.high)))
            )

        def __eq__(self, other: Any) -> bool:
            return (
                isinstance(other, Box)
                and self.dtype == other.dtype
                and np.array_equal(self.low, other.low)
                and np.array_equal(self.high, other.high)
            )

        def __repr__(self) -> str:
            return f"Box({self.low.min()}, {self.high.max()}, {self.shape}, {self.dtype})"

    class Dict(Space):  # type: ignore[no-redef]
        """Dictionaries with one entry for each of `spaces`."""

        def __init__(self, spaces: Mapping[str, Any]) -> None:
            super().__init__(None, None)
            self.spaces = dict(spaces)

        def seed(self, seed: int | None = None) -> int | None:
            for i, space in enumerate(self.spaces.values()):
                space.seed(None if seed is None else seed + i)
            return seed

        def sample(self) -> dict[str, Any]:
            return {key: space.sample() for key, space in self.spaces.items()}

        def contains(self, x: Any) -> bool:
            return (
                isinstance(x, dict)
                and x.keys() == self.spaces.keys()
                and all(x[key] in space for key, space in self.spaces.items())
            )

        def __getitem__(self, key: str) -> Any:
            return self.spaces[key]

        def __eq__(self, other: Any) -> bool:
            return isinstance(other, Dict) and self.spaces == other.spaces

        def __repr__(self) -> str:
            return f"Dict({self.spaces})"


__all__ = ["Box", "Dict", "Discrete", "MultiDiscrete"]
