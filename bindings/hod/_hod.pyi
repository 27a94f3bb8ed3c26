"""The engine of Hod as pybind11 binds it. Made from the module by bindings/stubs.py."""

import os
from typing import Any, Callable, ClassVar, Iterator, Optional, Sequence, Union

import numpy
from numpy.typing import NDArray

_Policy = tuple[NDArray[numpy.int32], NDArray[numpy.float32]]
_GoalSpec = Union[str, Callable[[int], NDArray[Any]]]
_HumanPolicy = Callable[[State], Union[int, dict[int, float], NDArray[Any]]]
_HumanSpec = Union[str, os.PathLike[str], Callable[[Game, int, int], _HumanPolicy]]
_Evaluator = Union[Network, Callable[[list[Position]], Sequence[Prediction]]]

__version__: str

git_revision: str

class Config:
    """Every setting of a run: game, network, search, self-play, learner,
    evaluation. docs/configuration.md lists the keys, which `keys()` gives, too.

        hod.Config({"game.world_size": [7, 7, 7], "search": {"num_simulations": 50}})

    A value, not changed once made; see `replace`. KeyError for an unknown key, ValueError for a value
    out of range."""

    def __init__(self, settings: dict[str, Any] = {}) -> None:
        ...

    @staticmethod
    def load(path: Union[str, os.PathLike[str]], settings: dict[str, Any] = {}) -> Config:
        """A TOML file over the defaults, and `settings` over both."""

    @staticmethod
    def parse(toml: str) -> Config:
        """The text of a TOML file over the defaults."""

    @staticmethod
    def of_checkpoint(path: Union[str, os.PathLike[str]]) -> Config:
        """What the checkpoint at `path` was trained with."""

    def replace(self, settings: dict[str, Any]) -> Config:
        """The same but for `settings`."""

    def __getitem__(self, key: str) -> Any:
        ...

    @staticmethod
    def keys() -> list[str]:
        """All keys, such as "search.gamma"."""

    def to_toml(self) -> str:
        """Text that `parse` reads back to the same settings."""

    def __eq__(self, arg0: object) -> bool:
        ...

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __repr__(self) -> str:
        ...

def describe_settings() -> str:
    """A Markdown table of all settings: key, default, what is expected, meaning."""

class State:
    """Everything that changes during an episode.

    Arrays are read-only views of the engine's memory: they show what `Game.step` makes of the state,
    and keep it alive. `copy()` is independent."""

    @property
    def blocks(self) -> NDArray[numpy.uint8]:
        """uint8 [w, h, d]: block ids, indices of BLOCK_NAMES."""

    @property
    def last_interacted(self) -> NDArray[numpy.int8]:
        """int8 [w, h, d]: the player who last placed or broke here, or -1."""

    @property
    def interacted_at(self) -> NDArray[numpy.int32]:
        """int32 [w, h, d]: the timestep of that, or -1."""

    @property
    def broken(self) -> NDArray[numpy.uint16]:
        """uint16 [players, w, h, d]: bit b is set where the player has ever broken block b."""

    @property
    def feet(self) -> NDArray[numpy.int32]:
        """int32 [players, 3]: the voxel (x, y, z) of each player's feet."""

    @property
    def inventories(self) -> NDArray[numpy.int32]:
        """int32 [players, 10], a copy: blocks that each player carries."""

    @property
    def timestep(self) -> int:
        ...

    @property
    def num_matches(self) -> int:
        """Voxels equal to the goal."""

    def copy(self) -> State:
        ...

    def __copy__(self) -> State:
        ...

    def __deepcopy__(self, arg0: dict[str, Any]) -> State:
        ...

    def __eq__(self, arg0: object) -> bool:
        ...

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __repr__(self) -> str:
        ...

class StepOutcome:
    """What a step came to."""

    @property
    def rewards(self) -> NDArray[numpy.float64]:
        """float64 [players]: own and total, mixed by own_reward_prop."""

    @property
    def had_effect(self) -> NDArray[numpy.bool_]:
        """bool [players]: whether the action changed anything."""

    @property
    def correct(self) -> NDArray[numpy.bool_]:
        """bool [players]: it did, and did not lower the similarity to the goal."""

    @property
    def goal_similarity(self) -> int:
        """Voxels equal to the goal."""

    @property
    def goal_completed(self) -> bool:
        ...

    @property
    def horizon_reached(self) -> bool:
        ...

    @property
    def no_progress(self) -> bool:
        ...

    @property
    def done(self) -> bool:
        ...

BLOCK_NAMES: list[str]

ACTION_TYPES: list[str]

class Game:
    """The rules of the game for one goal (docs/rules.md).

    Actions are flat ids, from 0 to `num_actions` - 1. Players are numbered: 0 is the human and 1 the
    assistant in games made here."""

    def __init__(self, config: Config, goal: NDArray[Any], global_timestep: int = 0) -> None:
        """`goal` is uint8 [w, h, d]; `global_timestep` fixes the reward schedules."""

    @property
    def goal(self) -> NDArray[numpy.uint8]:
        """uint8 [w, h, d], a view."""

    @property
    def size(self) -> tuple[int, int, int]:
        """(w, h, d) in voxels; h is up."""

    @property
    def num_players(self) -> int:
        ...

    @property
    def num_actions(self) -> int:
        ...

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the game, in the keys of recorded traces."""

    def action(self, type: str, location: Union[int, Sequence[int]] = 0, block: int = 0) -> int:
        """The flat id of an action: `type` of ACTION_TYPES, `location` (x, y, z) or its flat index,
        `block` an index of BLOCK_NAMES."""

    def describe(self, action: int) -> str:
        """In words: "places planks at 3,2,4"."""

    def unflatten(self, action: int) -> tuple[str, tuple[int, int, int], int]:
        """(type, (x, y, z), block) of a flat id; 0 where of no use."""

    def reset(self, seed: int = 0) -> State:
        """The start of an episode: an empty world."""

    def begin(self, blocks: NDArray[Any], feet: NDArray[Any], timestep: int = 0) -> State:
        """An episode that starts from a world: `blocks` is uint8 [w, h, d], `feet` integers
        [players, 3]."""

    def step(self, state: State, actions: Union[Sequence[int], NDArray[Any]]) -> StepOutcome:
        """Plays one action per player, in place. One that breaks the rules has no effect."""

    def valid_actions(self, state: State, player: int, line_of_sight: bool = True) -> NDArray[numpy.int32]:
        """int32 [k]: flat ids of what the player may do, ascending."""

    def action_mask(self, state: State, player: int, line_of_sight: bool = True) -> NDArray[numpy.uint8]:
        """The same as uint8 [num_actions], 0 or 1."""

    def observe(self, state: State, player: int) -> NDArray[numpy.uint8]:
        """uint8 [6, w, h, d]: what the player sees (docs/rules.md, Section 2)."""

    def goal_percentage(self, state: State, player: int = 0) -> float:
        """Share of the goal that stands: 1 when it is complete, negative if worse than at the start."""

class Goals:
    """Goals for the games of one config.

    `spec` is "generated", "npy:DIR", "set:DIR", "altered:SPEC" (docs/houses.md), or a function of a
    seed that returns uint8 [w, h, d]: a house of at most (w-2, h-2, d-2) voxels, which is put in a
    random place, or a whole world."""

    def __init__(self, spec: _GoalSpec, config: Config, seed: int = 0) -> None:
        ...

    @property
    def size(self) -> Optional[int]:
        """How many different goals there are; None if unlimited."""

    def get(self, index: int) -> tuple[str, NDArray[numpy.uint8]]:
        """(name, uint8 [w, h, d]) of goal number `index`, always the same."""

    def sample(self, seed: int) -> tuple[str, NDArray[numpy.uint8]]:
        """(name, uint8 [w, h, d]) of a random goal."""

def generate_house(size: tuple[int, int, int], seed: int) -> NDArray[numpy.uint8]:
    """A procedural house, uint8 [w, h, d]."""

class HumanModel:
    """A model of one player in one episode.

    `spec` is one of

      heuristic: builds the goal as people do, with tastes, pauses, slips and repairs, in a style drawn from the seed
      layers: completes the lowest unfinished layer before the next, each in one sweep along x, to and fro along z
      lowest: builds the lowest block that is wrong; among several, the nearest
      mirror: builds the half of the goal with low x, then its mirror image; where it does not see the goal, copies what others build to the other side of the world
      noop: never does anything
      random: takes any valid action, with equal probabilities
      posterior:GOALS: an assistant that knows all houses of a source and their places, weighs them by what the human builds, and carries out what they agree on
      FILE.safetensors: a network that acts by its policy: a checkpoint, a clone of people, or a file of hod weights import
      FILE.toml: a human file: a network that searches, the heuristic builder in a style, or a mixture of humans

    or a function of (game, player, seed). That returns a policy: a function of a state that returns the
    next action as a flat id, as {flat id: probability}, or as an array [num_actions] of probabilities,
    which may have any positive sum. If the policy has a method `observe(state, action)`, it is told
    what was played in which state."""

    def __init__(self, spec: _HumanSpec, game: Game, player: int = 0, seed: int = 0) -> None:
        ...

    def next_action(self, state: State) -> _Policy:
        """(int32 [k] flat ids, float32 [k] probabilities), the same until `observe`."""

    def sample(self, state: State, seed: int) -> int:
        """An action drawn from that."""

    def observe(self, state: State, action: int) -> None:
        """Tells the model what was played in `state`."""

class EnvBatch:
    """Episodes side by side, stepped together (env/batch/env_batch.h).

    Without `human`, actions are integers [n, players] and P = players; with a human model, they are
    those of the assistant, [n], and P = 1: arrays hold what it sees. The arrays are the same for the
    whole life of the batch, and reset() and step() overwrite them: copy what is to be kept.

    Autoreset is "next step": the step after the last of an episode ignores its actions, starts a new
    episode and gives no rewards. `restart` before that step starts it earlier. One thread at a time may
    use a batch; the GIL is released.

    Copies and pickles play the present episodes again, so that they go on in the same way; human models
    and goals have to follow from their seeds."""

    def __init__(self, config: Config, goals: _GoalSpec, seeds: Sequence[int], threads: int = 1, human: Optional[_HumanSpec] = None, masks: bool = True) -> None:
        ...

    def reset(self, seeds: Optional[Sequence[int]] = None) -> None:
        """Starts new episodes, those of `seeds` if given."""

    def restart(self, chosen: NDArray[Any], seeds: Optional[Sequence[int]] = None) -> None:
        """Starts new episodes where `chosen`, bool [n], is true, those of `seeds`, [n], if given.
        Rewards, terminated and truncated stay as the last step left them."""

    def step(self, actions: NDArray[Any]) -> None:
        ...

    @property
    def num_envs(self) -> int:
        ...

    @property
    def num_actions(self) -> int:
        ...

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Read-only views of what the engine writes, by name:

        observations      uint8 [n, P, 6, w, h, d] (docs/rules.md, Section 2)
        masks             uint8 [n, P, num_actions]: 1 for valid actions, with line of sight; if asked for
        inventories       int32 [n, P, 10]: blocks carried
        timesteps         int32 [n]
        rewards           float32 [n, P]
        terminated        bool [n]: the goal stands
        truncated         bool [n]: the horizon is reached, or there is no progress
        goal_percentages  float64 [n]: share of the goal that stands, 1 when complete
        actions           int32 [n, players]: those of the last step, the human's among them"""

    def time_steps(self, actions: NDArray[Any]) -> float:
        """For hod.bench: seconds that C++ alone takes for steps of integers [steps, n, players]."""

    def game(self, index: int) -> Game:
        """A copy."""

    def state(self, index: int) -> State:
        """A copy."""

class Position:
    """A position to evaluate, seen by `player`; it keeps a copy of `state`."""

    def __init__(self, game: Game, state: State, player: int = 1) -> None:
        ...

    @property
    def game(self) -> Game:
        ...

    @property
    def state(self) -> State:
        ...

    @property
    def player(self) -> int:
        ...

    @property
    def valid_actions(self) -> NDArray[numpy.int32]:
        """int32 [k]: flat ids of what the player may do, ascending, with line of sight; none where
        the game is over."""

class Prediction:
    """What a network predicts of a position. Arrays are views.

    Made from `policy`, float32 [k], the prior of each valid action; `value`; `goal_logits`, float32
    [10, w, h, d]; and `human_policy`, {flat id: probability} or float32 [num_actions]. Probabilities
    may have any positive sum."""

    def __init__(self, *, policy: NDArray[Any], value: float, goal_logits: NDArray[Any], human_policy: Any) -> None:
        ...

    @property
    def policy(self) -> NDArray[numpy.float32]:
        """float32 [k]: prior over the position's valid actions."""

    @property
    def value(self) -> float:
        """Expected discounted return, in blocks."""

    @property
    def goal_logits(self) -> NDArray[numpy.float32]:
        """float32 [10, w, h, d]: goal posterior of every voxel, unnormalised."""

    @property
    def human_ids(self) -> NDArray[numpy.int32]:
        """int32 [j]: flat ids of what the human may do next, ascending."""

    @property
    def human_probabilities(self) -> NDArray[numpy.float32]:
        """float32 [j]"""

class Network:
    """A network (models/network.h).

    Evaluating computes on the calling thread alone, without the GIL, and sets torch's number of threads
    to 1 there."""

    def __init__(self, config: dict[str, Any], parameters: dict[str, NDArray[numpy.float32]], precision: str = 'auto') -> None:
        """From {name: float32 array}, one for each tensor of `config`: {"channels": 32, "blocks": 4,
        "inventories": False}."""

    @staticmethod
    def load(path: Union[str, os.PathLike[str]], precision: str = 'auto') -> Network:
        """The network of a checkpoint."""

    @staticmethod
    def initial(config: dict[str, Any] = {}, seed: int = 0, precision: str = 'auto') -> Network:
        """With random parameters, as at the start of training."""

    def save(self, path: Union[str, os.PathLike[str]], run: str = '') -> None:
        """Writes a checkpoint that can be evaluated, but not trained on; `run` is JSON about the run
        that made it, by default that of the file it came from."""

    @property
    def config(self) -> dict[str, Any]:
        ...

    @property
    def run(self) -> str:
        """JSON about the run that made it."""

    @property
    def trained_config(self) -> Config:
        """The Config that it was trained with."""

    @property
    def parameters(self) -> dict[str, NDArray[numpy.float32]]:
        """{name: float32 array}, views, in the order of the layout."""

    def evaluate(self, positions: Sequence[Position]) -> list[Prediction]:
        """One Prediction for each Position; the larger the list, the fuller the batches."""

def features(positions: Sequence[Position], goal_visible: bool = False, inventories: bool = False) -> tuple[NDArray[numpy.float32], NDArray[numpy.float32]]:
    """What a network sees of B positions (models/features.h), by what its config says it sees.

    Returns planes, float32 [B, 42 or 55, w, h, d], and globals, float32 [B, 78 or 98]."""

def read_safetensors(path: Union[str, os.PathLike[str]]) -> tuple[dict[str, tuple[str, tuple[int, ...], NDArray[numpy.uint8]]], dict[str, str]]:
    """({name: (dtype, shape, uint8 [bytes])}, metadata) of a file; see hod.safetensors."""

def write_safetensors(path: Union[str, os.PathLike[str]], tensors: dict[str, tuple[str, Sequence[int], bytes]], metadata: dict[str, str] = {}) -> None:
    """Writes {name: (dtype, shape, bytes)}; see hod.safetensors."""

class Node:
    """A node of a search tree: a position, reached by an action of the searching
    player and one of the human. Arrays are views of the tree unless said otherwise."""

    @property
    def index(self) -> int:
        """Its number in the tree; 0 is the root."""

    @property
    def parent(self) -> Optional[Node]:
        ...

    @property
    def children(self) -> list[Node]:
        """The nodes reached from here, the most visited first."""

    @property
    def action(self) -> Optional[int]:
        """Flat id of the searching player's action on the way here; None at the root."""

    @property
    def human_action(self) -> Optional[int]:
        """The same of the human's."""

    @property
    def visits(self) -> int:
        ...

    @property
    def value(self) -> float:
        """Mean of the values backed up through here, in blocks."""

    @property
    def network_value(self) -> float:
        """What the evaluator said."""

    @property
    def reward(self) -> float:
        """Expected reward of the step into this node."""

    @property
    def own_reward(self) -> float:
        """The searching player's part of it."""

    @property
    def expanded(self) -> bool:
        ...

    @property
    def terminal(self) -> bool:
        ...

    @property
    def action_ids(self) -> NDArray[numpy.int32]:
        """int32 [k]: flat ids of the valid actions, ascending."""

    def actions(self) -> NDArray[Any]:
        """A structured array [k] of this node's valid actions, a copy: id, visits, prior, and value
        (mean; NaN without a visit)."""

    @property
    def human_ids(self) -> NDArray[numpy.int32]:
        """int32 [j]: flat ids of what the human may do next."""

    @property
    def human_probabilities(self) -> NDArray[numpy.float32]:
        """float32 [j], a copy."""

    @property
    def belief_locations(self) -> NDArray[numpy.int32]:
        """int32 [v]: flat indices of the voxels that a valid action changes."""

    @property
    def belief_logits(self) -> NDArray[numpy.float32]:
        """float32 [v, 10]: what the node believes of these, unnormalised."""

    def state(self) -> State:
        """The position, replayed from the root."""

    def __eq__(self, arg0: object) -> bool:
        ...

    def __hash__(self) -> int:
        ...

    def __repr__(self) -> str:
        ...

class Search:
    """A finished search; see `run_search`. Nodes are made when asked for."""

    @property
    def policy(self) -> _Policy:
        """(int32 [k] flat ids, float32 [k] probabilities), as `root_policy` and `temperature` say."""

    @property
    def best_action(self) -> int:
        """Flat id of the action to play."""

    @property
    def root_value(self) -> float:
        """Mean value of the root, in blocks."""

    @property
    def root(self) -> Node:
        ...

    @property
    def game(self) -> Game:
        """The game that the tree plays."""

    @property
    def num_simulations(self) -> int:
        ...

    def __len__(self) -> int:
        """The number of nodes."""

    def __getitem__(self, index: int) -> Node:
        ...

    @property
    def parents(self) -> NDArray[numpy.int32]:
        """int32 [nodes], a view: each node's parent, -1 for the root."""

    @property
    def visits(self) -> NDArray[numpy.int32]:
        """int32 [nodes], a view."""

    @property
    def value_sums(self) -> NDArray[numpy.float64]:
        """float64 [nodes], a view: mean values times visits."""

    @property
    def rewards(self) -> NDArray[numpy.float64]:
        """float64 [nodes], a view: expected reward of the step into each."""

def run_search(game: Game, state: State, player: int, evaluator: _Evaluator, *, seed: int = 0, time: Optional[float] = None, max_in_flight: int = 1, use_goal_predictor: bool = True, config: Optional[Config] = None, **kwargs: Any) -> Search:
    """Searches for `player`'s action in `state`, and returns the finished Search.

    `evaluator` is a Network or a function of a list of Positions that returns as many Predictions.
    Options are the settings "search.*" of docs/configuration.md as keyword arguments (num_simulations,
    c_puct, selection, noise_weight, ...), over those of `config` or the defaults, which are the paper's
    for training: noise_weight=0 for analysis. TypeError for unknown ones.

    time: at most so many seconds, with as many simulations as fit.
    max_in_flight: leaves of one batch.
    use_goal_predictor: False for players that know the goal: the tree then sees true rewards."""

class Fragment:
    """A piece of an episode of self-play."""

    @property
    def episode(self) -> int:
        """Names the episode among all of a run."""

    @property
    def checkpoint_step(self) -> int:
        """Training step of the network that played."""

    @property
    def global_timestep(self) -> int:
        ...

    @property
    def ended(self) -> bool:
        """Whether the episode ended with the last step."""

    @property
    def bootstrap_value(self) -> float:
        """Value of the position after the last step; 0 if ended."""

    def __len__(self) -> int:
        ...

    @property
    def game(self) -> Game:
        ...

    @property
    def goal(self) -> NDArray[numpy.uint8]:
        """uint8 [w, h, d], a view."""

    @property
    def steps(self) -> NDArray[Any]:
        """A structured array: timestep, human_action and assistant_action (flat ids), reward (the
        assistant's, in blocks), root_value, searched (in full)."""

    def search_policy(self, t: int) -> _Policy:
        """(int32 [k] flat ids, float32 [k] probabilities), empty if not searched."""

    def human_policy(self, t: int) -> _Policy:
        """The same of the human's next action, as the human model had it."""

    def state(self, t: int) -> State:
        """The state before step `t`, replayed; len(self) is after the last."""

class Shard:
    """A file of fragments; a sequence of them (engine/samples/shard.h)."""

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        ...

    @property
    def metadata(self) -> dict[str, Any]:
        ...

    @property
    def num_timesteps(self) -> int:
        ...

    def __len__(self) -> int:
        ...

    def __getitem__(self, index: int) -> Fragment:
        ...

class PeopleEpisode:
    """An episode of a recording of people."""

    @property
    def name(self) -> str:
        ...

    @property
    def participant(self) -> int:
        ...

    @property
    def timeline(self) -> str:
        """Whose actions it holds: alone, view (one player's of several), joint or tutorial."""

    @property
    def viewer(self) -> int:
        """The player whose timeline it is; -1 if joint."""

    @property
    def game(self) -> Game:
        ...

    @property
    def start(self) -> State:
        ...

    @property
    def rows(self) -> NDArray[Any]:
        """A structured array: t, seconds, actor, action (flat id; -1: not recorded), matches (voxels
        equal to the goal before it), reward, x, y, z (the actor's feet, in voxels)."""

class PeopleReader:
    """Reads a recording of people (docs/traces.md), an episode at a time."""

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        ...

    def __iter__(self) -> Iterator[PeopleEpisode]:
        ...

    def __next__(self) -> PeopleEpisode:
        ...

class Replay:
    """The states of an episode, played again one by one."""

    def __iter__(self) -> Iterator[State]:
        ...

    def __next__(self) -> State:
        ...

class Episode:
    """A recorded episode: of Hod, of the reference, or of people (docs/traces.md).

    `len()` is its number of steps; `replay()` has one state more."""

    def __init__(self, path: Union[str, os.PathLike[str]], index: int = 0) -> None:
        ...

    def __len__(self) -> int:
        ...

    @property
    def game(self) -> Game:
        ...

    @property
    def viewer(self) -> Optional[int]:
        """The only player whose actions are recorded; None: all players'."""

    @property
    def actions(self) -> NDArray[Any]:
        """int32 [steps, players]: flat ids, 0 (noop) where none is recorded."""

    def table(self) -> NDArray[Any]:
        """A structured array [steps + 1] of the states: timestep, matches (voxels equal to the
        goal), goal_percentage (1: complete)."""

    def replay(self) -> Replay:
        """Iterates over the states, made when asked for."""

    def state(self, t: int) -> State:
        """The state after `t` steps, replayed from the start."""

class EpisodeReader:
    """Reads recorded episodes, one after the other."""

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        ...

    def __iter__(self) -> Iterator[Episode]:
        ...

    def __next__(self) -> Episode:
        ...

class Recorder:
    """Plays a game and records it as a trace that `hod verify` accepts.

    The file appears under its name when the game is over."""

    def __init__(self, path: Union[str, os.PathLike[str]], game: Game, start: State, name: str = 'python', seed: int = 0) -> None:
        ...

    def step(self, actions: Union[Sequence[int], NDArray[Any]]) -> None:
        """Plays one action (flat id) per player."""

    @property
    def state(self) -> State:
        """A copy."""

    @property
    def finished(self) -> bool:
        ...

BLOCK_COLORS: tuple[tuple[int, int, int], ...]

def draw_world(blocks: NDArray[Any], goal: Optional[NDArray[Any]] = None, feet: Optional[NDArray[Any]] = None, opacity: Optional[NDArray[Any]] = None, corner: str = 'high', tile: Optional[int] = None) -> NDArray[numpy.uint8]:
    """An isometric picture of a world, uint8 [height, width, 3].

    blocks: uint8 [w, h, d].
    goal: uint8 [w, h, d]; wrong blocks are crossed out, missing ones translucent.
    feet: integers [players, 3], the human's first.
    opacity: float32 [w, h, d] from 0 to 1: how opaque each missing block is.
    corner: the view from "high" x and z or from "low".
    tile: half the width of a voxel in pixels, even."""

def draw_frame(game: Game, state: State, goal: str = 'ghost', both_corners: bool = False) -> NDArray[numpy.uint8]:
    """A picture with caption and legend, uint8 [height, width, 3]; `goal` is ghost, beside or
    hidden."""

def state_text(game: Game, state: State, goal: str = 'ghost', color: bool = False) -> str:
    """The layers of the world as text for a terminal."""

def evaluate(config: Config, assistant: Optional[_Evaluator], carries_out_belief: bool, policy: Optional[_HumanSpec], human: _HumanSpec, goals: Optional[_GoalSpec], record_directory: str, label: str) -> dict[str, Any]:
    """See hod.evaluate."""

def bootstrap_mean(values: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """(mean, low, high): the mean and its 95% percentile interval."""

def open_run(path: Union[str, os.PathLike[str]]) -> tuple[Config, list[tuple[int, str]]]:
    """(Config, [(training step, path of a checkpoint), ...]); see hod.Run."""
