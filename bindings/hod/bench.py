"""How fast environments step from Python, beside the same steps in C++.

    python3 -m hod.bench                  a table
    python3 -m hod.bench --json out.json  and all figures as JSON

The same episodes with the same random valid actions are stepped by three loops: two-player batches
in C++ alone (`EnvBatch.time_steps`), the same batches from Python, and hod.VectorEnv, whose humans
stand still, with masks and without, as views (copy=False) and with copies, the default. The difference between the first two is what Python costs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from typing import Any, Callable

import numpy as np
from numpy.typing import NDArray

import hod
from hod import _hod

SIZES = (1, 4, 16, 64, 256, 1024)
STEPS = 64
"""Steps of a batch that are timed together; the same actions each time."""


def _random_actions(
    batch: _hod.EnvBatch, steps: int, rng: np.random.Generator
) -> list[NDArray[Any]]:
    """Valid actions of every player for `steps` steps."""
    recorded = []
    for _ in range(steps):
        masks = batch.arrays["masks"]
        scores = rng.random(masks.shape, dtype=np.float32) * masks
        actions = scores.argmax(-1).astype(np.int32)
        recorded.append(actions)
        batch.step(actions)
    return recorded


def _best_rate(run: Callable[[], float], steps: int, seconds: float) -> tuple[float, float]:
    """(best, median) steps per second of runs that together take `seconds`."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        times.append(run())
    return steps / min(times), steps / float(np.median(times))


def measure(num_envs: int, threads: int, seconds: float, config: _hod.Config) -> dict[str, Any]:
    """Environment steps per second of each loop, best and median."""
    seeds = list(range(num_envs))
    steps = STEPS * num_envs
    actions = _random_actions(
        _hod.EnvBatch(config, "generated", seeds, threads), STEPS, np.random.default_rng(1)
    )
    batch = _hod.EnvBatch(config, "generated", seeds, threads, masks=False)

    def in_cpp() -> float:
        batch.reset(seeds)
        return batch.time_steps(np.stack(actions))

    def in_python() -> float:
        batch.reset(seeds)
        begin = time.perf_counter()
        for joint in actions:
            batch.step(joint)
        return time.perf_counter() - begin

    def vector(masks: bool, copy: bool) -> Callable[[], float]:
        env = hod.VectorEnv(num_envs, config, human="noop", threads=threads, masks=masks, copy=copy)
        own = [np.ascontiguousarray(joint[:, 1]) for joint in actions]

        def run() -> float:
            env.reset(seed=seeds)
            begin = time.perf_counter()
            for action in own:
                env.step(action)
            return time.perf_counter() - begin

        return run

    result: dict[str, Any] = {"num_envs": num_envs, "threads": threads}
    for name, run in (
        ("cpp", in_cpp),
        ("python", in_python),
        ("vector_views", vector(False, copy=False)),
        ("vector_views_masks", vector(True, copy=False)),
        ("vector_copies", vector(False, copy=True)),
        ("vector_copies_masks", vector(True, copy=True)),
    ):
        best, median = _best_rate(run, steps, seconds)
        result[name] = {"steps_per_second": best, "median": median}
    return result


def main() -> None:
    summary = __doc__.split("\n")[0]
    parser = argparse.ArgumentParser(prog="python3 -m hod.bench", description=summary)
    parser.add_argument("--envs", type=int, nargs="+", default=SIZES, help="sizes of batches")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    arguments = parser.parse_args()
    config = _hod.Config()
    columns = (
        *("cpp", "python", "vector_views", "vector_views_masks"),
        *("vector_copies", "vector_copies_masks"),
    )
    print(f"{'envs':>6}" + "".join(f"{name:>20}" for name in columns) + f"{'python / cpp':>14}")
    results = []
    for num_envs in arguments.envs:
        result = measure(num_envs, arguments.threads, arguments.seconds, config)
        results.append(result)
        rates = [result[name]["steps_per_second"] for name in columns]
        cells = "".join(f"{rate:>20,.0f}" for rate in rates)
        print(f"{num_envs:>6}{cells}{rates[1] / rates[0]:>14.2f}", flush=True)
    if arguments.json:
        context = {
            "machine": platform.processor() or platform.machine(),
            "processors": os.cpu_count(),
            "version": hod.__version__,
            "git_revision": hod.git_revision,
            "steps": STEPS,
        }
        with open(arguments.json, "w") as file:
            json.dump({"context": context, "results": results}, file, indent=1)


if __name__ == "__main__":
    main()
