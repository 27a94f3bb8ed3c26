"""Every link of a page leads somewhere, and every file that it names is there."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")

FOLDERS = "env|mcts|models|engine|bindings|benchmarks|tests|configs|docs"
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w/.\-]*)`")
PLACEHOLDER = re.compile(r"\b[A-Z]+\b")  # As in `engine/commands/NAME.cc`.


def anchors(page: Path) -> set[str]:
    """The headings of a page as their hosts name them in links."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    found = []
    for path, anchor in LINK.findall(page.read_text()):
        target = page.parent / path if path else page
        if not target.exists():
            found.append(f"{page.relative_to(ROOT)}: no {path}")
        elif anchor and anchor not in anchors(target):
            found.append(f"{page.relative_to(ROOT)}: {path} has no heading #{anchor}")
    return found


class Links(unittest.TestCase):
    def test_every_link_leads_somewhere(self) -> None:
        self.assertGreater(len(PAGES), 20)
        self.assertEqual([message for page in PAGES for message in broken(page)], [])

    def test_every_file_that_a_page_names_is_there(self) -> None:
        # The picture of the whole is redrawn after the folders have moved.
        pages = [page for page in PAGES if page.name != "architecture.md"]
        missing = [
            f"{page.relative_to(ROOT)}: no {path}"
            for page in pages
            for path in NAMED.findall(page.read_text())
            if not PLACEHOLDER.search(Path(path).stem) and not (ROOT / path).exists()
        ]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
