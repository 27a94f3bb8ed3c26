"""Prints bindings/hod/_hod.pyi, the types of the compiled module, from the signatures that pybind11
writes into its docstrings. `make stubs` keeps the file up to date; a test compares.

    python3 -P bindings/stubs.py > bindings/hod/_hod.pyi    # -P: not the sources beside it
"""

from __future__ import annotations

import inspect
import re
import textwrap
from types import ModuleType

HEADER = '''"""The engine of Hod as pybind11 binds it. Made from the module by bindings/stubs.py."""

import os
from typing import Any, Callable, ClassVar, Iterator, Optional, Sequence, Union

import numpy
from numpy.typing import NDArray

_Policy = tuple[NDArray[numpy.int32], NDArray[numpy.float32]]
_GoalSpec = Union[str, Callable[[int], NDArray[Any]]]
_HumanPolicy = Callable[[State], Union[int, dict[int, float], NDArray[Any]]]
_HumanSpec = Union[str, os.PathLike[str], Callable[[Game, int, int], _HumanPolicy]]
_Evaluator = Union[Network, Callable[[list[Position]], Sequence[Prediction]]]

'''

# What pybind11 does not know of results.
_RESULTS = {
    "BLOCK_COLORS": "tuple[tuple[int, int, int], ...]",
    "BLOCK_NAMES": "list[str]",
    "ACTION_TYPES": "list[str]",
    "Config.keys": "list[str]",
    "EnvBatch.arrays": "dict[str, NDArray[Any]]",
    "Episode.replay": "Replay",
    "EpisodeReader.__iter__": "Iterator[Episode]",
    "Fragment.human_policy": "_Policy",
    "Fragment.search_policy": "_Policy",
    "Game.settings": "dict[str, Any]",
    "Game.size": "tuple[int, int, int]",
    "Game.unflatten": "tuple[str, tuple[int, int, int], int]",
    "Goals.get": "tuple[str, NDArray[numpy.uint8]]",
    "Goals.sample": "tuple[str, NDArray[numpy.uint8]]",
    "Goals.size": "Optional[int]",
    "HumanModel.next_action": "_Policy",
    "Network.evaluate": "list[Prediction]",
    "Network.parameters": "dict[str, NDArray[numpy.float32]]",
    "Node.action": "Optional[int]",
    "Node.human_action": "Optional[int]",
    "Node.parent": "Optional[Node]",
    "PeopleReader.__iter__": "Iterator[PeopleEpisode]",
    "Replay.__iter__": "Iterator[State]",
    "Search.policy": "_Policy",
    "Shard.metadata": "dict[str, Any]",
    "bootstrap_mean": "tuple[float, float, float]",
    "evaluate": "dict[str, Any]",
    "features": "tuple[NDArray[numpy.float32], NDArray[numpy.float32]]",
    "open_run": "tuple[Config, list[tuple[int, str]]]",
    "read_safetensors": (
        "tuple[dict[str, tuple[str, tuple[int, ...], NDArray[numpy.uint8]]], dict[str, str]]"
    ),
}
# And of parameters, by their names or those of their functions.
_PARAMETERS = [
    (
        r"\bassistant: Any\b(.*)\bpolicy: Any, human: Any, goals: Any\b",
        r"assistant: Optional[_Evaluator]\1policy: Optional[_HumanSpec], human: _HumanSpec, "
        "goals: Optional[_GoalSpec]",
    ),
    (r"\blocation: Any\b", "location: Union[int, Sequence[int]]"),
    (r"\bparameters: dict\[str, Any\]", "parameters: dict[str, NDArray[numpy.float32]]"),
    (
        r"\btensors: dict\[str, Any\], metadata: dict\[str, Any\]",
        "tensors: dict[str, tuple[str, Sequence[int], bytes]], metadata: dict[str, str]",
    ),
    (r"\bgoals: Any\b", "goals: _GoalSpec"),
    (r"\bhuman: Any = None\b", "human: Optional[_HumanSpec] = None"),
    (r"\bevaluator: Any\b", "evaluator: _Evaluator"),
    (r"\bactions: list\[int\]", "actions: Union[Sequence[int], NDArray[Any]]"),
    (r"(\w+): (Optional\[)?list\[", r"\1: \2Sequence["),
]
_SPECS = {"Goals": "_GoalSpec", "HumanModel": "_HumanSpec"}

# What pybind11 calls types, and what they are. Order matters.
_TYPES = [
    (r"hod\._hod\.", ""),
    (r"\bList\[", "list["),
    (r"\bDict\[", "dict["),
    (r"\bTuple\[", "tuple["),
    (r"\bobject\b", "Any"),
    (r"\bnumpy\.ndarray\[(numpy\.\w+)\]", r"NDArray[\1]"),
    (r"\bnumpy\.ndarray\[bool\]", "NDArray[numpy.bool_]"),
    (r"\bnumpy\.ndarray(\[[^\]]*\])?", "NDArray[Any]"),
    (r"\bos\.PathLike\b", "Union[str, os.PathLike[str]]"),
    (r"\biterable\b", "Any"),
    (r"\bdict\b(?!\[)", "dict[str, Any]"),
    (r"\blist\b(?!\[)", "list[Any]"),
    (r"\btuple\b(?!\[)", "tuple[Any, ...]"),
]
_KWARGS = re.compile(r"\*\*kwargs(: \w+)?")
# A default value that is no Python expression, such as <hod.Config ...>.
_REPR_DEFAULT = re.compile(r"= <[^>]*>")


def _clean(signature: str, owner: str, name: str) -> str:
    for pattern, replacement in _TYPES:
        signature = re.sub(pattern, replacement, signature)
    signature = _KWARGS.sub("**kwargs: Any", signature)
    signature = _REPR_DEFAULT.sub("= ...", signature)
    parameters, arrow, result = signature.rpartition(" -> ")
    for pattern, replacement in _PARAMETERS:
        parameters = re.sub(pattern, replacement, parameters)
    if owner in _SPECS:
        parameters = parameters.replace("spec: Any", f"spec: {_SPECS[owner]}")
    return parameters + arrow + _RESULTS.get(f"{owner}.{name}" if owner else name, result)


def _split(doc: str, owner: str, name: str) -> tuple[str, str]:
    """(signature after the name, text) of a pybind11 docstring."""
    first, _, rest = doc.partition("\n")
    signature = first[len(name) :] if first.startswith(name) else first
    return _clean(signature, owner, name), inspect.cleandoc(rest)


def _doc(text: str, indent: str) -> str:
    text = inspect.cleandoc(text).strip()
    if not text:
        return f"{indent}...\n"
    if "\n" not in text and len(text) + len(indent) < 94:
        return f'{indent}"""{text}"""\n'
    wrapped = textwrap.fill(text, 98 - len(indent)) if "\n" not in text else text
    return textwrap.indent(f'"""{wrapped}"""', indent, lambda line: bool(line.strip())) + "\n"


def _function(
    name: str, function: object, indent: str, owner: str = "", static: bool = False
) -> str:
    signature, text = _split(getattr(function, "__doc__") or "", owner, name)
    if not static:
        signature = re.sub(r"\((self|arg0): [^,)]*", "(self", signature, count=1)
    if name == "__eq__":  # Other types are answered by Python.
        signature = re.sub(r"(arg0|other): \w+", r"\1: object", signature)
    decorator = f"{indent}@staticmethod\n" if static else ""
    return f"{decorator}{indent}def {name}{signature}:\n" + _doc(text, indent + "    ")


def _class(cls: type) -> str:
    body = []
    for name, member in cls.__dict__.items():
        if name.startswith("_pybind11_"):  # What newer versions of pybind11 add to every class.
            continue
        if isinstance(member, property):
            signature, text = _split(member.fget.__doc__ or "", cls.__name__, name)
            result = signature.rpartition(" -> ")[2] or "Any"
            text = text or (member.__doc__ or "")
            body.append(f"    @property\n    def {name}(self) -> {result}:\n" + _doc(text, " " * 8))
        elif isinstance(member, staticmethod):
            body.append(_function(name, member.__func__, "    ", cls.__name__, static=True))
        elif name == "__hash__" and member is None:
            body.append("    __hash__: ClassVar[None]  # type: ignore[assignment]\n")
        elif callable(member) and name not in ("__new__", "__getstate__", "__setstate__"):
            if (member.__doc__ or "").startswith(name + "("):
                body.append(_function(name, member, "    ", cls.__name__))
    doc = _doc(cls.__doc__ or "", "    ")
    return f"class {cls.__name__}:\n{doc}\n" + "\n".join(body)


def stub(module: ModuleType) -> str:
    """The whole file."""
    parts = []
    for name, member in vars(module).items():
        if name.startswith("__") and name != "__version__":
            continue
        if isinstance(member, type):
            parts.append(_class(member))
        elif callable(member):
            parts.append(_function(name, member, ""))
        else:
            parts.append(f"{name}: {_RESULTS.get(name, type(member).__name__)}\n")
    return HEADER + "\n".join(parts)


if __name__ == "__main__":
    from hod import _hod

    print(stub(_hod), end="")
