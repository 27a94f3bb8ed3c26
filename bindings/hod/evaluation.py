"""Evaluations: the same houses, builders and start locations with an assistant and without."""

from __future__ import annotations

import math
import os
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np

from hod import _hod
from hod.environments import GoalSpec, HumanSpec
from hod.notebook import table

# Begins the path of a checkpoint whose belief is carried out, as for hod evaluate.
BELIEF = "belief:"

Evaluator = Callable[[Sequence[_hod.Position]], Sequence[_hod.Prediction]]


class Estimate(NamedTuple):
    """A mean and its 95% bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.1f} [{self.low:.1f}, {self.high:.1f}]"


def _estimate(stored: dict[str, float | None] | None) -> Estimate:
    """As it is in a report, where null and what is missing could not be measured."""
    values = map((stored or {}).get, Estimate._fields)
    return Estimate(*(math.nan if value is None else value for value in values))


# A course has so many moments: kCourseParts + 1 (engine/play/episode_tally.h).
_MOMENTS = 31


class Evaluation:
    """What an evaluation came to.

    label: how tables and pictures call the assistant.
    houses: a structured array with a row for each house: goal (its name) and, once as "alone_..."
        and once as "assisted_...": timesteps, goal_percent, human_actions, assistant_actions
        (places and breaks), human_percent, assistant_percent (shares of the goal built),
        assistant_wrong.
    courses: how episodes came to that: "alone_" and "assisted_" goal_percent_course and
        human_actions_course, each float64[houses, 31], at the start and after each thirtieth of the
        horizon.
    figures: {key: {"alone", "assisted", "difference": Estimate}} over the houses.
    actions_to_percent: what progress cost the human: "alone" and "assisted", each
        float64[houses, 101]: its actions when the goal first stood at 0, 1, ... 100 percent; NaN
        where it never did.
    human_actions_saved: percent of the places and breaks of the human alone.
    saved_at_equal_progress: the same until the goal stands as far as it came in both episodes of a
        house; NaN in reports older than this figure.
    report: all of it as `hod evaluate --json` writes it.
    """

    def __init__(self, report: dict[str, Any]) -> None:
        self.report = report
        self.label: str = report["origin"]["assistant"]
        self.human_actions_saved = _estimate(report["human_actions_saved_percent"])
        self.figures = {
            key: {part: _estimate(figure[part]) for part in ("alone", "assisted", "difference")}
            for key, figure in report["figures"].items()
        }
        self.saved_at_equal_progress = _estimate(report.get("saved_at_equal_progress_percent"))
        rows: list[dict[str, Any]] = []
        courses: list[dict[str, list[float]]] = []
        for house in report["houses"]:
            row: dict[str, Any] = {"goal": house["goal"]}
            course: dict[str, list[float]] = {}
            for side in ("alone", "assisted"):
                for key, value in house[side].items():
                    if key.endswith("_course"):
                        course[f"{side}_{key}"] = value
                    elif key != "human_actions_to_percent":
                        row[f"{side}_{key}"] = value
            rows.append(row)
            courses.append(course)
        dtype = [
            (key, "U64" if isinstance(value, str) else np.float64) for key, value in rows[0].items()
        ]
        self.houses = np.array([tuple(row.values()) for row in rows], dtype)
        self.courses = {
            key: np.array(
                [
                    # After the end of an episode a figure stays what it was; without a course there
                    # is none.
                    course[key]
                    + [row[key.removesuffix("_course")] if course[key] else np.nan]
                    * (_MOMENTS - len(course[key]))
                    for row, course in zip(rows, courses)
                ]
            )
            for key in courses[0]
        }
        self.actions_to_percent = {
            side: np.array(
                [
                    actions + [np.nan] * (101 - len(actions))
                    for house in report["houses"]
                    for actions in [house[side].get("human_actions_to_percent", [])]
                ]
            )
            for side in ("alone", "assisted")
        }

    def _repr_png_(self) -> bytes | None:
        """What notebooks show: the figures with their intervals. Nothing without matplotlib."""
        try:
            from hod import plot
        except ImportError:
            return None
        return plot.png(plot.comparison([self], alone=True))

    def _repr_html_(self) -> str:
        """The same as a table."""
        rows = [
            (key, *(str(figure[part]) for part in ("alone", "assisted", "difference")))
            for key, figure in self.figures.items()
        ]
        rows.append(("human actions saved, %", "", "", str(self.human_actions_saved)))
        rows.append(("the same, at equal progress", "", "", str(self.saved_at_equal_progress)))
        return table((self.label, "human alone", "with assistant", "difference"), rows)

    def __repr__(self) -> str:
        saved = self.human_actions_saved
        return f"<hod.Evaluation of {self.label}: saves {saved} % of the human's actions>"


def evaluate(
    assistant: str | os.PathLike[str] | _hod.Network | Evaluator | None = None,
    *,
    policy: HumanSpec | None = None,
    human: HumanSpec = "heuristic",
    goals: GoalSpec | None = None,
    config: _hod.Config | None = None,
    label: str | None = None,
    record: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> Evaluation:
    """Plays every house alone and with the assistant, as `hod evaluate` does; with the same
    arguments the figures are the same. Shows progress on standard error.

    assistant: searches on the evaluations of a checkpoint (its path), a Network or a function as
        for `hod.run_search`. "belief:PATH" carries out what a checkpoint believes, without a search;
        a path may be "shipped:11x10x10". With None, nobody helps, unless
    policy: plays the assistant by itself: what hod.HumanModel takes.
    human: see hod.HumanModel. goals: see hod.Goals; by default those of the config.
    config: game, search and evaluation; by default what the checkpoint was trained with.
    label: how tables and pictures call the assistant.
    record: a directory for recordings of all episodes.
    settings: settings of "evaluation.*": episodes, seed, simulations, threads.

    Python functions are called under the GIL, from several threads.
    """
    belief = False
    if isinstance(assistant, (str, os.PathLike)):
        path = os.fspath(assistant)
        label = label or path
        belief = path.startswith(BELIEF)
        assistant = _hod.Network.load(path[len(BELIEF) :] if belief else path)
        config = assistant.trained_config if config is None else config
    player = policy if policy is not None else assistant
    if isinstance(player, (str, os.PathLike)):
        label = label or os.fspath(player)
    label = label or getattr(player, "__name__", None)
    label = label or ("noop" if player is None else type(player).__name__)
    config = (_hod.Config() if config is None else config).replace({"evaluation": settings})
    report = _hod.evaluate(
        config, assistant, belief, policy, human, goals, os.fspath(record) if record else "", label
    )
    return Evaluation(report)
