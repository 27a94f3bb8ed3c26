"""Recordings of people, which are data from outside: $HOD_SHARED_DIR, or shared beside the source tree."""

import os
from pathlib import Path

import numpy as np
import pytest

import hod

SHARED = Path(os.environ.get("HOD_SHARED_DIR", Path(__file__).parents[3] / "shared"))
RECORDING = SHARED / "human" / "human_alone.jsonl.gz"
if not RECORDING.exists():
    pytest.skip(f"{RECORDING} is not there", allow_module_level=True)


def test_recordings_of_people():
    episodes = hod.read_people(RECORDING)
    first = next(episodes)
    assert first.name.startswith("human_alone/") and first.timeline == "alone"
    rows = first.rows
    assert len(rows) > 100 and (np.diff(rows["seconds"]) >= 0).all()
    assert (rows["action"] < first.game.num_actions).all()
    edits = sum(first.game.unflatten(action)[0] in ("place", "break") for action in rows["action"])
    assert edits > 20
    assert next(episodes).name != first.name
    episode = hod.Episode(str(RECORDING))
    assert np.array_equal(episode.actions[:, 0], rows["action"][rows["action"] >= 0])
