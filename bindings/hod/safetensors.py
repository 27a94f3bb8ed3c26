"""Files of named tensors (https://github.com/huggingface/safetensors), to and from NumPy and torch.

Files are read strictly: ValueError for anything but a complete and exact file. They are replaced as
a whole or not at all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hod import _hod

if TYPE_CHECKING:
    import torch

# The dtypes of the format that NumPy has; the others are load_torch()'s, or only described.
_NUMPY = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "u2", "I16": "i2", "F16": "f2",
    "U32": "u4", "I32": "i4", "F32": "f4", "U64": "u8", "I64": "i8", "F64": "f8",
    "C64": "c8",
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in _NUMPY.items()}


def _array(dtype: str, shape: tuple[int, ...], data: NDArray[Any]) -> NDArray[Any]:
    if dtype == "BF16":
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if dtype not in _NUMPY:
        raise ValueError(f"dtype {dtype}, which NumPy does not have")
    return data.view(_NUMPY[dtype]).reshape(shape)


_Read = Callable[[str, tuple[int, ...], NDArray[Any]], NDArray[Any]]


def _arrays(
    path: str | os.PathLike[str], read: _Read = _array
) -> Iterator[tuple[str, str, NDArray[Any]]]:
    """(name, dtype, array) of every tensor."""
    tensors, _ = _hod.read_safetensors(path)
    for name, (dtype, shape, data) in tensors.items():
        try:
            yield name, dtype, read(dtype, shape, data)
        except ValueError as error:  # That, or it has more extents than NumPy allows.
            raise ValueError(f'{os.fspath(path)}: tensor "{name}": {error}') from error


def load(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name, as views of its data in memory. bfloat16, which NumPy
    does not have, becomes float32, exactly. ValueError for its other dtypes that NumPy does not have
    (F8_E4M3, F4, ...)."""
    return {name: array for name, _, array in _arrays(path)}


def load_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The free strings of a file's header."""
    return _hod.read_safetensors(path)[1]


def describe(path: str | os.PathLike[str]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """{name: (dtype, shape)} of a file, by the format's names for dtypes ("F32"): all of them, also
    those that NumPy does not have."""
    tensors, _ = _hod.read_safetensors(path)
    return {name: (dtype, shape) for name, (dtype, shape, _) in tensors.items()}


def save(
    path: str | os.PathLike[str],
    tensors: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes arrays by name. TypeError for a dtype that the format does not have, and for a name or
    metadata that are no text."""
    entries: dict[str, tuple[str, Sequence[int], bytes]] = {}
    for name, array in tensors.items():
        array = np.asarray(array)
        dtype = _NAMES.get(array.dtype.newbyteorder("="))
        if dtype is None:
            raise TypeError(f"{name}: dtype {array.dtype}, expected one of {sorted(_NUMPY)}")
        little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
        entries[name] = (dtype, array.shape, little.tobytes())
    _hod.write_safetensors(path, entries, dict(metadata or {}))


def load_torch(path: str | os.PathLike[str]) -> dict[str, torch.Tensor]:
    """The tensors of a file by name, as torch tensors of the same dtypes. U16 and U32, which
    torch 1.13 does not have, become int32 and int64. ValueError for dtypes that NumPy or torch does
    not have."""
    import torch

    def bits(dtype: str, shape: tuple[int, ...], data: NDArray[Any]) -> NDArray[Any]:
        return _array("I16" if dtype == "BF16" else dtype, shape, data)

    wider = {"U16": np.int32, "U32": np.int64}
    result = {}
    for name, dtype, array in _arrays(path, bits):
        if dtype == "U64":
            raise ValueError(
                f'{os.fspath(path)}: tensor "{name}": dtype U64, which torch does not have'
            )
        if dtype in wider:
            array = array.astype(wider[dtype])
        tensor = torch.from_numpy(array.copy())
        result[name] = tensor.view(torch.bfloat16) if dtype == "BF16" else tensor
    return result


def save_torch(
    path: str | os.PathLike[str],
    tensors: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes torch tensors by name; a `state_dict()`, for one."""
    import torch

    entries: dict[str, tuple[str, Sequence[int], bytes]] = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        shape = tuple(tensor.shape)
        if tensor.dtype == torch.bfloat16:
            entries[name] = ("BF16", shape, tensor.view(torch.int16).numpy().tobytes())
            continue
        array = tensor.numpy()
        if array.dtype not in _NAMES:
            raise TypeError(f"{name}: dtype {tensor.dtype}, expected one of {sorted(_NUMPY)}")
        entries[name] = (_NAMES[array.dtype], shape, array.tobytes())
    _hod.write_safetensors(path, entries, dict(metadata or {}))
