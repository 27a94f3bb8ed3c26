"""What pages say of the program's commands and options, and of CI, is so. HOD names the program."""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# But extending.md, whose command is an example of its own.
PAGES = [
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    if page.name != "extending.md"
]
CODE = re.compile(r"^```.*?^```|^(?: {4}.*\n)+|`[^`\n]+`", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?<![\w./-])(?:build/)?hod +([a-z][^\n`|;&)]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@cache
def help_of(*command: str) -> str:
    """What `hod COMMAND... --help` prints; nothing if there is no such command."""
    program = [os.environ["HOD"], *command, "--help"]
    run = subprocess.run(program, capture_output=True, text=True)
    return run.stdout if run.returncode == 0 else ""


def calls(page: Path) -> list[str]:
    """The command lines of `hod` in the page's code; those below tables are of their time."""
    text = "\n".join(line for line in page.read_text().splitlines() if not line.startswith("<sub>"))
    code = "\n".join(CODE.findall(text + "\n")).replace("\\\n", " ")
    return [re.sub(r"\s#.*", "", call) for call in CALL.findall(code)]


def wrong(call: str) -> list[str]:
    """What the call says that the program does not know."""
    words = call.split()
    command = words[:1]
    if command == ["bench"]:  # Another program, which need not be built.
        return []
    if not help_of(*command):
        return [f"no command {words[0]}"]
    subcommands = "Subcommands:" in help_of(*command)
    if subcommands and len(words) > 1 and re.fullmatch(r"[a-z][a-z-]*", words[1]):
        command = words[:2]
        if not help_of(*command):
            return [f"no command {' '.join(command)}"]
    known = set(OPTION.findall(help_of(*command)))
    return [f"{' '.join(command)} has no {o}" for o in OPTION.findall(call) if o not in known]


class Program(unittest.TestCase):
    def test_commands_and_options_that_pages_name_are_there(self) -> None:
        found = [(page, call) for page in PAGES for call in calls(page)]
        self.assertGreater(len(found), 50)
        messages = [f"{page.name}: {m}" for page, call in found for m in wrong(call)]
        self.assertEqual(messages, [])

    def test_the_table_of_players_is_the_programs(self) -> None:
        printed = subprocess.run(
            [os.environ["HOD"], "config", "--describe-players"],
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertIn(printed.stdout, (ROOT / "docs/learning.md").read_text())

    def test_fuzz_targets_and_limits_are_those_that_the_page_names(self) -> None:
        folder = ROOT / "tests/fuzz"
        page = (folder / "README.md").read_text()
        table = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)))
        targets = re.findall(r"^hod_fuzz\((\w+)", (folder / "CMakeLists.txt").read_text(), re.M)
        self.assertEqual(sorted(table), sorted(targets))
        self.assertEqual(sorted(targets), sorted(p.name[:-8] for p in folder.glob("*_fuzz.cc")))
        seconds = re.findall(r"kSecondsPerInput = (\d+)", (folder / "driver.cc").read_text())
        self.assertIn(f"takes over {seconds[0]} s", page)

    def test_ci_runs_what_pages_say(self) -> None:
        ran = re.findall(r"^make (.*)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
        fuzzing = [command for command in ran if command.startswith("fuzz")]
        self.assertEqual(len(fuzzing), 1)
        page = (ROOT / "tests/fuzz/README.md").read_text()
        self.assertIn(f"CI runs `make {fuzzing[0]}` before the tests", page)
        self.assertLess(ran.index(fuzzing[0]), ran.index("test"))
        self.assertIn("lint", ran)


if __name__ == "__main__":
    unittest.main()
