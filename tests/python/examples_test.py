"""The worked examples of docs/examples run, with settings that take seconds."""

import runpy
from pathlib import Path

import pytest

import hod

plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed")

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    settings = {
        "game": {"world_size": [7, 7, 7], "horizon": 120},
        "network": {"channels": 8, "blocks": 1},
        "search": {"num_simulations": 2},
        "selfplay": {"games": 4, "shard_timesteps": 64, "shard_seconds": 0.5},
        "learner": {"batch_size": 8, "start_timesteps": 64, "max_steps": 20},
    }
    return hod.train(hod.Config(settings), tmp_path_factory.mktemp("run"), quiet=True)


@pytest.mark.parametrize("name", ["train_and_plot", "belief", "human_model", "compare"])
def test_example(name, run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOD_RUN", str(run.path))
    monkeypatch.setenv("OUT", str(tmp_path / "out"))
    monkeypatch.setenv("STEPS", "20")
    monkeypatch.setenv("EPISODES", "2")
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert plt.get_fignums()
    plt.close("all")


def test_rendering(tmp_path):
    render = runpy.run_path(str(EXAMPLES / "render.py"))
    script = tmp_path / "docs" / "examples" / "tiny.py"
    script.parent.mkdir(parents=True)
    script.write_text(
        "# %% [markdown]\n# # Title\n#\n# Text.\n# %%\nimport matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\nprint('drawn')\n# %%\nprint(2)\n"
    )
    render["render"](script)
    text = script.with_suffix(".md").read_text()
    assert "# Title\n\nText.\n\n```python" in text and "```text\ndrawn\n```" in text
    assert "![](../images/examples/tiny-1.png)" in text and "```text\n2\n```" in text
    assert (tmp_path / "docs" / "images" / "examples" / "tiny-1.png").stat().st_size > 1000
