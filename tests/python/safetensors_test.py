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
    tensors = {"a": np.ones(2), "": np.zeros((0, 3)), "a\0b": np.zeros(1), '"\u2028': np.ones(1)}
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
    with pytest.raises(UnicodeEncodeError):
        hod.safetensors.save(path, {"\udc80": np.zeros(2)})
    with pytest.raises(TypeError, match="complex128"):
        hod.safetensors.save(path, {"c": np.zeros(1, complex)})
    assert hod.safetensors.load(path).keys() == tensors.keys()


def test_headers_are_refused_as_the_reference_refuses_them(tmp_path):
    for header in (b"\xef\xbb\xbf{}", b"{}\0", b"\0{}", b"[" * 10**6, b'{"a":' * 10**6):
        with pytest.raises(ValueError, match="header"):
            hod.safetensors.load(raw(tmp_path / "t", header))


def test_every_dtype_of_the_format_is_known_by_name(tmp_path):
    path, header, data = tmp_path / "t", {}, b""
    bits = {"C64": 64, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4}
    for dtype, width in bits.items():
        end = len(data) + width
        header[dtype] = {"dtype": dtype, "shape": [2, 4], "data_offsets": [len(data), end]}
        data += bytes(width)
    raw(path, header, data)
    assert hod.safetensors.describe(path) == {dtype: (dtype, (2, 4)) for dtype in bits}
    with pytest.raises(ValueError, match='t: tensor "F4": dtype F4, which NumPy does not have'):
        hod.safetensors.load(path)
    assert one(path, "C64", [1], np.array([1 + 2j], "c8").tobytes())[0] == 1 + 2j
    with pytest.raises(ValueError, match="whole number"):
        one(path, "F4", [3], b"ab")


def test_tensors_are_aligned_to_their_elements(tmp_path):
    path = tmp_path / "t"
    dtypes = ["u1", "f8", "?", "c8", "f2", "i4", "u8"]
    tensors = {dtype: np.arange(3).astype(dtype) for dtype in dtypes}
    hod.safetensors.save(path, tensors)
    (length,) = struct.unpack("<Q", path.read_bytes()[:8])
    assert (8 + length) % 8 == 0
    for name, entry in json.loads(path.read_bytes()[8 : 8 + length]).items():
        assert entry["data_offsets"][0] % tensors[name].itemsize == 0, name
        assert np.array_equal(hod.safetensors.load(path)[name], tensors[name])


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
