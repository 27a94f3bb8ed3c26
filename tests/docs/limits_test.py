"""Numbers in pages that are constants of the program are those of its sources, and pages name the
defaults and ranges of settings and options as the program prints them. HOD names the program."""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from pathlib import Path
from typing import Callable, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*(ROOT / "docs").glob("*.md")]
WORDS = {3: "three", 5: "five", 20: "twenty", 10: "ten"}


def plain(number: float) -> str:
    return f"{number:,g}" if number >= 10_000 else f"{number:g}"


def word(number: float) -> str:
    return WORDS[int(number)]


def kilobytes(number: float) -> str:
    return f"{int(number) >> 10} kB"


def mebibytes(number: float) -> str:
    return f"{int(number) >> 20} MiB"


def power(number: float) -> str:
    return f"2^{int(number).bit_length() - 1}"


def percent(number: float) -> str:
    return f"{100 * number:g}%"


class Limit(NamedTuple):
    page: str
    says: str  # With {} for the number.
    source: str
    name: str  # The constant's.
    written: Callable[[float], str] = plain


HOUSE, NBT = "env/houses/house.h", "env/houses/importers/nbt.h"
SERVER = "engine/server/web_server.cc"
LIMITS = [
    Limit("houses", "at most {} cells each way", HOUSE, "kMaxStructureExtent"),
    Limit("houses", "each way and {} in all", HOUSE, "kMaxStructureCells", power),
    Limit("houses", "NBT is bounded to {} inflated", NBT, "kMaxNbtBytes", mebibytes),
    Limit("houses", "inflated and {} levels", NBT, "kMaxNbtDepth"),
    Limit(
        "houses",
        "JSON to {} a file",
        "env/houses/importers/grabcraft.cc",
        "kMaxGrabCraftBytes",
        mebibytes,
    ),
    Limit("houses", "the first {} on screen", "engine/commands/goals.cc", "kMaxShown", word),
    Limit("play", "frame of at most {}", "engine/live/protocol.h", "kMaxMessageBytes", kilobytes),
    Limit("play", "messages to {}", "engine/live/protocol.h", "kMaxMessageBytes", kilobytes),
    Limit("play", "Headers are limited to {}", SERVER, "kMaxHeaderBytes", kilobytes),
    Limit("play", "and {} a second", SERVER, "kMessagesPerSecond"),
    Limit("play", "({} in a burst)", SERVER, "kMessagesAtOnce"),
    Limit("play", "connections to {};", SERVER, "kMaxConnections"),
    Limit("play", "says nothing for {} seconds at first", SERVER, "kFirstWords", word),
    Limit("play", "answers no ping for {},", SERVER, "kIdle"),
    Limit("play", "at most {} points", "engine/server/watched_runs.cc", "kMaxPoints"),
    Limit("play", "at most {} in all", "engine/server/episode_watcher.cc", "kMaxBeliefs"),
    Limit("play", "more than {} steps", "engine/server/episode_watcher.cc", "kMaxSteps"),
    Limit("play", "from a probability of {} on", "engine/live/protocol.cc", "kShownFrom"),
    Limit("play", "out of reach: {} is", "env/game/line_of_sight.h", "kReach"),
    Limit("rules", "is at most {} squared", "env/game/line_of_sight.h", "kReach"),
    Limit("rules", "from {} to 64 each", "env/game/config.h", "kMinWorldExtent"),
    Limit("rules", "to {} each", "env/game/config.h", "kMaxWorldExtent"),
    Limit("rules", "carries {} **slots**", "env/game/inventory.h", "kSlots"),
    Limit("rules", "up to {} blocks of one kind", "env/game/inventory.h", "kStack"),
    Limit(
        "building", "drawn with replacement {} times", "engine/results/bootstrap.cc", "kResamples"
    ),
    Limit("building", "stands for every {} s", "engine/samples/human_timeline.h", "kWaitSeconds"),
    Limit("humans", "for each {} s without", "engine/samples/human_timeline.h", "kWaitSeconds"),
    Limit(
        "explain", "from {} on, even", "engine/explain/explanation_picture.cc", "kFaintest", percent
    ),
    Limit("explain", "a prior below {}", "engine/explain/explanation.cc", "kLeastPrior", percent),
    Limit("scale", "a lease of {} seconds", "engine/cluster/learner_link.cc", "kLease"),
    Limit(
        "traces",
        "the next {} actions",
        "env/recordings/human_verifier.cc",
        "kMaxEventsAhead",
        word,
    ),
]


def value(limit: Limit) -> float:
    """The constant, of which the source may say 64 << 10, 10'000 or seconds(10)."""
    source = (ROOT / limit.source).read_text()
    found = re.findall(rf"\b{limit.name} = ([^;]+);", source)
    assert len(found) == 1, f"{limit.source}: {len(found)} constants {limit.name}"
    text = re.sub(r"[a-z_:]*[sS]econds\b|size_t|'", "", found[0])
    text = re.sub(r"\{(\w+)\}", r"\1", text)
    assert re.fullmatch(r"[\d.e<( )*-]+", text), f"{limit.name} = {text}"
    return float(eval(text))


def program(*arguments: str) -> str:
    command = [os.environ["HOD"], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Limits(unittest.TestCase):
    def test_numbers_of_pages_are_the_programs(self) -> None:
        wrong = []
        for limit in LIMITS:
            text = re.sub(r"\s+", " ", (ROOT / "docs" / f"{limit.page}.md").read_text())
            says = limit.says.format(limit.written(value(limit)))
            if says not in text:
                wrong.append(f"{limit.page}.md: does not say “{says}” ({limit.name})")
        self.assertEqual(wrong, [])

    def test_defaults_that_pages_give_are_those_that_help_prints(self) -> None:
        for page, says, command, printed in [
            ("play", "`--seconds-per-action` (0.8", "play", r"--seconds-per-action \S+ .*=0\.8\n"),
            ("houses", "`--size WxHxD` (9x8x8)", "goals import", r"--size \S+=9x8x8 "),
            ("humans", "or `combined` (default) |", "humans evaluate", r"or combined \(default\)"),
            ("humans", "| `causal` (default)", "humans evaluate", r"causal \(default\)"),
        ]:
            with self.subTest(page=page, says=says):
                self.assertIn(says, (ROOT / "docs" / f"{page}.md").read_text())
                self.assertRegex(program(*command.split(), "--help"), printed)

    def test_settings_that_pages_name_are_there(self) -> None:
        known = set(re.findall(r"^\| `([\w.]+)` \|", program("config", "--describe"), re.MULTILINE))
        sections = {key.split(".")[0] for key in known if "." in key}
        named = re.compile(rf"`((?:{'|'.join(sorted(sections))})\.[a-z_]+(?:\.[a-z_]+)*)")
        found = {
            (page.name, key)
            for page in PAGES
            if page.name not in ("configuration.md", "python.md")  # Those of objects, in this.
            for key in named.findall(page.read_text())
        }
        self.assertGreater(len(found), 50)
        self.assertEqual([f for f in sorted(found) if f[1] not in known], [])


if __name__ == "__main__":
    unittest.main()
