"""Every link of a page to a file or heading of this checkout leads somewhere."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


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
        pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        self.assertGreater(len(pages), 20)
        self.assertEqual([message for page in pages for message in broken(page)], [])


if __name__ == "__main__":
    unittest.main()
