"""The documentation shows what its result files say (docs/render.py)."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RENDER = ROOT / "docs" / "render.py"
sys.path.insert(0, str(RENDER.parent))

import render  # noqa: E402

RESULT: dict[str, Any] = {
    "command": "hod evaluate",
    "revision": "at or before 60a34e0",
    "processor": "AMD EPYC, 2 cores",
    "date": "2026-11-27",
    "tables": {"houses": {"columns": ["", "saved %"], "rows": [["demo", "36.3 [32.7, 40.1]"]]}},
}
PAGE = "# A page\n\n<!-- table: demo -->\n<!-- end -->\n"


def run(root: Path, check: bool = False) -> list[str]:
    """The messages of render.run, whose progress is not printed."""
    with contextlib.redirect_stdout(io.StringIO()):
        return render.run(root, check)


class ThisCheckout(unittest.TestCase):
    def test_pages_show_what_their_files_say(self) -> None:
        self.assertEqual(run(ROOT, check=True), [])


class MadeUpPage(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.results = self.root / "docs" / "results"
        self.results.mkdir(parents=True)
        self.page = self.root / "docs" / "page.md"
        self.page.write_text(PAGE)
        self.write(RESULT)

    def write(self, result: object, name: str = "demo") -> None:
        (self.results / f"{name}.json").write_text(json.dumps(result))

    def assert_refused(self, *words: str) -> None:
        """--check fails, names all words, and writes nothing."""
        before = self.page.read_text()
        messages = "\n".join(run(self.root, check=True))
        for word in words:
            self.assertIn(word, messages)
        self.assertEqual(self.page.read_text(), before)

    def test_a_rendered_page_passes_and_does_not_change_again(self) -> None:
        self.assertEqual(run(self.root), [])
        rendered = self.page.read_text()
        self.assertIn(
            "| demo | 36.3 [32.7, 40.1] |\n\n<sub>`hod evaluate`; revision at or before 60a34e0; ",
            rendered,
        )
        self.assertEqual(run(self.root, check=True), [])
        self.assertEqual(run(self.root), [])
        self.assertEqual(self.page.read_text(), rendered)

    def test_a_page_that_was_never_rendered_is_found(self) -> None:
        self.assert_refused("docs/page.md", "table demo")

    def test_a_figure_edited_in_the_page_is_found(self) -> None:
        run(self.root)
        self.page.write_text(self.page.read_text().replace("36.3", "37.3"))
        self.assert_refused("docs/page.md", "table demo", "docs-tables")

    def test_a_new_result_is_found(self) -> None:
        run(self.root)
        self.write({**RESULT, "revision": "abcdef0"})
        self.assert_refused("docs/page.md", "table demo")

    def test_only_the_table_that_differs_is_named(self) -> None:
        self.write(RESULT, "other")
        self.page.write_text(PAGE + PAGE.replace("demo", "other"))
        run(self.root)
        self.write({**RESULT, "date": "2026-11-28"}, "other")
        messages = run(self.root, check=True)
        self.assertEqual(len(messages), 1)
        self.assertIn("table other", messages[0])

    def test_a_measured_table_without_a_marker_is_found(self) -> None:
        for cell in (
            "1.5",
            "12,107",
            "3 %",
            "220 ns",
            "1.2 million",
            "4.6 us for 30 targets",
            "5e-8",
            "1234",
        ):
            with self.subTest(cell):
                self.page.write_text(
                    PAGE + f"\n| network | figure |\n|---|---|\n| ours | {cell} |\n"
                )
                run(self.root)
                self.assert_refused("docs/page.md", "line 11", "without a marker")

    def test_an_interval_in_prose_is_found(self) -> None:
        self.page.write_text(PAGE + "\nIt saves 36.3 [32.7, 40.1] % of them.\n")
        run(self.root)
        self.assert_refused("docs/page.md", "interval")

    def test_tables_of_words_ids_and_shapes_pass(self) -> None:
        words = "| id | shape |\n|---|---|\n| 3 | [4 H, H] |\n| `1.5` | 0 to 2 |\n| 9 | 10 V |\n"
        self.page.write_text(PAGE + "\n" + words)
        run(self.root)
        self.assertEqual(run(self.root, check=True), [])

    def test_a_table_that_no_page_shows_is_found(self) -> None:
        run(self.root)
        self.write(RESULT, "forgotten")
        self.assert_refused("docs/results/forgotten.json", "no page")

    def test_a_marker_without_its_file_table_or_end_is_found(self) -> None:
        for page, words in (
            (PAGE.replace("demo", "absent"), ("docs/page.md", "absent.json")),
            (PAGE.replace("demo", "demo/absent"), ("docs/page.md", "no table absent")),
            (PAGE.replace("<!-- end -->", ""), ("docs/page.md", "table demo", "end")),
            ("<!-- code: absent.cc -->\n<!-- end -->\n", ("docs/page.md", "absent.cc")),
        ):
            with self.subTest(page):
                self.page.write_text(page)
                self.assert_refused(*words)

    def test_damaged_result_files_are_refused_by_name(self) -> None:
        for damage in (
            [],
            {**RESULT, "surprise": 1},
            {**RESULT, "revision": "yesterday's"},
            {**RESULT, "date": "27 November"},
            {**RESULT, "processor": ""},
            {**RESULT, "tables": {"houses": {"columns": ["a", "b"], "rows": [["1"]]}}},
            {**RESULT, "tables": {"houses": {"columns": ["a"], "rows": [[1]]}}},
            {key: RESULT[key] for key in RESULT if key != "processor"},
        ):
            with self.subTest(damage):
                self.write(damage)
                self.assert_refused("demo.json")

    def test_code_is_included(self) -> None:
        (self.root / "example.cc").write_text("int main() {}\n")
        self.page.write_text(PAGE + "\n<!-- code: example.cc -->\n<!-- end -->\n")
        run(self.root)
        self.assertIn("```cpp\nint main() {}\n```\n<!-- end -->", self.page.read_text())
        (self.root / "example.cc").write_text("int main() { return 1; }\n")
        self.assert_refused("docs/page.md", "code example.cc")

    def test_the_command_fails_and_says_why(self) -> None:
        command = [sys.executable, str(RENDER), "--check", "--root", str(self.root)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 1)
        self.assertIn("docs/page.md: table demo", checked.stderr)


if __name__ == "__main__":
    unittest.main()
