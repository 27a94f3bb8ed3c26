"""Files of named tensors (https://github.com/huggingface/safetensors), to and from NumPy and torch.

Files are read strictly: ValueError for anything but a complete and exact file. They are replaced as
a whole or not at all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping

import numpy as np
from numpy.typing import NDArray

from hod import _hod

if TYPE_CHECKING:
    import torch

_NUMPY = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "u2", "I16": "i2", "F16": "f2",
    "U32": "u4", "I32": "i4", "F32": "f4", "U64": "u8", "I64": "i8", "F64": "f8",
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in _NUMPY.items()}


def _array(dtype: str, shape: tuple[int, ...], data: NDArray[Any]) -> NDArray[Any]:
    if dtype == "BF16":
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
    return data.view(_NUMPY[dtype]).reshape(shape)


def _text(value: object, what: str) -> str:
    """Text of the header, or TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{what}: {value!r}, expected text")
    return value


def _write(
    path: str | os.PathLike[str],
    entries: Mapping[str, tuple[str, list[int], bytes]],
    metadata: Mapping[str, str] | None,
) -> None:
    for name in entries:
        if _text(name, "name of a tensor") == "__metadata__":
            raise ValueError("name of a tensor: __metadata__, which the format keeps for itself")
    strings = {
        _text(key, "metadata"): _text(value, "metadata") for key, value in (metadata or {}).items()
    }
    _hod.write_safetensors(os.fspath(path), dict(entries), strings)


def load(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name, as views of its data in memory. bfloat16, which NumPy
    does not have, becomes float32, exactly."""
    tensors, _ = _hod.read_safetensors(os.fspath(path))
    arrays = {}
    for name, (dtype, shape, data) in tensors.items():
        try:
            arrays[name] = _array(dtype, shape, data)
        except ValueError as error:  # It has more extents than NumPy allows.
            raise ValueError(f'{os.fspath(path)}: tensor "{name}": {error}') from error
    return arrays


def load_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The free strings of a file's header."""
    metadata: dict[str, str] = _hod.read_safetensors(os.fspath(path))[1]
    return metadata


def save(
    path: str | os.PathLike[str],
    tensors: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes arrays by name. TypeError for a dtype that the format does not have, and for a name or
    metadata that are no text."""
    entries = {}
    for name, array in tensors.items():
        array = np.asarray(array)
        dtype = _NAMES.get(array.dtype.newbyteorder("="))
        if dtype is None:
            raise TypeError(f"{name}: dtype {array.dtype}, expected one of {sorted(_NUMPY)}")
        little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
        entries[name] = (dtype, list(array.shape), little.tobytes())
    _write(path, entries, metadata)


def load_torch(path: str | os.PathLike[str]) -> dict[str, torch.Tensor]:
    """The tensors of a file by name, as torch tensors of the same dtypes. U16 and U32, which
    torch 1.13 does not have, become int32 and int64."""
    import torch

    wider = {"U16": np.int32, "U32": np.int64}
    tensors, _ = _hod.read_safetensors(os.fspath(path))
    result = {}
    for name, (dtype, shape, data) in tensors.items():
        if dtype == "U64":
            raise TypeError(f"{name}: dtype U64, which torch does not have")
        if dtype == "BF16":
            bits = torch.from_numpy(data.view(np.int16).copy())
            result[name] = bits.view(torch.bfloat16).reshape(shape)
            continue
        array = _array(dtype, shape, data)
        if dtype in wider:
            array = array.astype(wider[dtype])
        result[name] = torch.from_numpy(array.copy())
    return result


def save_torch(
    path: str | os.PathLike[str],
    tensors: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes torch tensors by name; a `state_dict()`, for one."""
    import torch

    entries = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        shape = list(tensor.shape)
        if tensor.dtype == torch.bfloat16:
            entries[name] = ("BF16", shape, tensor.view(torch.int16).numpy().tobytes())
            continue
        array = tensor.numpy()
        if array.dtype not in _NAMES:
            raise TypeError(f"{name}: dtype {tensor.dtype}, expected one of {sorted(_NUMPY)}")
        entries[name] = (_NAMES[array.dtype], shape, array.tobytes())
    _write(path, entries, metadata)
