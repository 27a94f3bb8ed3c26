"""Pictures: that they are drawn, of what they should be, and refuse what they cannot draw."""

import numpy as np
import pytest

import hod

plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed")


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def pixels(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)


def test_the_engine_draws_what_is_there(game, played):
    empty = hod.draw_world(np.zeros_like(game.goal))
    full = hod.draw_world(game.goal)
    assert empty.dtype == np.uint8 and empty.shape == full.shape
    assert (empty == empty[0, 0]).all() and full.std() > 5
    ghost = hod.draw_world(np.zeros_like(game.goal), game.goal)
    faint = hod.draw_world(
        np.zeros_like(game.goal), game.goal, opacity=np.full(game.goal.shape, 0.1, np.float32)
    )
    sky = empty[0, 0].astype(int)
    assert 0 < np.abs(faint - sky).sum() < np.abs(ghost - sky).sum() < np.abs(full - sky).sum()
    with_players = hod.draw_world(game.goal, feet=played.feet)
    assert (with_players != full).any()
    assert (hod.draw_world(game.goal, corner="low") != full).any()
    for wrong in (
        {"goal": game.goal[1:]},
        {"opacity": np.full(game.goal.shape, 2, np.float32)},
        {"feet": np.array([[0, 0, 99]])},
        {"corner": "left"},
        {"tile": 3},
    ):
        with pytest.raises(ValueError):
            hod.draw_world(game.goal, **wrong)
    with pytest.raises(TypeError):
        hod.draw_world(game.goal.astype(float))
    assert hod.draw_frame(game, played, both_corners=True).shape[1] > full.shape[1]
    assert "human" in hod.state_text(game, played)
    with pytest.raises(ValueError, match="ghost"):
        hod.draw_frame(game, played, goal="all")


def test_worlds_and_beliefs(game, played, network):
    ax = hod.plot.state(game, played)
    assert f"step {played.timestep}" in ax.get_title()
    prediction = network.evaluate([hod.Position(game, played)])[0]
    figure = hod.plot.belief(played, prediction, title="a belief")
    assert pixels(figure).std() > 5
    slices = hod.plot.entropy_slices(prediction)
    bits = hod.entropy(hod.posterior(prediction.goal_logits))
    shown = [ax.images[0].get_array() for ax in slices.axes if ax.images]
    assert len(shown) >= game.size[1] - 1
    assert np.allclose(shown[0], bits[:, 1].T)


def test_probable_blocks_are_as_opaque_as_probable(game, monkeypatch):
    state = game.reset(seed=1)
    voxel = (2, 3, 2)
    planks = hod.BLOCK_NAMES.index("planks")
    logits = np.zeros((10, *game.size), np.float32)
    logits[0] = 20  # Air everywhere,
    logits[:, :, :2][state.blocks[:, :2], *np.indices(state.blocks[:, :2].shape)] = 40
    logits[(planks, *voxel)] = 20 + np.log(3)  # but planks here, with probability 3/4.
    prediction = hod.Prediction(
        policy=np.ones(1, np.float32), value=0, goal_logits=logits, human_policy={0: 1.0}
    )
    drawn = {}

    def draw(blocks, goal, feet, opacity):
        drawn.update(goal=goal, opacity=opacity)
        return np.zeros((2, 2, 3), np.uint8)

    monkeypatch.setattr(hod._hod, "draw_world", draw)
    hod.plot.probable_blocks(state, prediction)
    different = np.argwhere(drawn["goal"] != state.blocks)
    assert different.tolist() == [list(voxel)]
    assert drawn["goal"][voxel] == planks and drawn["opacity"][voxel] == pytest.approx(0.75)


def test_episodes_and_trees(game, played, network, tmp_path):
    path = str(tmp_path / "e.jsonl.gz")
    recorder = hod.Recorder(path, game, game.reset(seed=2))
    while not recorder.finished:
        recorder.step([0, 0])
    figure = hod.plot.filmstrip(hod.Episode(path), steps=[0, 10, 40])
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:4] == ["step 0, 0% of the goal", "step 10, 0% of the goal",
                          "step 40, 0% of the goal", "the goal"]  # fmt: skip
    search = hod.run_search(game, played, 1, network, num_simulations=50)
    ax = hod.plot.search_tree(search, nodes=15, labels=3)
    assert [text.get_text() for text in ax.texts[:3]] == ["1", "2", "3"]
    child = search.root.children[0]
    first = f"1  {search.game.describe(child.action)}, human "
    assert ax.texts[3].get_text().startswith(first)
    assert len(ax.collections[0].get_offsets()) == 15


def test_comparisons(config):
    small = config.replace({"game.horizon": 10})
    evaluations = [
        hod.evaluate(policy=policy, config=small, episodes=2, threads=1, label=policy)
        for policy in ("noop", "random")
    ]
    figure = hod.plot.comparison(evaluations, ["timesteps", "assistant_actions"])
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["human alone", "noop", "random"]
    lines = figure.axes[1].lines
    assert lines[5].get_xdata() == evaluations[1].figures["assistant_actions"]["assisted"].mean
