"""Pictures with matplotlib. Every function draws into the axes or figure it is given, or makes a
figure, and returns it."""

from __future__ import annotations

import io
from typing import Any, Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hod import _hod
from hod.beliefs import entropy, posterior
from hod.evaluation import Evaluation
from hod.runs import Run

_AIR = 0
_SKY = (0.93, 0.95, 0.97)
_FAINTEST = 0.1  # Less probable blocks are not drawn.


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    if ax is not None:
        return ax
    return plt.figure(figsize=size, layout="constrained").add_subplot()


def _show(ax: Axes, image: NDArray[Any], title: str | None) -> Axes:
    ax.imshow(image)
    ax.set_axis_off()
    if title:
        ax.set_title(title, fontsize="medium")
    return ax


def png(figure: Figure) -> bytes:
    """The figure as a PNG file. It is closed, so that notebooks do not show it once more."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return file.getvalue()


def world(
    blocks: NDArray[Any],
    goal: NDArray[Any] | None = None,
    feet: NDArray[Any] | None = None,
    *,
    opacity: NDArray[Any] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A world from one corner, as `hod.draw_world` draws it: with `goal`, wrong blocks are crossed
    out and missing ones translucent; players stand where their `feet` are, the human in red."""
    ax = _axes(ax, (4, 4))
    return _show(ax, _hod.draw_world(blocks, goal, feet, opacity), title)


def _in_order(game: _hod.Game, feet: NDArray[Any]) -> NDArray[Any]:
    """Players who see the goal first, as pictures colour them."""
    sees = [player["goal_visible"] for player in game.settings["players"]]
    return feet[sorted(range(len(sees)), key=lambda p: not sees[p])]


def state(
    game: _hod.Game, state: _hod.State, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    """A moment of a game beside its goal; without a title, its progress is the title."""
    if title is None:
        title = f"step {state.timestep}, {100 * game.goal_percentage(state):.0f}% of the goal"
    return world(state.blocks, game.goal, _in_order(game, state.feet), title=title, ax=ax)


def probable_blocks(
    state: _hod.State,
    prediction: _hod.Prediction,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What the assistant believes is to be built: in each voxel of air the most probable block, as
    opaque as it is probable that one belongs there. Standing blocks that are more likely wrong than
    not are crossed out."""
    probabilities = posterior(prediction.goal_logits)
    filled = 1 - probabilities[_AIR]
    blocks = state.blocks
    likely = probabilities.argmax(0)
    ghost = np.where(filled < _FAINTEST, _AIR, probabilities[1:].argmax(0) + 1)
    goal = np.where(blocks == _AIR, ghost, likely).astype(np.uint8)
    goal[:, 0] = blocks[:, 0]  # Bedrock is no secret.
    opacity = np.where(blocks == _AIR, filled, 1).clip(0, 1).astype(np.float32)
    return world(blocks, goal, state.feet, opacity=opacity, title=title or "probable blocks", ax=ax)


def entropy_slices(prediction: _hod.Prediction, *, full: float = 2.0, figure: Any = None) -> Any:
    """The uncertainty of every voxel, layer by layer from the ground up: white is 0 bits, violet
    `full` and more. x runs to the right, z down."""
    figure = figure or plt.figure(figsize=(8, 4), layout="constrained")
    bits = entropy(posterior(prediction.goal_logits))
    layers = range(1, bits.shape[1])
    columns = int(np.ceil(np.sqrt(1.6 * len(layers))))
    rows = -(-len(layers) // columns)
    axes = iter(figure.subplots(rows, columns, squeeze=False).flat)
    image = None
    for y, ax in zip(layers, axes):
        image = ax.imshow(bits[:, y].T, cmap="Purples", vmin=0, vmax=full)
        ax.set_title(f"y = {y}", fontsize="small")
        ax.set_xticks([])
        ax.set_yticks([])
    for ax in axes:  # Those left over.
        ax.set_axis_off()
    figure.colorbar(image, ax=figure.axes, label="bits", extend="max", shrink=0.8)
    return figure


def belief(state: _hod.State, prediction: _hod.Prediction, *, title: str = "") -> Figure:
    """Probable blocks beside slices of uncertainty. `prediction` is an evaluator's word on
    `state`."""
    figure = plt.figure(figsize=(10, 4.5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.3])
    probable_blocks(state, prediction, ax=left.subplots())
    entropy_slices(prediction, figure=right)
    if title:
        figure.suptitle(title)
    return figure


def filmstrip(episode: _hod.Episode, steps: int | Sequence[int] = 6, columns: int = 3) -> Figure:
    """An episode at a glance: so many moments at equal distances, or those after the given steps,
    and the goal."""
    if isinstance(steps, int):
        wanted = set(np.linspace(0, len(episode), steps).round().astype(int).tolist())
    else:
        wanted = set(int(t) for t in steps)
    game = episode.game
    count = len(wanted) + 1
    rows = -(-count // columns)
    figure = plt.figure(figsize=(3.2 * columns, 3.2 * rows), layout="constrained")
    axes = iter(figure.subplots(rows, columns, squeeze=False).flat)
    for t, moment in enumerate(episode.replay()):
        if t in wanted:
            state(game, moment, ax=next(axes))
    world(game.goal, title="the goal", ax=next(axes))
    for ax in axes:
        ax.set_axis_off()
    return figure


def learning_curves(
    runs: Run | Mapping[str, Run] | Iterable[Run],
    keys: Sequence[str] = ("loss", "goal_loss", "goal_recall", "human_accuracy"),
    *,
    x: str = "step",
) -> Figure:
    """Metrics of learners over `x` ("step", or another key of the metrics). Several runs are
    told apart by the keys of a mapping, or by the names of their directories."""
    if isinstance(runs, Run):
        runs = [runs]
    if not isinstance(runs, Mapping):
        runs = {run.path.name: run for run in runs}
    figure = plt.figure(figsize=(3.2 * len(keys), 2.8), layout="constrained")
    for ax, key in zip(figure.subplots(1, len(keys), squeeze=False).flat, keys):
        for label, run in runs.items():
            metrics = run.metrics()
            for name in (x, key):
                if name not in (metrics.dtype.names or ()):
                    raise KeyError(f"{name}: no such metric of {run.path}")
            ax.plot(metrics[x], metrics[key], label=label)
        ax.set_title(key.replace("_", " "), fontsize="medium")
        ax.set_xlabel(x)
        ax.grid(alpha=0.3)
    if len(runs) > 1:
        figure.axes[-1].legend()
    return figure


_TITLES = {
    "goal_percent": "goal, %",
    "human_actions": "human places and breaks",
    "assistant_percent": "built by the assistant, %",
    "assistant_wrong": "wrong assistant actions",
    "assistant_actions": "assistant places and breaks",
    "timesteps": "timesteps",
}


def comparison(
    evaluations: Sequence[Evaluation],
    keys: Sequence[str] = ("human_actions", "goal_percent", "assistant_wrong", "timesteps"),
    *,
    alone: bool = True,
) -> Figure:
    """Means and 95% intervals of evaluations, one panel a figure; with `alone`, of the human of the
    first one alone, too."""
    rows = [(e.label, e, "assisted") for e in evaluations]
    if alone:
        rows.insert(0, ("human alone", evaluations[0], "alone"))
    figure = plt.figure(figsize=(3.1 * len(keys), 1 + 0.45 * len(rows)), layout="constrained")
    axes = figure.subplots(1, len(keys), squeeze=False, sharey=True).flat
    for ax, key in zip(axes, keys):
        for i, (_, evaluation, side) in enumerate(rows):
            mean, low, high = evaluation.figures[key][side]
            color = "0.45" if side == "alone" else f"C{i}"
            ax.plot([low, high], [i, i], color=color, linewidth=2.5, solid_capstyle="butt")
            ax.plot(mean, i, "o", color=color)
        ax.set_title(_TITLES.get(key, key), fontsize="medium")
        ax.grid(axis="x", alpha=0.3)
        ax.set_ylim(len(rows) - 0.5, -0.5)
    figure.axes[0].set_yticks(range(len(rows)), [label for label, _, _ in rows])
    return figure


def search_tree(
    search: _hod.Search, *, nodes: int = 40, labels: int = 12, ax: Axes | None = None
) -> Axes:
    """The most visited `nodes` of a search, the root above. Discs are as large as their share of
    visits and coloured by their mean value; the `labels` most visited ones have a number, and below
    the tree stands what the searching player did there, and the human."""
    ax = _axes(ax, (11, 5.5))
    visits = search.visits
    order = np.argsort(-visits, kind="stable")[:nodes]  # A parent has no fewer than its child.
    chosen = sorted(int(i) for i in order)
    parents = search.parents
    children: dict[int, list[int]] = {i: [] for i in chosen}
    for i in chosen:
        if i != 0 and parents[i] in children:
            children[parents[i]].append(i)
    places: dict[int, tuple[float, int]] = {}
    next_leaf = 0

    def place(node: int, depth: int) -> float:
        nonlocal next_leaf
        below = sorted(children[node], key=lambda i: -int(visits[i]))
        if below:
            x = float(np.mean([place(child, depth + 1) for child in below]))
        else:
            x = float(next_leaf)
            next_leaf += 1
        places[node] = (x, depth)
        return x

    place(0, 0)
    for i in places:
        if i != 0:
            (x0, y0), (x1, y1) = places[parents[i]], places[i]
            width = 0.5 + 4 * visits[i] / visits[0]
            ax.plot([x0, x1], [y0, y1], color="0.75", linewidth=width, zorder=1)
    shown = list(places)
    values = [search.value_sums[i] / visits[i] for i in shown]
    sizes = [60 + 500 * visits[i] / visits[0] for i in shown]
    xs, ys = zip(*(places[i] for i in shown))
    discs = ax.scatter(xs, ys, s=sizes, c=values, cmap="viridis", edgecolors="0.3", zorder=2)
    ax.figure.colorbar(discs, ax=ax, label="mean value, blocks", shrink=0.8)
    game = search.game
    lines = []
    for number, i in enumerate(sorted(shown, key=lambda i: -int(visits[i]))[1 : labels + 1], 1):
        node = search[i]
        assert node.action is not None and node.human_action is not None  # It is not the root.
        ours, theirs = game.describe(node.action), game.describe(node.human_action)
        lines.append(f"{number}  {ours}, human {theirs}: {node.visits} visits")
        ax.text(*places[i], str(number), ha="center", va="center", fontsize=6, color="white")
    root = f"{visits[0]} visits, mean value {search.root.value:.2f}"
    ax.set_title(root, fontsize="medium")
    place_of_text = {"ha": "right", "va": "bottom", "multialignment": "left"}
    ax.text(1.0, 0.0, "\n".join(lines), transform=ax.transAxes, fontsize=8, **place_of_text)
    depth = max(ys)
    ax.set_ylim(depth * (1 + 0.06 * len(lines)) + 0.3, -0.5)  # Room for the text.
    ax.set_axis_off()
    return ax
