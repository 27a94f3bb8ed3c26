"""Files: paths of any kind, and what their errors know."""

import contextlib
import errno
import os
import pathlib
from typing import Any, Callable, Dict

import numpy as np
import pytest

import hod
from conftest import SIZE

READERS: Dict[str, Callable[[Any], Any]] = {
    "Config.load": hod.Config.load,
    "Config.of_checkpoint": hod.Config.of_checkpoint,
    "Network.load": hod.Network.load,
    "Episode": hod.Episode,
    "Shard": hod.Shard,
    "read_episodes": lambda path: list(hod.read_episodes(path)),
    "read_people": lambda path: list(hod.read_people(path)),
    "read_metrics": hod.read_metrics,
    "safetensors.load": hod.safetensors.load,
    "safetensors.load_metadata": hod.safetensors.load_metadata,
    "safetensors.describe": hod.safetensors.describe,
    "evaluate": lambda path: hod.evaluate(path, episodes=1),
}
# Their kind is told by the ending, and the name is text or a path.
NAMED: Dict[str, Callable[[Any], Any]] = {
    "human": lambda path: hod.AssistantEnv(world_size=SIZE, human=path),
    "toml": lambda path: hod.AssistantEnv(world_size=SIZE, human=path.with_suffix(".toml")),
    "Run": hod.Run,
    "goals": lambda path: hod.Goals(f"npy:{path}", hod.Config()),
    "set": lambda path: hod.Goals(f"set:{path}", hod.Config()),
}


@contextlib.contextmanager
def nobody():
    """Root may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def check(error, kind, path):
    assert error.value.errno == kind
    name = error.value.filename
    # A run is known by a file in it.
    assert name == str(path) or str(path.with_suffix("")) in name, name
    assert os.strerror(kind) in str(error.value)


@pytest.mark.parametrize("name", [*READERS, *NAMED])
def test_a_missing_file_is_named(name, tmp_path):
    path = tmp_path / "missing.safetensors"
    with pytest.raises(FileNotFoundError) as error:
        {**READERS, **NAMED}[name](path)
    check(error, errno.ENOENT, path)


@pytest.mark.parametrize("name", READERS)
def test_a_folder_is_no_file(name, tmp_path):
    with pytest.raises(IsADirectoryError) as error:
        READERS[name](tmp_path)
    check(error, errno.EISDIR, tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_what_may_not_be_read_is_a_permission_error(name, tmp_path):
    path = tmp_path / "closed.safetensors"
    path.write_bytes(b"x")
    path.chmod(0)
    with nobody(), pytest.raises(PermissionError) as error:
        READERS[name](path)
    check(error, errno.EACCES, path)


def test_what_cannot_be_written_is_named(network, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    for path, kind in (
        (tmp_path / "none" / "t", FileNotFoundError),
        (file / "t", NotADirectoryError),
        (tmp_path, IsADirectoryError),
    ):
        for write in (network.save, lambda path: hod.safetensors.save(path, {"a": np.zeros(1)})):
            with pytest.raises(kind) as error:
                write(path)
            assert error.value.filename == str(path)


def test_names_of_networks_that_are_not_shipped_are_values():
    with pytest.raises(ValueError, match="shipped:nowhere"):
        hod.Network.load("shipped:nowhere")


def test_paths_are_text_or_what_says_its_path(tmp_path):
    network = hod.Network.initial({"channels": 8, "blocks": 1, "goal_visible": True})

    class Path:
        def __fspath__(self):
            return str(tmp_path / "n.safetensors")

    for path in (Path(), pathlib.Path(Path()), os.fspath(Path())):
        network.save(path)
        assert hod.Network.load(path).config == network.config
        assert hod.safetensors.load(path).keys()
        env = hod.AssistantEnv(world_size=SIZE, horizon=3, human=path)
        env.reset(seed=1)
        env.step(0)
    for wrong in (1, None, ["n"]):
        with pytest.raises(TypeError):
            hod.Network.load(wrong)
