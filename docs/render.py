"""Puts measured tables, and examples of code, into the pages of the documentation.

    python3 docs/render.py            renders every page in place
    python3 docs/render.py --check    changes nothing; fails where a page differs from its sources

A page holds the place of a table, and between the two comments whatever was rendered last:

    <!-- table: demo -->            the table of docs/results/demo.json
    <!-- table: network_study/people -->    the table "people" of docs/results/network_study.json
    <!-- code: tests/extending/network.cc -->    that file
    <!-- end -->

A result file is one JSON object:

    command      what was typed, or "not recorded"
    revision     of the program that ran: a git revision, "at or before" one, or "not recorded"
    processor    which one, how many cores, what else they did
    date         YYYY-MM-DD, "at or before" one, or "not recorded"
    note         optional: where the run deviated
    tables       name -> {"columns": [title, ...], "rows": [[cell, ...], ...]}, cells as printed

No page may hold a measured figure of its own: tables of figures and intervals ("12.3 [10.1, 14.5]")
outside the markers are errors, and so are result files that no page shows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

FIELDS = {"command", "revision", "processor", "date", "tables"}
REVISION = re.compile(r"(at or before )?[0-9a-f]{7,40}|not recorded")
DATE = re.compile(r"(at or before )?\d{4}-\d\d-\d\d|not recorded")
BEGIN = re.compile(r"<!-- (table|code): (\S+) -->")
END = "<!-- end -->"
INTERVAL = re.compile(r"\d \[[-+]?\d[\d.]*, ?[-+]?\d[\d.]*\]")
# A cell that is a figure and nothing else: a decimal, a number of four digits or more, or a number
# with a unit. Small whole numbers do not count, because ids and shapes are made of them.
FIGURE = re.compile(
    r"[-+]?(\d+\.\d+|\d{1,3}(,\d{3})+|\d{4,}|\d+e[-+]?\d+"
    r"|[\d,.]+ ?(%|s|ms|us|ns|/s|M|MB|kB|GB|million|thousand|times)\b.*|[\d,.]+ ?%)( \(.*\))?"
)


class RenderError(Exception):
    pass


class Results:
    """The result files of a folder, and which of their tables were shown."""

    def __init__(self, folder: Path) -> None:
        self.files = {path.stem: self._read(path) for path in sorted(folder.glob("*.json"))}
        self.shown: set[tuple[str, str]] = set()

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        try:
            result: dict[str, Any] = json.loads(path.read_text())
        except ValueError as error:
            raise RenderError(f"{path}: {error}") from error
        keys = set(result) if isinstance(result, dict) else set()
        if keys - {"note"} != FIELDS:
            raise RenderError(f"{path}: expected an object with {sorted(FIELDS)}, and maybe note")
        for key in keys - {"tables"}:
            if not isinstance(result[key], str) or not result[key]:
                raise RenderError(f"{path}: {key}: expected text")
        for key, pattern in (("revision", REVISION), ("date", DATE)):
            if not pattern.fullmatch(result[key]):
                raise RenderError(
                    f"{path}: {key}: {result[key]!r} does not match {pattern.pattern}"
                )
        for name, table in result["tables"].items():
            if set(table) != {"columns", "rows"} or not table["rows"]:
                raise RenderError(f"{path}: table {name}: expected columns and rows")
            for row in [table["columns"], *table["rows"]]:
                if len(row) != len(table["columns"]) or not all(isinstance(c, str) for c in row):
                    raise RenderError(f"{path}: table {name}: expected texts, one a column: {row}")
        return result

    def markdown(self, reference: str) -> str:
        """The table "FILE" or "FILE/TABLE" with the line that says where it comes from."""
        stem, _, name = reference.partition("/")
        if stem not in self.files:
            raise RenderError(f"no docs/results/{stem}.json")
        result = self.files[stem]
        tables = result["tables"]
        if not name and len(tables) != 1:
            raise RenderError(
                f"docs/results/{stem}.json has several tables, name one: {sorted(tables)}"
            )
        name = name or next(iter(tables))
        if name not in tables:
            raise RenderError(f"docs/results/{stem}.json has no table {name}")
        self.shown.add((stem, name))
        table = tables[name]
        lines = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
        body = "\n".join(
            "| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in lines
        )
        command = result["command"]
        origin = "command not recorded" if command == "not recorded" else f"`{command}`"
        origin += f"; revision {result['revision']}; "
        date = result["date"]
        origin += f"{result['processor']}; {'date ' if date == 'not recorded' else ''}{date}."
        if "note" in result:
            origin += f" {result['note']}"
        return f"{body}\n\n<sub>{origin}</sub>"

    def unused(self) -> list[str]:
        return [
            f"docs/results/{stem}.json: no page shows the table {name}"
            for stem, result in self.files.items()
            for name in result["tables"]
            if (stem, name) not in self.shown
        ]


def render(text: str, results: Results, root: Path) -> str:
    """The page with everything between markers rendered anew. Raises RenderError."""
    parts: list[str] = []
    lines = iter(text.split("\n"))
    for line in lines:
        parts.append(line)
        marker = BEGIN.fullmatch(line)
        if not marker:
            continue
        kind, reference = marker.groups()
        for inner in lines:
            if inner == END:
                break
            if BEGIN.fullmatch(inner):
                raise RenderError(f"{kind} {reference}: no {END} before the next marker")
        else:
            raise RenderError(f"{kind} {reference}: no {END}")
        if kind == "table":
            parts.append(results.markdown(reference))
        else:
            path = root / reference
            if not path.is_file():
                raise RenderError(f"no file {reference}")
            parts.append(
                f"```{'python' if path.suffix == '.py' else 'cpp'}\n{path.read_text().strip()}\n```"
            )
        parts.append(END)
    return "\n".join(parts)


def loose_figures(text: str) -> list[str]:
    """What the page says of measured figures outside the markers, one message each."""
    messages = []
    inside = fenced = False
    table: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        inside = bool(BEGIN.fullmatch(line)) or (inside and line != END)
        if inside:
            continue
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if INTERVAL.search(line):
            messages.append(f"line {number}: an interval outside a rendered table: {line.strip()}")
        if not fenced and line.lstrip().startswith("|"):
            table.append(line)
            continue
        if any(is_measured(row) for row in table[2:]):
            messages.append(
                f"line {number - len(table)}: a table of measured figures without a marker:"
                f" {table[0]}"
            )
        table = []
    return messages


def is_measured(row: str) -> bool:
    cells = [re.sub(r"`[^`]*`", "", cell).strip() for cell in row.strip().strip("|").split("|")]
    return any(FIGURE.fullmatch(cell) for cell in cells)


def pages(root: Path) -> list[Path]:
    """Every page but those that the program or docs/examples/render.py writes."""
    found = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    generated = {root / "docs" / "configuration.md"}
    return sorted(p for p in found if p not in generated and p.parent != root / "docs" / "examples")


def run(root: Path, check: bool) -> list[str]:
    """Renders or checks all pages below root; what is wrong, one message each."""
    try:
        results = Results(root / "docs" / "results")
    except RenderError as error:
        return [str(error)]
    messages = []
    for path in pages(root):
        name = path.relative_to(root)
        text = path.read_text()
        try:
            rendered = render(text, results, root)
        except RenderError as error:
            messages.append(f"{name}: {error}")
            continue
        messages += [f"{name}: {message}" for message in loose_figures(text)]
        if rendered == text:
            continue
        if check:
            differing = differences(text, rendered)
            messages += [
                f"{name}: {what} differs from its source; run `make docs-tables`"
                for what in differing
            ]
        else:
            path.write_text(rendered)
            print(f"rendered {name}")
    return messages + results.unused()


def differences(text: str, rendered: str) -> list[str]:
    """The markers ("table demo") whose content differs."""

    def blocks(page: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for line in page.split("\n"):
            if marker := BEGIN.fullmatch(line):
                found.append((" ".join(marker.groups()), ""))
            elif found:
                found[-1] = (
                    found[-1][0],
                    found[-1][1] + line + "\n" if line != END else found[-1][1],
                )
        return found

    return [name for (name, old), (_, new) in zip(blocks(text), blocks(rendered)) if old != new]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Renders measured tables and code into the documentation."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing, fail where a page differs"
    )
    parser.add_argument(
        "--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the checkout"
    )
    arguments = parser.parse_args()
    messages = run(arguments.root, arguments.check)
    for message in messages:
        print(message, file=sys.stderr)
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
