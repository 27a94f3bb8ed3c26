"""Makes a result file (docs/render.py) of the Markdown tables that a command wrote.

    python3 docs/result_file.py runs/audit-sign/table.md --out docs/results/audit_sign.json \\
        --command "build/hod audit run configs/audits/sign.toml --out runs/audit-sign"

A table is called what the heading above it says, in lower case with underscores. What stands before
the first heading becomes the note.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# Name -> {"columns": [title, ...], "rows": [[cell, ...], ...]}.
Tables = dict[str, dict[str, list[Any]]]


def processor() -> str:
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{models[0]}, {len(models)} cores"


def revision(program: str) -> str:
    version = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\(([0-9a-f]{7,40})(-dirty)?\)", version)
    if not found:
        return "not recorded"
    return f"at or before {found[1]}" if found[2] else found[1]


def write(path: str, program: str, command: str, note: str, tables: Tables) -> None:
    result = {
        "command": command,
        "revision": revision(program),
        "processor": processor(),
        "date": time.strftime("%Y-%m-%d"),
        **({"note": note} if note else {}),
        "tables": tables,
    }
    Path(path).write_text(json.dumps(result, indent=1) + "\n")


def tables_of(text: str) -> tuple[str, Tables]:
    """The text before the first heading of a table, and the tables."""
    note: list[str] = []
    tables: Tables = {}
    name = None
    for line in text.splitlines():
        if line.startswith("## "):
            name = re.sub(r"[^a-z0-9-]+", "_", line[3:].lower()).strip("_")
        elif line.startswith("|") and name:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if name not in tables:
                tables[name] = {"columns": cells, "rows": []}
            elif not re.fullmatch(r"[|\-: ]+", line.strip()):
                tables[name]["rows"].append(cells)
        elif name is None and line and not line.startswith("#"):
            note.append(line.strip())
    return " ".join(note), tables


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("markdown", type=Path)
    parser.add_argument("--out", required=True, help="the file of docs/results")
    parser.add_argument("--command", required=True, help="that wrote the tables")
    parser.add_argument("--program", default="build/hod", help="that ran")
    options = parser.parse_args()
    note, tables = tables_of(options.markdown.read_text())
    if not tables:
        print(f"{options.markdown}: no table under a heading", file=sys.stderr)
        return 1
    write(options.out, options.program, options.command, note, tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
