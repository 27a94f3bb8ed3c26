"""What notebooks show."""

import base64
import io
import re

import numpy as np
import pytest

import hod
from conftest import uniform

image = pytest.importorskip("PIL.Image", reason="Pillow (python3-pil) is not installed")


def pixels(data):
    return np.asarray(image.open(io.BytesIO(data)))


def test_worlds_and_games_are_pictures(game, played):
    expected = hod.draw_world(played.blocks, feet=played.feet)
    assert np.array_equal(pixels(played._repr_png_()), expected)
    assert np.array_equal(pixels(game._repr_png_()), hod.draw_world(game.goal))
    for thing in (played, game):
        inside = re.search('base64,([^"]*)', thing._repr_html_())
        assert base64.b64decode(inside[1]) == thing._repr_png_()
    assert "timestep 20" in played._repr_html_()


def test_a_search_is_a_picture_and_a_table(game, played):
    search = hod.run_search(game, played, 1, uniform, num_simulations=8, noise_weight=0)
    assert pixels(search._repr_png_()).ndim == 3
    shown = search._repr_html_()
    best = search.root.actions()["visits"].argmax()
    assert game.describe(int(search.root.actions()["id"][best])) in shown
    assert "8 simulations" in shown and shown.count("<tr>") <= 11


def test_an_evaluation_is_a_table_and_a_picture(config):
    settings = {"episodes": 2, "simulations": 2, "threads": 1}
    evaluation = hod.evaluate(
        config=config.replace({"game.horizon": 5}), human="noop", label="<none>", **settings
    )
    shown = evaluation._repr_html_()
    assert "&lt;none&gt;" in shown and "human_actions" in shown
    plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed")
    assert pixels(evaluation._repr_png_()).std() > 1
    assert not plt.get_fignums()
