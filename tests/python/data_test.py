"""Runs, shards, recorded episodes, recordings of people, evaluations, the program."""

import json
from pathlib import Path

import numpy as np
import pytest

import hod
from conftest import SIZE, uniform

TINY = {
    "game": {"world_size": [6, 6, 6], "horizon": 60},
    "network": {"channels": 8, "blocks": 1},
    "search": {"num_simulations": 2},
    "selfplay": {"games": 4, "fragment_length": 16, "shard_timesteps": 64, "shard_seconds": 0.5},
    "learner": {
        "batch_size": 8,
        "window": 2048,
        "start_timesteps": 64,
        "checkpoint_seconds": 0.3,
        "max_steps": 30,
    },
    "evaluation": {"episodes": 3, "simulations": 2, "threads": 2},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return hod.train(hod.Config(TINY), tmp_path_factory.mktemp("run") / "tiny", quiet=True)


def test_a_run_is_trained_and_opened(run):
    assert run.config == hod.Config(TINY)
    steps = [checkpoint.step for checkpoint in run.checkpoints]
    assert steps == sorted(steps) and run.latest_checkpoint.step == 30
    assert run.latest_checkpoint.network().config["channels"] == 8
    assert hod.Config.of_checkpoint(run.latest_checkpoint.path) == run.config
    metrics = run.metrics()
    assert 1 <= metrics["step"][-1] <= 30 and np.isfinite(metrics["loss"]).all()
    with pytest.raises(FileNotFoundError):
        run.metrics("nobody")
    with pytest.raises(FileNotFoundError, match="not a run directory"):
        hod.Run(run.path / "shards")


def test_metrics_of_mixed_lines(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('{"step": 1, "a": 2.5}\n{"step": 2, "event": "x"}\n{"step": 3, "a"')
    table = hod.read_metrics(path)
    assert table.dtype.names == ("step", "a", "event") and len(table) == 2
    assert table["a"][0] == 2.5 and np.isnan(table["a"][1]) and table["event"][1] == "x"
    path.write_text('{"step": 1}\n[2]\n')
    with pytest.raises(ValueError, match="line 2"):
        hod.read_metrics(path)


def test_frames_of_pandas(run):
    pandas = pytest.importorskip("pandas", reason="pandas (python3-pandas) is not installed")
    frame = run.frame()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["step"].iloc[-1] == run.metrics()["step"][-1]


def test_shards_are_read_lazily_and_replay(run):
    shards = run.shards
    assert len(shards) > 0
    shard = shards[0]
    assert shard.num_timesteps == sum(len(fragment) for fragment in shard)
    fragment = shard[0]
    del shard  # The fragment keeps it.
    steps = fragment.steps
    assert steps.dtype.names[:3] == ("timestep", "human_action", "assistant_action")
    assert len(steps) == len(fragment) <= 16
    game = fragment.game
    assert np.array_equal(fragment.goal, game.goal)
    state = fragment.state(0)
    for t in range(len(fragment)):
        assert state == fragment.state(t) and state.timestep == steps["timestep"][t]
        valid = game.valid_actions(state, 1)
        ids, probabilities = fragment.search_policy(t)
        assert steps["searched"][t] == (len(ids) > 0)
        assert np.isin(ids, valid).all()
        ids, probabilities = fragment.human_policy(t)
        assert probabilities.sum() == pytest.approx(1, abs=1e-3)
        outcome = game.step(state, [steps["human_action"][t], steps["assistant_action"][t]])
        assert steps["reward"][t] == pytest.approx(outcome.rewards[1])
    assert sum(len(rows) for rows in shards.steps()) == sum(s.num_timesteps for s in shards)
    for wrong in (-1, len(fragment) + 1):
        with pytest.raises(IndexError):
            fragment.state(wrong)
    with pytest.raises(IndexError):
        shards[0][10**6]
    damaged = run.path / "damaged.shard"
    damaged.write_bytes(Path(shards.paths[0]).read_bytes()[:-3])
    with pytest.raises(ValueError, match="damaged.shard"):
        hod.Shard(str(damaged))


def test_an_evaluation_is_that_of_the_program(run, tmp_path):
    path = run.latest_checkpoint.path
    ours = hod.evaluate(path, record=tmp_path / "episodes")
    assert ours.report["origin"]["assistant"] == path
    assert hod.Network.load(path).trained_config == hod.Config.of_checkpoint(path)
    report = tmp_path / "report.json"
    hod.call("evaluate", "--assistant", path, "--json", str(report), quiet=True)
    theirs = json.loads(report.read_text())
    assert ours.report["houses"] == theirs["houses"]
    assert ours.report["figures"] == theirs["figures"]
    assert len(ours.houses) == 3
    saved = ours.figures["human_actions"]
    assert saved["alone"].mean == pytest.approx(ours.houses["alone_human_actions"].mean())
    assert saved["alone"].low <= saved["alone"].mean <= saved["alone"].high
    for key, course in ours.courses.items():
        assert course.shape == (3, 31)
        assert (course[:, -1] == ours.houses[key.removesuffix("_course")]).all()

    common = ours.actions_to_percent["alone"] + ours.actions_to_percent["assisted"]
    furthest = (~np.isnan(common)).sum(axis=1) - 1
    for side, actions in ours.actions_to_percent.items():
        assert actions.shape == (3, 101) and (actions[:, 0] == 0).all()
        at_furthest = actions[np.arange(3), furthest].mean()
        equal = ours.figures["human_actions_at_equal_progress"]
        assert equal[side].mean == pytest.approx(at_furthest)

    for mirror in (False, True):
        belief = hod.evaluate("belief:" + path, mirror_images=mirror)
        assert belief.label == "belief:" + path
        hod.call(
            *("evaluate", "--assistant", "belief:" + path, "--json", str(report)),
            *("--set", f"evaluation.mirror_images={str(mirror).lower()}"),
            quiet=True,
        )
        assert belief.report["houses"] == json.loads(report.read_text())["houses"]

    episode = hod.Episode(str(tmp_path / "episodes" / "house-000-assisted.jsonl.gz"))
    assert len(episode) == ours.houses["assisted_timesteps"][0]
    table = episode.table()
    assert len(table) == len(episode) + 1
    percent = ours.houses["assisted_goal_percent"][0]
    assert 100 * table["goal_percentage"][-1] == pytest.approx(percent)
    state = episode.state(0)
    for t, replayed in enumerate(episode.replay()):
        assert replayed == state and replayed.timestep == table["timestep"][t]
        if t < len(episode):
            episode.game.step(state, episode.actions[t])
    with pytest.raises(IndexError):
        episode.state(len(episode) + 1)
    with pytest.raises(ValueError, match="holds 1 episode"):
        hod.Episode(str(tmp_path / "episodes" / "house-000-assisted.jsonl.gz"), 1)
    (same,) = hod.read_episodes(tmp_path / "episodes" / "house-000-assisted.jsonl.gz")
    assert (same.actions == episode.actions).all() and same.state(3) == episode.state(3)
    with pytest.raises(OSError):
        hod.Episode(str(tmp_path / "nothing.jsonl.gz"))
    with pytest.raises(OSError):
        hod.read_episodes(tmp_path / "nothing.jsonl.gz")


def test_evaluations_with_python_functions(config):
    settings = {"episodes": 2, "simulations": 2, "threads": 2}
    small = config.replace({"game.horizon": 15})
    house = np.full((2, 2, 2), 6, np.uint8)

    def lazy(game, player, seed):
        return lambda state: 0

    ours = hod.evaluate(
        uniform, human=lazy, goals=lambda seed: house, config=small, label="clueless", **settings
    )
    assert ours.label == "clueless" and (ours.houses["alone_human_actions"] == 0).all()
    assert (ours.houses["alone_timesteps"] == 15).all()
    assert hod.evaluate(config=small, **settings).label == "noop"
    walker = hod.evaluate(policy="random", config=small, **settings)
    assert walker.label == "random" and walker.houses["assisted_assistant_actions"].sum() > 0

    def broken(positions):
        raise ArithmeticError("no idea")

    with pytest.raises(ArithmeticError, match="no idea"):
        hod.evaluate(broken, config=small, **settings)
    with pytest.raises(KeyError, match="evaluation.houses"):
        hod.evaluate(config=small, houses=3)


def test_a_recorder_writes_what_the_program_verifies(game, tmp_path):
    path = str(tmp_path / "mine.jsonl.gz")
    recorder = hod.Recorder(path, game, game.reset(seed=2))
    rng = np.random.default_rng(1)
    while not recorder.finished:
        state = recorder.state
        recorder.step([rng.choice(game.valid_actions(state, p)) for p in range(2)])
    assert "1 episode" in hod.call("verify", path, quiet=True)
    assert len(hod.Episode(path)) == 40
    with pytest.raises(RuntimeError, match="finished"):
        recorder.step([0, 0])


def test_bootstrap():
    mean, low, high = hod.bootstrap_mean([1.0, 2.0, 3.0], seed=1)
    assert mean == 2 and 1 <= low < 2 < high <= 3
    with pytest.raises(ValueError):
        hod.bootstrap_mean([])


def test_the_program_says_what_is_wrong():
    with pytest.raises(RuntimeError, match="nowhere"):
        hod.call("evaluate", "--assistant", "/nowhere.safetensors", quiet=True)
