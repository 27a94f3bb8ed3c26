"""docs/python.md speaks of what there is."""

import ast
import re
import textwrap
from pathlib import Path

import numpy as np

import hod

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text()
CODE = [textwrap.dedent(block) for block in re.findall(r"(?:^ {4}.*\n)+", PAGE, re.MULTILINE)]
LATER = ("plot", "torch", "stable_baselines3", "bench")  # Modules that need others.


def test_names_of_the_package_are_there():
    names = set(re.findall(r"\bhod\.([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)?)", PAGE))
    assert len(names) > 30
    for name, attribute in names - {("pth", "")}:
        if name in LATER:
            assert (Path(hod.__file__).parent / f"{name}.py").exists()
            continue
        member = getattr(hod, name)
        if attribute:
            getattr(member, attribute[1:])


def test_code_is_python():
    shells = [block for block in CODE if re.match(r"make|/usr|venv", block)]
    assert len(CODE) - len(shells) >= 2
    for block in CODE:
        if block not in shells:
            ast.parse(block)


def test_the_environments_of_the_page_step():
    (block,) = [block for block in CODE if block.startswith("env = hod.VectorEnv")]
    scope = {"hod": hod, "np": np}
    exec(block, scope)
    assert scope["rewards"].shape == (64,)


def test_all_that_is_public_is_listed():
    modules = {"annotations", "bases", "importlib", "notebook", "ModuleType", "TYPE_CHECKING"}
    modules |= {"beliefs", "environments", "evaluation", "program", "runs", "vector_environments"}
    public = {name for name in vars(hod) if not name.startswith("_")} - modules - set(LATER)
    assert sorted(public | {"__version__"}, key=str.lower) == sorted(hod.__all__, key=str.lower)
    assert len(set(hod.__all__)) == len(hod.__all__)
