"""Runs an example and writes it with what it prints and draws as Markdown.

    python3 docs/examples/render.py docs/examples/belief.py

An example is a Python script in cells, as editors and Jupytext know them: lines "# %%" begin a cell
of code, "# %% [markdown]" one of text in comments. belief.py becomes belief.md beside it, and its
pictures docs/images/examples/belief-1.png and so on.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import Any, Iterator

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

MARKDOWN = "# %% [markdown]"
CODE = "# %%"


def cells(text: str) -> Iterator[tuple[str, str]]:
    """("markdown" or "code", text) of each cell."""
    kind = "code"
    lines: list[str] = []
    for line in [*text.splitlines(), CODE]:
        if line in (MARKDOWN, CODE):
            body = "\n".join(lines).strip()
            if body:
                yield kind, body
            kind, lines = ("markdown" if line == MARKDOWN else "code"), []
        elif kind == "markdown":
            lines.append(line.removeprefix("#").removeprefix(" "))
        else:
            lines.append(line)


def render(path: Path) -> None:
    images = path.parent.parent / "images" / "examples"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob(f"{path.stem}-*.png"):
        old.unlink()
    parts = [f"<!-- Made of {path.name} by docs/examples/render.py. -->"]
    names: dict[str, Any] = {"__name__": "__main__"}
    pictures = 0
    for kind, body in cells(path.read_text()):
        if kind == "markdown":
            parts.append(body)
            continue
        parts.append(f"```python\n{body}\n```")
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(body, str(path), "exec"), names)
        if output.getvalue():
            parts.append(f"```text\n{output.getvalue().rstrip()}\n```")
        for number in plt.get_fignums():
            pictures += 1
            name = f"{path.stem}-{pictures}.png"
            plt.figure(number).savefig(images / name, dpi=90)
            parts.append(f"![](../images/examples/{name})")
        plt.close("all")
    path.with_suffix(".md").write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        render(Path(argument))
