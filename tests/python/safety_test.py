"""Nothing crashes the interpreter: owners of views go first, arrays are abused, threads meet.
docs/python.md says how to run these under AddressSanitizer."""

import copy
import gc
import pickle
import random
import subprocess
import sys
import threading

import numpy as np
import pytest

import hod
from hod import _hod
from conftest import SIZE, uniform

SETTINGS = {"world_size": SIZE, "horizon": 12}


def churn():
    """Frees what nobody holds, and writes over it."""
    gc.collect()
    return [np.full(5000, 255, np.uint8) for _ in range(200)]


def views():
    """(name, view) of every kind, whose owners nobody holds any longer."""
    config = hod.Config({"game": {"world_size": SIZE, "horizon": 40}})
    game = hod.Game(config, hod.Goals("generated", config, seed=3).get(0)[1])
    state = game.reset(seed=1)
    network = hod.Network.initial({"channels": 8, "blocks": 1}, precision="float32")
    position = hod.Position(game, state)
    prediction = network.evaluate([position])[0]
    search = hod.run_search(game, state, 1, network, num_simulations=20)
    child = search.root.children[0]
    env = hod.VectorEnv(3, **SETTINGS, human="noop", copy=False)
    observations, infos = env.reset(seed=1)
    infos = {key: value for key, value in infos.items() if not key.startswith("_")}
    yield "goal", game.goal
    for name in ("blocks", "last_interacted", "interacted_at", "broken", "feet"):
        yield name, getattr(state, name)
    yield "parameters", network.parameters["stem.weight"]
    yield "valid_actions", position.valid_actions
    for name in ("policy", "goal_logits", "human_ids", "human_probabilities"):
        yield name, getattr(prediction, name)
    for name in ("parents", "visits", "value_sums", "rewards"):
        yield name, getattr(search, name)
    for name in ("action_ids", "human_ids", "belief_locations", "belief_logits"):
        yield f"root.{name}", getattr(search.root, name)
        yield f"child.{name}", getattr(child, name)
    yield from observations.items()
    yield from infos.items()


def test_views_keep_their_owners_alive():
    kept = dict(views())
    copies = {name: view.copy() for name, view in kept.items()}
    for _ in range(3):
        churn()
    for name, view in kept.items():
        assert not view.flags.owndata and view.size > 0, name
        assert np.array_equal(view, copies[name]), name


def test_views_cannot_be_written_or_resized():
    for name, view in views():
        assert not view.flags.writeable, name
        with pytest.raises(ValueError):
            view[...] = 0
        with pytest.raises(ValueError):
            view.resize((1,), refcheck=False)
        with pytest.raises(ValueError):
            view.flags.writeable = True


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_collection(seed, game, network):
    held = []
    rng = random.Random(seed)
    for i in range(20):
        state = game.reset(seed=i)
        search = hod.run_search(game, state, 1, uniform if i % 2 else network, num_simulations=6)
        env = hod.AssistantEnv(**SETTINGS, human=lambda g, p, s: lambda state: 0)
        env.reset(seed=i)
        env.step(0)
        held += [search.root, search.visits, search.root.children, search, env, env.state(), state]
        held += [env.game, hod.Position(game, state), search.root.belief_logits]
        rng.shuffle(held)
        del held[rng.randrange(len(held)) :]
        gc.collect()


def test_a_policy_may_keep_what_it_is_given():
    kept = []

    def human(game, player, seed):
        kept.append(game)

        def act(state):
            kept.append((state, state.blocks))
            return 0

        return act

    env = hod.VectorEnv(4, **SETTINGS, human=human, threads=3)
    env.reset(seed=1)
    for _ in range(15):
        env.step(np.zeros(4, int))
    del env
    churn()
    for item in kept:
        if isinstance(item, tuple):
            state, blocks = item
            assert np.array_equal(state.blocks, blocks) and blocks.max() < 10
        else:
            item.reset(seed=1)


def test_one_thread_at_a_time_steps_a_batch():
    config = hod.Config({"game": SETTINGS})
    batch = _hod.EnvBatch(config, "generated", list(range(64)), threads=2)
    batch.reset()
    outcomes = []
    actions = np.zeros((64, 2), int)

    def work():
        for _ in range(60):
            try:
                batch.step(actions)
                batch.state(3)
                outcomes.append("stepped")
            except RuntimeError as error:
                assert "another thread" in str(error)
                outcomes.append("refused")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 240 and outcomes.count("stepped") > 0
    batch.reset()
    batch.step(actions)


def test_environments_of_their_own_on_many_threads(network):
    failures = []

    def work(seed):
        try:
            env = hod.VectorEnv(4, **SETTINGS, human="heuristic", threads=2)
            env.reset(seed=seed)
            for _ in range(10):
                env.step(np.zeros(4, int))
                network.evaluate(env.positions())
        except Exception as error:  # pylint: disable=broad-except
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_function_may_use_the_package_again(game, played, network):
    env = hod.AssistantEnv(**SETTINGS)
    env.reset(seed=1)

    def evaluator(positions):
        env.reset()
        env.step(0)
        hod.run_search(game, played, 1, network, num_simulations=2)
        return network.evaluate(positions)

    assert hod.run_search(game, played, 1, evaluator, num_simulations=4).num_simulations == 4

    def human(game, player, seed):
        def act(state):
            with pytest.raises(RuntimeError, match="another thread"):
                batch.step(np.zeros((2,), int))
            return 0

        return act

    batch = _hod.EnvBatch(hod.Config({"game": SETTINGS}), "generated", [1, 2], human=human)
    batch.reset()
    batch.step(np.zeros(2, int))


def test_objects_are_made_by_the_package_alone(game, played, network):
    for cls in (hod.State, hod.Node, hod.Search, hod.StepOutcome, hod.Fragment, hod.PeopleEpisode):
        with pytest.raises(TypeError, match="No constructor"):
            cls()
    search = hod.run_search(game, played, 1, network, num_simulations=4)
    for thing in (search, search.root, hod.Position(game, played)):
        with pytest.raises(TypeError):
            copy.copy(thing)
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_arguments_of_any_kind_raise(game, played, network):
    odd = [None, "x", -1, 2**70, 1.5, b"", [], {}, object(), np.zeros(0), np.array("x")]
    odd += [game, played, [None], hod.Config()]
    rng = random.Random(3)
    functions = [
        game.step, game.observe, game.action, game.begin, game.describe, game.unflatten,
        game.valid_actions, hod.draw_world, hod.draw_frame, hod.state_text, hod.features,
        hod.run_search, hod.Position, hod.Game, hod.Goals, hod.HumanModel, hod.Episode, hod.Shard,
        hod.Network, hod.Config, hod.EnvBatch, network.evaluate, hod.generate_house,
        hod.bootstrap_mean, hod.Recorder, _hod.read_safetensors, _hod.write_safetensors,
    ]  # fmt: skip
    for function in functions:
        for count in range(5):
            for _ in range(12):
                arguments = [rng.choice(odd) for _ in range(count)]
                try:
                    function(*arguments)
                except Exception:  # pylint: disable=broad-except
                    pass
    assert sys.getrefcount(None) > 0


def test_arrays_of_any_layout(game, played):
    config = hod.Config({"game": {"world_size": SIZE}})
    goal = np.asfortranarray(game.goal)
    assert np.array_equal(hod.Game(config, goal).goal, game.goal)
    reversed_ = game.goal[::-1, ::-1, ::-1]
    assert np.array_equal(hod.Game(config, reversed_).goal, reversed_)
    feet = np.asfortranarray(played.feet)
    assert np.array_equal(game.begin(played.blocks, feet).feet, played.feet)
    swapped = game.goal.astype(">u1")
    assert np.array_equal(hod.Game(config, swapped).goal, game.goal)


NO_THREADS = """
import os, resource
import numpy as np
import hod

resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
if os.getuid() == 0:  # The limit is not for root.
    os.setuid(65534)
settings = {"game.world_size": [6, 6, 7], "game.horizon": 5}
for threads in (1, 3):
    try:
        hod.evaluate(human="noop", config=hod.Config(settings), episodes=1, threads=threads)
        print(threads, "done")
    except OSError as error:
        print(threads, error)
"""


def test_threads_that_cannot_be_started_are_an_error():
    ended = subprocess.run(
        [sys.executable, "-c", NO_THREADS], capture_output=True, text=True, check=True
    )
    done, failed = ended.stdout.splitlines()
    assert done == "1 done"
    assert failed.startswith("3 only 1 of 3 threads: cannot start a thread: Resource temporarily")
