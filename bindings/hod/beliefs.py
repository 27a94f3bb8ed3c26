"""What an assistant believes of the goal, from a network's logits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def posterior(goal_logits: NDArray[Any]) -> NDArray[np.float64]:
    """Probability of each block in every voxel, summing to 1 over the blocks: float64 [10, w, h, d]
    from `Prediction.goal_logits`, float64 [v, 10] from `Node.belief_logits`."""
    axis = 0 if goal_logits.ndim == 4 else -1
    logits = goal_logits.astype(np.float64)
    exponentials = np.exp(logits - logits.max(axis, keepdims=True))
    shares: NDArray[np.float64] = exponentials / exponentials.sum(axis, keepdims=True)
    return shares


def entropy(probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Uncertainty of each voxel in bits, from 0 to log2(10), of what `posterior` gives."""
    axis = 0 if probabilities.ndim == 4 else -1
    positive = np.maximum(probabilities, np.finfo(np.float64).tiny)
    bits: NDArray[np.float64] = -(probabilities * np.log2(positive)).sum(axis)
    return bits
