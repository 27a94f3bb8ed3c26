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

from typing import Any, ClassVar, Iterator, Optional, Sequence, Union

import numpy

'''

# What pybind11 calls types, and what they are. Order matters.
_TYPES = [
    (r"hod\._hod\.", ""),
    (r"\bList\[", "list["),
    (r"\bDict\[", "dict["),
    (r"\bTuple\[", "tuple["),
    (r"\bobject\b", "Any"),
    (r"\bnumpy\.ndarray\[[^\]]*\]", "numpy.ndarray"),
    (r"\biterable\b", "Any"),
]
_KWARGS = re.compile(r"\*\*kwargs(: \w+)?")
# A default value that is no Python expression, such as <hod.Config ...>.
_REPR_DEFAULT = re.compile(r"= <[^>]*>")


def _clean(signature: str) -> str:
    for pattern, replacement in _TYPES:
        signature = re.sub(pattern, replacement, signature)
    signature = _KWARGS.sub("**kwargs: Any", signature)
    return _REPR_DEFAULT.sub("= ...", signature)


def _split(doc: str, name: str) -> tuple[str, str]:
    """(signature after the name, text) of a pybind11 docstring."""
    first, _, rest = doc.partition("\n")
    return _clean(first[len(name) :]), inspect.cleandoc(rest)


def _doc(text: str, indent: str) -> str:
    text = inspect.cleandoc(text).strip()
    if not text:
        return f"{indent}...\n"
    if "\n" not in text and len(text) + len(indent) < 94:
        return f'{indent}"""{text}"""\n'
    wrapped = textwrap.fill(text, 98 - len(indent)) if "\n" not in text else text
    return textwrap.indent(f'"""{wrapped}"""', indent, lambda line: bool(line.strip())) + "\n"


def _function(name: str, function: object, indent: str, static: bool = False) -> str:
    signature, text = _split(getattr(function, "__doc__") or "", name)
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
            signature, text = _split(member.fget.__doc__ or "", "")
            result = signature.rpartition(" -> ")[2] or "Any"
            text = text or (member.__doc__ or "")
            body.append(f"    @property\n    def {name}(self) -> {result}:\n" + _doc(text, " " * 8))
        elif isinstance(member, staticmethod):
            body.append(_function(name, member.__func__, "    ", static=True))
        elif name == "__hash__" and member is None:
            body.append("    __hash__: ClassVar[None]  # type: ignore[assignment]\n")
        elif callable(member) and name not in ("__new__", "__getstate__", "__setstate__"):
            if (member.__doc__ or "").startswith(name + "("):
                body.append(_function(name, member, "    "))
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
            parts.append(f"{name}: {type(member).__name__}\n")
    return HEADER + "\n".join(parts)


if __name__ == "__main__":
    from hod import _hod

    print(stub(_hod), end="")
