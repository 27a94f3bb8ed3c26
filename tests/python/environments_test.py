"""The environments: their interfaces, and that they play by the rules."""

import copy
import inspect
import pickle
import subprocess
import sys
from typing import Any, Dict

import numpy as np
import pytest

import hod
from conftest import SIZE

SETTINGS: Dict[str, Any] = {"world_size": SIZE, "horizon": 12}


def valid(rng, mask):
    return int(rng.choice(np.flatnonzero(mask)))


def play_parallel(env, seed):
    """A whole episode of random valid actions: all it returned, copied."""
    rng = np.random.default_rng(seed)
    observations, infos = env.reset(seed=seed)
    trace = [observations["assistant"]["world"].copy()]
    rewards = []
    while env.agents:
        actions = {a: valid(rng, infos[a]["action_mask"]) for a in env.agents}
        observations, reward, terminated, truncated, infos = env.step(actions)
        trace.append(observations["assistant"]["world"].copy())
        rewards.append(reward)
    assert terminated["human"] != truncated["human"]
    return np.array(trace), rewards


def test_parallel_env_has_the_interface_of_pettingzoo():
    env = hod.parallel_env(**SETTINGS, render_mode="ansi")
    assert env.possible_agents == ["human", "assistant"] and env.agents == []
    observations, infos = env.reset(seed=3)
    assert env.agents == env.possible_agents and env.num_agents == 2 and env.max_num_agents == 2
    for agent in env.agents:
        assert env.observation_space(agent) is env.observation_space(agent)
        assert env.observation_space(agent).contains(observations[agent])
        assert infos[agent]["action_mask"].shape == (env.action_space(agent).n,)
        assert infos[agent]["action_mask"].dtype == np.int8
        assert env.action_space(agent).contains(0)
        assert not env.action_space(agent).contains(env.action_space(agent).n)
    results = env.step({"human": 0, "assistant": 0})
    assert len(results) == 5 and all(set(r) == set(env.possible_agents) for r in results)
    assert observations["human"]["timestep"][0] == 0  # They are not overwritten.
    assert results[0]["human"]["timestep"][0] == 1
    assert isinstance(results[1]["human"], float) and results[2]["human"] is False
    assert env.unwrapped is env and env.close() is None


def test_parallel_env_follows_its_seed_and_ends():
    first, rewards = play_parallel(hod.parallel_env(**SETTINGS), 5)
    env = hod.parallel_env(**SETTINGS)
    env.reset(seed=1)
    second, _ = play_parallel(env, 5)
    third, _ = play_parallel(env, 6)
    assert np.array_equal(first, second) and not np.array_equal(first[0], third[0])
    assert len(rewards) == 12 and not env.agents
    with pytest.raises(RuntimeError, match="reset"):
        env.step({})


def test_parallel_env_agrees_with_the_rules():
    env = hod.parallel_env(**SETTINGS)
    rng = np.random.default_rng(1)
    observations, infos = env.reset(seed=8)
    game, state = env.game, env.game_state()
    for _ in range(12):
        actions = {a: valid(rng, infos[a]["action_mask"]) for a in env.agents}
        observations, rewards, *_, infos = env.step(actions)
        outcome = game.step(state, list(actions.values()))
        assert list(rewards.values()) == pytest.approx(outcome.rewards)
        assert infos["human"]["goal_percentage"] == game.goal_percentage(state)
        for p, agent in enumerate(env.possible_agents):
            assert np.array_equal(observations[agent]["world"], game.observe(state, p))
            assert np.array_equal(infos[agent]["action_mask"], game.action_mask(state, p))
        seen = env.state()
        assert seen in env.state_space
        assert np.array_equal(seen[: 6 * state.blocks.size], game.observe(state, 0).ravel())
        assert seen[-1] == state.timestep
    assert env.game_state() == state


def test_assistant_env_has_the_interface_of_gymnasium():
    env = hod.AssistantEnv(**SETTINGS, human="random", render_mode="rgb_array")
    observation, info = env.reset(seed=2)
    assert env.observation_space.contains(observation)
    assert info["action_mask"].shape == (env.action_space.n,)
    assert not observation["world"][2].any()  # The assistant does not see the goal.
    rng = np.random.default_rng(2)
    for t in range(12):
        observation, reward, terminated, truncated, info = env.step(valid(rng, info["action_mask"]))
        assert isinstance(reward, float) and isinstance(terminated, bool)
        assert env.observation_space.contains(observation) and observation["timestep"] == t + 1
    assert truncated and not terminated
    with pytest.raises(RuntimeError, match="reset"):
        env.step(0)
    picture = env.render()
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
    assert picture.std() > 1
    assert "y=1" in env.render("ansi")


def test_the_human_of_an_assistant_env_builds():
    env = hod.AssistantEnv(world_size=SIZE, horizon=400)
    _, info = env.reset(seed=4)
    total, over = 0.0, False
    while not over:
        _, reward, terminated, truncated, info = env.step(0)
        total += reward
        over = terminated or truncated
    assert info["goal_percentage"] > 0.9 and total > 10


@pytest.mark.parametrize("threads", [1, 3])
def test_vector_env_is_many_assistant_envs(threads):
    seeds = [5, 17, 4, 4]
    env = hod.VectorEnv(4, **SETTINGS, human="random", threads=threads)
    singles = [hod.AssistantEnv(**SETTINGS, human="random") for _ in seeds]
    observations, infos = env.reset(seed=seeds)
    own = [single.reset(seed=seed) for single, seed in zip(singles, seeds)]
    assert env.observation_space.contains(observations)
    assert env.single_observation_space == singles[0].observation_space
    rng = np.random.default_rng(3)
    ended = np.zeros(4, bool)
    for _ in range(30):
        actions = np.array([valid(rng, mask) for mask in infos["action_mask"]])
        observations, rewards, terminated, truncated, infos = env.step(actions)
        assert rewards.dtype == np.float32 and terminated.dtype == bool
        for i, single in enumerate(singles):
            if ended[i]:  # Next-step autoreset: this step began an episode.
                assert rewards[i] == 0 and observations["timestep"][i] == 0
                continue
            observation, reward, term, trunc, info = single.step(int(actions[i]))
            assert np.array_equal(observation["world"], observations["world"][i])
            assert np.array_equal(info["action_mask"], infos["action_mask"][i])
            assert info["human_action"] == infos["human_action"][i]
            assert (reward, term, trunc) == (rewards[i], terminated[i], truncated[i])
        if ended.any():
            break
        ended = terminated | truncated
    assert ended.all()
    assert np.array_equal(observations["world"][2], observations["world"][3])  # Equal seeds.


def test_vector_env_says_how_it_resets_and_takes_one_seed():
    env = hod.VectorEnv(3, **SETTINGS, masks=False)
    mode = env.metadata["autoreset_mode"]
    assert getattr(mode, "value", mode) == "NextStep"
    assert env.num_envs == 3 and env.single_action_space.n == env.action_space.nvec[0]
    first = env.reset(seed=7)[0]["world"].copy()
    assert np.array_equal(first, env.reset(seed=[7, 8, 9])[0]["world"])
    assert "action_mask" not in env.step(np.zeros(3, int))[4]
    assert len(env.render("ansi")) == 3 and env.render() == (None,) * 3
    assert [p.player for p in env.positions()] == [1, 1, 1]


def test_bad_calls_raise_and_change_nothing():
    with pytest.raises(TypeError, match="game.world: no such setting"):
        hod.AssistantEnv(world=3)
    with pytest.raises(ValueError, match="horizon"):
        hod.parallel_env(horizon=0)
    for make in (hod.AssistantEnv, hod.parallel_env, lambda **kwargs: hod.VectorEnv(2, **kwargs)):
        with pytest.raises(ValueError, match="render mode"):
            make(render_mode="human")
    with pytest.raises(TypeError, match="max_cycles"):
        hod.parallel_env(max_cycles=3, horizon=4)
    with pytest.raises(ValueError):
        hod.VectorEnv(0)
    env = hod.VectorEnv(2, **SETTINGS)
    with pytest.raises(RuntimeError, match="reset"):
        env.step(np.zeros(2, int))
    env.reset(seed=1)
    before = env.reset(seed=1)[0]["world"].copy()
    n = env.single_action_space.n
    for actions in ([0], [0, n], [0, -1], [[0, 0]], []):
        with pytest.raises((ValueError, TypeError)):
            env.step(np.array(actions))
    with pytest.raises(TypeError, match="integers"):
        env.step(np.zeros(2))
    with pytest.raises(ValueError, match="seeds"):
        env.reset(seed=[1])
    for wrong, error in ((-1, ValueError), ([1, -1], ValueError), ([1.5, 2], TypeError)):
        with pytest.raises(error, match="seed"):
            env.reset(seed=wrong)
    with pytest.warns(UserWarning, match="goal"):
        env.reset(options={"goal": 1})
    for chosen in (np.ones(3, bool), np.ones(2, int)):
        with pytest.raises((ValueError, TypeError), match="chosen"):
            env.reset(options={"reset_mask": chosen})
    observations = env.step(np.zeros(2, int))[0]
    assert observations["timestep"].tolist() == [[1], [1]]
    views = hod.VectorEnv(2, **SETTINGS, copy=False)
    with pytest.raises(ValueError):
        views.reset()[0]["world"][0] = 1
    assert before.shape == observations["world"].shape
    parallel = hod.parallel_env(**SETTINGS)
    parallel.reset()
    with pytest.raises(ValueError, match="actions of"):
        parallel.step({"human": 0})


def test_environments_that_are_reset_later_have_streams_of_their_own():
    env = hod.VectorEnv(3, **SETTINGS)
    env.reset(options={"reset_mask": [True, False, False]}, seed=5)
    env.reset(options={"reset_mask": [False, True, True]})
    assert len({position.game.goal.tobytes() for position in env.positions()}) == 3


def test_python_functions_as_humans_and_houses():
    class Digger:
        """Breaks the first block it may."""

        def __init__(self, game, player, seed):
            self.game, self.player, self.seen = game, player, []

        def __call__(self, state):
            ids = self.game.valid_actions(state, self.player)
            breaks = [i for i in ids if self.game.unflatten(i)[0] == "break"]
            return {int(breaks[0]): 3.0} if breaks else 0

        def observe(self, state, action):
            self.seen.append((state.timestep, action))

    made = []

    def human(game, player, seed):
        made.append(Digger(game, player, seed))
        return made[-1]

    house = np.full((3, 2, 3), 6, np.uint8)
    env = hod.VectorEnv(2, **SETTINGS, human=human, goals=lambda seed: house, threads=2)
    env.reset(seed=1)
    for _ in range(14):
        infos = env.step(np.zeros(2, int))[4]
    assert len(made) == 4 and [t for t, _ in made[0].seen] == list(range(12))
    assert (infos["human_action"] > 0).any()


def test_exceptions_of_python_functions_come_through():
    def human(game, player, seed):
        def act(state):
            if state.timestep == 2:
                raise ZeroDivisionError("tired")
            return 0

        return act

    env = hod.VectorEnv(3, **SETTINGS, human=human, threads=2)
    env.reset(seed=1)
    env.step(np.zeros(3, int))
    env.step(np.zeros(3, int))
    with pytest.raises(ZeroDivisionError, match="tired"):
        env.step(np.zeros(3, int))
    env.reset(seed=1)  # And all is well again.
    env.step(np.zeros(3, int))

    def homeless(seed):
        raise LookupError("no plot")

    with pytest.raises(LookupError, match="no plot"):
        hod.VectorEnv(2, **SETTINGS, goals=homeless)
    for human, error in [
        (lambda game, player, seed: 3, TypeError),
        (lambda game, player, seed: lambda state: "noop", TypeError),
        (lambda game, player, seed: lambda state: {-1: 1.0}, ValueError),
        (lambda game, player, seed: lambda state: {0: -1.0}, ValueError),
        (lambda game, player, seed: lambda state: np.zeros(3), ValueError),
        (lambda game, player, seed: lambda state: {}, ValueError),
    ]:
        env = hod.VectorEnv(2, **SETTINGS, human=human)
        with pytest.raises(error):
            env.reset(seed=1)
            env.step(np.zeros(2, int))
    with pytest.raises(ValueError, match="unknown"):
        hod.AssistantEnv(**SETTINGS, human="robot").reset()


ENVIRONMENTS = {
    "assistant": lambda **kwargs: hod.AssistantEnv(**SETTINGS, human="heuristic", **kwargs),
    "parallel": lambda **kwargs: hod.parallel_env(**SETTINGS, **kwargs),
    "vector": lambda **kwargs: hod.VectorEnv(3, **SETTINGS, human="heuristic", **kwargs),
}


def still(env):
    """Nobody's action, for an environment of any kind."""
    if isinstance(env, hod.ParallelEnv):
        return {agent: 0 for agent in env.agents}
    return np.zeros(3, int) if isinstance(env, hod.VectorEnv) else 0


def arrays_of(value, name=""):
    """(name, array) of all arrays in nested dictionaries and tuples."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield name, value
    elif isinstance(value, (dict, tuple)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from arrays_of(inner, f"{name}/{key}")


@pytest.mark.parametrize("kind", ENVIRONMENTS)
def test_what_an_environment_gives_stays_as_it_was(kind):
    env = ENVIRONMENTS[kind]()
    kept = [dict(arrays_of(env.reset(seed=1)))]
    kept += [dict(arrays_of(env.step(still(env)))) for _ in range(12)]
    kept.append(dict(arrays_of(env.reset(seed=2))))
    copies = [{name: array.copy() for name, array in arrays.items()} for arrays in kept]
    for _ in range(5):
        env.step(still(env))
    for arrays, copied in zip(kept, copies):
        for name, array in arrays.items():
            assert np.array_equal(array, copied[name]), name
            assert array.flags.writeable, name
    times = [[a for name, a in arrays.items() if "timestep" in name][0].max() for arrays in kept]
    assert times == [*range(13), 0]
    views = ENVIRONMENTS[kind](copy=False)
    (name, first), *_ = arrays_of(views.reset(seed=1))
    views.step(still(views))
    assert not first.flags.writeable and np.shares_memory(
        first, dict(arrays_of(views.reset()))[name]
    )


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("kind", ENVIRONMENTS)
@pytest.mark.parametrize("steps", [None, 0, 5, 12])
def test_a_copy_goes_on_as_the_environment_does(kind, steps, duplicate):
    env = ENVIRONMENTS[kind]()
    if steps is not None:
        env.reset(seed=2**80)
        for _ in range(steps):
            env.step(still(env))
    twin = duplicate(env)
    if steps is None or (steps == 12 and kind != "vector"):
        results = [(e.reset(seed=3 if steps is None else None),) for e in (env, twin)]
    else:
        results = [[e.step(still(e)) for _ in range(6)] for e in (env, twin)]
    ours, theirs = (dict(arrays_of(tuple(result))) for result in results)
    assert ours.keys() == theirs.keys() and ours
    for name, array in ours.items():
        assert np.array_equal(array, theirs[name]), name


def test_a_human_that_does_not_follow_from_its_seed_is_not_copied():
    count = []

    def human(game, player, seed):
        count.append(seed)
        return lambda state: len(count) - 1

    env = hod.AssistantEnv(**SETTINGS, human=human)
    env.reset(seed=1)
    env.step(0)
    with pytest.raises(RuntimeError, match="does not follow from its seed"):
        copy.deepcopy(env)


def test_seeds_of_any_length():
    for make in ENVIRONMENTS.values():
        worlds = [
            dict(arrays_of(make().reset(seed=seed)))
            for seed in (2**64 - 1, 2**64, 2**127 + 5, 2**127 + 5)
        ]
        keys = [key for key in worlds[0] if key.endswith("world") and "human" not in key]
        bodies = [np.concatenate([world[key].ravel() for key in keys]) for world in worlds]
        assert np.array_equal(bodies[2], bodies[3]) and not np.array_equal(bodies[1], bodies[2])


STAND_INS = """
import enum, sys, types

def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)

class Env:
    def reset(self, *, seed=None, options=None):
        self.seeded = seed

class VectorEnv(Env):
    closed = False
class ParallelEnv: pass
class AutoresetMode(enum.Enum):
    NEXT_STEP = "NextStep"
    SAME_STEP = "SameStep"
    DISABLED = "Disabled"

def space(name):
    def init(self, *args, **kwargs):
        self.n = self.spaces = args[0]
        self.args = args
    return type(name, (), {"__init__": init})

spaces = {name: space(name) for name in ("Box", "Dict", "Discrete", "MultiDiscrete")}
module("gymnasium.spaces", **spaces)
module("gymnasium.vector", VectorEnv=VectorEnv, AutoresetMode=AutoresetMode)
vector, spaces_module = sys.modules["gymnasium.vector"], sys.modules["gymnasium.spaces"]
registered = []
def register(id, **kwargs):
    registered.append(id)
module("gymnasium", Env=Env, vector=vector, spaces=spaces_module, register=register)
module("pettingzoo", ParallelEnv=ParallelEnv)

import hod
assert registered == ["hod/Assistant-v0"]
settings = dict(world_size=(6, 6, 7), horizon=12, human="noop")
env = hod.AssistantEnv(**settings)
env.reset(seed=4)
assert isinstance(env, Env) and env.seeded == 4
assert type(env.action_space) is spaces["Discrete"]
vector = hod.VectorEnv(2, **settings)
vector.reset(seed=1)
assert isinstance(vector, VectorEnv)
assert vector.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
assert type(vector.single_observation_space) is spaces["Dict"]
del settings["human"]
assert isinstance(hod.parallel_env(**settings), ParallelEnv)
"""


def test_base_classes_are_those_of_packages_that_are_there():
    """With stand-ins for Gymnasium and PettingZoo: theirs are used where they can be imported."""
    subprocess.run([sys.executable, "-P", "-c", STAND_INS], check=True)


def test_signatures_are_those_of_gymnasium_and_pettingzoo():
    def parameters(function):
        return list(inspect.signature(function).parameters)[1:]

    assert parameters(hod.AssistantEnv.reset) == ["seed", "options"]
    assert parameters(hod.AssistantEnv.step) == ["action"]
    assert parameters(hod.VectorEnv.reset) == ["seed", "options"]
    assert parameters(hod.VectorEnv.step) == ["actions"]
    assert parameters(hod.ParallelEnv.reset) == ["seed", "options"]
    assert parameters(hod.ParallelEnv.step) == ["actions"]
    for name in ("observation_space", "action_space"):
        assert parameters(getattr(hod.ParallelEnv, name)) == ["agent"]
    for cls, names in [
        (hod.AssistantEnv, "metadata render_mode spec observation_space action_space render close"),
        (hod.VectorEnv, "metadata num_envs single_observation_space single_action_space close"),
        (hod.ParallelEnv, "metadata agents possible_agents num_agents max_num_agents render close"),
    ]:
        env = {
            hod.AssistantEnv: lambda: hod.AssistantEnv(**SETTINGS),
            hod.VectorEnv: lambda: hod.VectorEnv(2, **SETTINGS),
            hod.ParallelEnv: lambda: hod.parallel_env(**SETTINGS),
        }[cls]()
        for name in names.split():
            assert hasattr(env, name), name


def test_spaces_without_gymnasium():
    spaces = hod.spaces
    box = spaces.Box(0, 5, (2, 3), np.uint8)
    box.seed(1)
    sample = box.sample()
    assert sample in box and sample.dtype == np.uint8
    assert np.full((2, 3), 6, np.uint8) not in box and sample.astype(float) not in box
    assert box == spaces.Box(0, 5, (2, 3), np.uint8) != spaces.Box(0, 4, (2, 3), np.uint8)
    discrete = spaces.Discrete(4)
    mask = np.array([0, 0, 1, 0], np.int8)
    assert discrete.sample(mask) == 2
    assert 3 in discrete and 4 not in discrete and 0.5 not in discrete
    multi = spaces.MultiDiscrete([2, 3])
    assert multi.sample() in multi and np.array([2, 0]) not in multi
    both = spaces.Dict({"a": box, "b": discrete})
    both.seed(3)
    first = both.sample()
    both.seed(3)
    again = both.sample()
    assert first in both and np.array_equal(first["a"], again["a"]) and {"a": sample} not in both
