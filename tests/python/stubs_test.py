"""The stub names and types everything of the compiled module, and only that."""

import ast
import runpy
from pathlib import Path

import hod
from hod import _hod

ROOT = Path(__file__).parents[2]
STUB = ROOT / "bindings" / "hod" / "_hod.pyi"


def test_the_stub_is_that_of_the_module():
    stub = runpy.run_path(str(ROOT / "bindings" / "stubs.py"))["stub"](_hod)
    assert stub == STUB.read_text(), "run `make stubs`"


def test_the_stub_is_python_and_has_the_same_names():
    tree = ast.parse(STUB.read_text())
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
    assert names == {n for n in vars(_hod) if not n.startswith("__") or n == "__version__"}
    assert "::" not in STUB.read_text()  # No C++ type without a name in Python.


def test_everything_public_is_documented():
    for name in dir(hod):
        member = getattr(hod, name)
        if name.startswith("_") or not callable(member):
            continue
        assert (getattr(member, "__doc__", None) or "").strip(), name
    assert (Path(hod.__file__).parent / "py.typed").exists()
