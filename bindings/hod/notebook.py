"""How notebooks show worlds, games, searches and evaluations: pictures and tables."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray

from hod import _hod

_MOST_VISITED = 10


def png(image: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 [height, width, 3]."""
    height, width, _ = image.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # Each begins with its filter: none.
    rows[:, 1:] = image.reshape(height, 3 * width)

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows.tobytes())
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def figure(image: bytes, caption: str) -> str:
    """HTML of a PNG file above a caption."""
    data = base64.b64encode(image).decode()
    return (
        f'<figure><img src="data:image/png;base64,{data}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table of text."""
    cells = "".join(f"<th>{html.escape(text)}</th>" for text in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _state_png(state: _hod.State) -> bytes:
    return png(_hod.draw_world(state.blocks, feet=state.feet))


def _state_html(state: _hod.State) -> str:
    return figure(_state_png(state), f"timestep {state.timestep}")


def _game_png(game: _hod.Game) -> bytes:
    return png(_hod.draw_world(game.goal))


def _game_html(game: _hod.Game) -> str:
    w, h, d = game.size
    return figure(_game_png(game), f"goal of a game in a world of {w} x {h} x {d} voxels")


def _search_png(search: _hod.Search) -> bytes:
    return png(_hod.draw_frame(search.game, search.root.state()))


def _search_html(search: _hod.Search) -> str:
    actions = search.root.actions()
    order = np.argsort(-actions["visits"], kind="stable")[:_MOST_VISITED]
    rows = [
        (
            search.game.describe(int(row["id"])),
            str(row["visits"]),
            f"{row['prior']:.3f}",
            "" if np.isnan(row["value"]) else f"{row['value']:.2f}",
        )
        for row in actions[order]
    ]
    caption = f"{search.num_simulations} simulations, root value {search.root_value:.2f}"
    head = ("action", "visits", "prior", "value")
    return figure(_search_png(search), caption) + table(head, rows)


def install() -> None:
    """Gives the classes the methods that IPython calls."""
    methods: list[tuple[Any, Any, Any]] = [
        (_hod.State, _state_png, _state_html),
        (_hod.Game, _game_png, _game_html),
        (_hod.Search, _search_png, _search_html),
    ]
    for cls, to_png, to_html in methods:
        cls._repr_png_ = to_png
        cls._repr_html_ = to_html
