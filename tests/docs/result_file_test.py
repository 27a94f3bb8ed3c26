"""Markdown tables of a command become the tables of a result file."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))
import result_file  # noqa: E402

MARKDOWN = """# Does it?

Means over 2 seeds.

## At the trigger: shift, nats

| network | own harm |
|---|---|
| base, level | -2.60 [-3.66, -1.54] |
| an arm, 32 |  |

## Near misses

| network | own harm |
|---|---|
| base, level | 0 |
"""


class ResultFile(unittest.TestCase):
    def test_tables_are_called_what_their_headings_say(self):
        note, tables = result_file.tables_of(MARKDOWN)
        self.assertEqual(note, "Means over 2 seeds.")
        self.assertEqual(list(tables), ["at_the_trigger_shift_nats", "near_misses"])
        self.assertEqual(
            tables["at_the_trigger_shift_nats"],
            {
                "columns": ["network", "own harm"],
                "rows": [["base, level", "-2.60 [-3.66, -1.54]"], ["an arm, 32", ""]],
            },
        )

    def test_text_without_a_table_has_none(self):
        self.assertEqual(result_file.tables_of("# Title\n\n"), ("", {}))


if __name__ == "__main__":
    unittest.main()
