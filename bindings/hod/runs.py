"""Training runs on disk (engine/training/run_directory.h), read lazily: nothing is opened before it
is asked for."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Sequence

import numpy as np
from numpy.typing import NDArray

from hod import _hod

if TYPE_CHECKING:
    import pandas


class Checkpoint(NamedTuple):
    """A checkpoint of a run."""

    step: int
    """Training steps made."""
    path: str

    def network(self, precision: str = "auto") -> _hod.Network:
        return _hod.Network.load(self.path, precision)


class Shards(Sequence[_hod.Shard]):
    """The shards of a directory in order; each is read when indexed, and not kept."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.paths = sorted(Path(directory).glob("w*-*.shard"))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise TypeError("shards are read one at a time: index, or iterate")
        return _hod.Shard(str(self.paths[index]))

    def steps(self) -> Iterator[NDArray[Any]]:
        """`Fragment.steps` of every fragment, shard after shard."""
        for shard in self:
            for index in range(len(shard)):
                yield shard[index].steps


class Run:
    """A run directory, of a training that is complete, under way or interrupted."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.config, _ = _hod.open_run(os.fspath(path))

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """Those there now, the oldest first."""
        return [Checkpoint(*entry) for entry in _hod.open_run(str(self.path))[1]]

    @property
    def latest_checkpoint(self) -> Checkpoint:
        """The newest one. FileNotFoundError if there is none yet."""
        checkpoints = self.checkpoints
        if not checkpoints:
            raise FileNotFoundError(errno.ENOENT, "no checkpoint yet", str(self.path))
        return checkpoints[-1]

    @property
    def shards(self) -> Shards:
        """Samples of self-play."""
        return Shards(self.path / "shards")

    def metrics(self, name: str = "learner") -> NDArray[Any]:
        """metrics/NAME.jsonl as a structured array; see `read_metrics`."""
        return read_metrics(self.path / "metrics" / f"{name}.jsonl")

    def frame(self, name: str = "learner") -> pandas.DataFrame:
        """The same as a pandas frame."""
        return frame(self.metrics(name))

    def __repr__(self) -> str:
        return f"hod.Run({str(self.path)!r})"


def read_metrics(path: str | os.PathLike[str]) -> NDArray[Any]:
    """A file of metrics, one JSON object a line, as a structured array with a field for each key:
    float64 for numbers (NaN where a line has none), else text. A last line that is not finished is
    left out; any other line that is not an object is a ValueError."""
    rows: list[dict[str, Any]] = []
    text = Path(path).read_text()
    lines = text.split("\n")[:-1]  # After the last newline is what a writer has not finished.
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}: line {number}: {error}") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}: line {number}: expected an object")
        rows.append(row)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = {}
    for key in keys:
        values = [row.get(key) for row in rows]
        if all(value is None or isinstance(value, (int, float)) for value in values):
            columns[key] = np.array([np.nan if v is None else float(v) for v in values])
        else:
            columns[key] = np.array(["" if v is None else str(v) for v in values])
    table = np.empty(len(rows), [(key, column.dtype) for key, column in columns.items()])
    for key, column in columns.items():
        table[key] = column
    return table


def frame(table: NDArray[Any]) -> pandas.DataFrame:
    """Any structured array of this package as a pandas frame. ImportError without pandas
    (python3-pandas)."""
    import pandas

    return pandas.DataFrame({name: table[name] for name in table.dtype.names or ()})


def read_episodes(path: str | os.PathLike[str]) -> Iterator[_hod.Episode]:
    """The episodes of a file (hod.Episode), read one by one in one pass."""
    return iter(_hod.EpisodeReader(os.fspath(path)))


def read_people(path: str | os.PathLike[str]) -> Iterator[_hod.PeopleEpisode]:
    """The episodes of a recording of people (docs/traces.md), read one by one."""
    return iter(_hod.PeopleReader(os.fspath(path)))
