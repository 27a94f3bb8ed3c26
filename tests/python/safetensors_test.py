"""Files of named tensors, from NumPy."""

import json
import os
import stat
import struct

import numpy as np
import pytest

import hod


def raw(path, header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def one(path, dtype, shape, data):
    entry = {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}
    return hod.safetensors.load(raw(path, {"x": entry}, data))["x"]


def test_names_are_text(tmp_path):
    path = tmp_path / "t"
    tensors = {"a": np.ones(2), "": np.zeros((0, 3))}
    hod.safetensors.save(path, tensors)
    read = hod.safetensors.load(path)
    assert read.keys() == tensors.keys()
    for wrong in (1, b"x", None):
        with pytest.raises(TypeError, match="name"):
            hod.safetensors.save(path, {wrong: np.zeros(2)})
    with pytest.raises(ValueError, match="__metadata__"):
        hod.safetensors.save(path, {"__metadata__": np.zeros(2)})
    with pytest.raises(TypeError, match="metadata"):
        hod.safetensors.save(path, {}, {"a": 1})
    with pytest.raises(TypeError, match="complex128"):
        hod.safetensors.save(path, {"c": np.zeros(1, complex)})
    assert hod.safetensors.load(path).keys() == tensors.keys()


def test_headers_are_refused_as_the_reference_refuses_them(tmp_path):
    for header in (b"\xef\xbb\xbf{}", b"{}\0", b"\0{}", b"[" * 10**6, b'{"a":[' * 10**5):
        with pytest.raises(ValueError, match="header"):
            hod.safetensors.load(raw(tmp_path / "t", header))


def test_many_extents_name_the_file_and_the_tensor(tmp_path):
    with pytest.raises(ValueError, match='t: tensor "x"'):
        one(tmp_path / "t", "U8", [1] * 40, b"a")


def test_files_keep_their_mode_and_new_ones_follow_the_umask(tmp_path):
    path = tmp_path / "t"
    before = os.umask(0o027)
    try:
        hod.safetensors.save(path, {"a": np.zeros(2)})
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        hod.safetensors.save(path, {"a": np.zeros(3)})
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(before)
