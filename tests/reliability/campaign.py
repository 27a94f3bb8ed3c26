"""Failing disks and killed processes: what becomes of the files of a run.

    python3 tests/reliability/campaign.py faults --program build/hod --library LIB --result FILE
    python3 tests/reliability/campaign.py kills --program build/hod --result FILE

`faults` fails every open, write, fsync, rename and mkdir of a tiny training, an evaluation and an
import, one after the other: the command has to succeed or to end with an error that names a file,
and the same command has to go on afterwards. `kills` ends a training at random moments, and looks
at every file it leaves. docs/reliability.md has what came of them; --result writes its tables.
"""

import argparse
import collections
import concurrent.futures
import errno
import functools
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import result_file  # noqa: E402


def train(folder, steps, *settings):
    """A training of the tests' tiny run into `folder`, of so many steps."""
    config = ROOT / "tests/support/engine/tiny.toml"
    settings = [f"learner.max_steps={steps}", *settings]
    return ["train", "--config", str(config), "--out", str(folder)] + [
        argument for setting in settings for argument in ("--set", setting)
    ]


# Calls, and the errors that each may end with. After an interruption or a short write a program
# has to go on by itself.
FAULTS = {
    "open": [errno.ENOSPC, errno.EIO, errno.EINTR],
    "write": [errno.ENOSPC, errno.EIO, errno.EINTR, "short"],
    "fsync": [errno.EIO, errno.ENOSPC],
    "rename": [errno.EIO, errno.ENOSPC],
    "mkdir": [errno.ENOSPC],
}
TRANSPARENT = {errno.EINTR, "short"}
ENDLESS = 1000000  # Steps that no training here comes to.
REFUSED_OPTION = 105  # An output that cannot be written is refused before any work.


def name_of(error):
    return error if isinstance(error, str) else errno.errorcode[error]


class Task:
    """A command that writes below a folder, what it starts from, and whether it is done at once."""

    def __init__(self, name, arguments, prepare=None, quick=False):
        self.name, self.arguments = name, arguments
        self.prepare, self.quick = prepare, quick

    def command(self, program, folder):
        return [program] + [a.replace("FOLDER", str(folder)) for a in self.arguments]


def write_houses(folder):
    """A few houses as arrays, for an import."""
    source = folder / "source"
    source.mkdir()
    draws = np.random.default_rng(1)
    for i in range(6):
        house = np.zeros((5, 4, 5), dtype=np.uint8)
        house[:, 0] = 3
        house[0], house[-1] = 7, 7
        house[:, :, 0], house[:, :, -1] = 7, 6
        house[1:-1, 1, 1:-1] = draws.integers(0, 2) * 6
        np.save(source / f"house_{i}.npy", house)


def tasks(network, steps):
    evaluated = ["evaluate", "--assistant", f"belief:{network}", "--episodes", "2"]
    return [
        # Self-play waits for the learner, so that there are calls to fail by the dozen, not by the
        # thousand, all alike.
        Task("train", train("FOLDER/out/run", steps, "learner.min_passes=1")),
        Task(
            "evaluate",
            evaluated + ["--json", "FOLDER/out/result.json", "--record", "FOLDER/out/episodes"],
        ),
        Task(
            "import",
            ["goals", "import", "FOLDER/source", "--size", "4x4x4", "--out", "FOLDER/out/set"],
            write_houses,
            quick=True,
        ),
    ]


class Workplace:
    """A fresh folder for one trial: FOLDER/out is where calls fail."""

    def __init__(self, task):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hod-reliability-"))
        (self.folder / "out").mkdir()
        if task.prepare is not None:
            task.prepare(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        shutil.rmtree(self.folder, ignore_errors=True)


HANGS = "hangs"  # In place of an exit status.


def run(command, environment, timeout=120):
    try:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, HANGS, "", f"no end after {timeout} s")


class Faults:
    def __init__(self, options):
        self.options = options
        self.environment = dict(os.environ, HOME=options.home, XDG_CACHE_HOME=options.home)

    def try_once(self, task, call, error, at):
        """Returns how many such calls there were, and what went wrong (None: nothing)."""
        with Workplace(task) as place:
            counter = place.folder / "counter"
            counter.write_bytes(struct.pack("q", 0))
            environment = dict(
                self.environment,
                LD_PRELOAD=self.options.library,
                HOD_FAIL_CALL=call,
                HOD_FAIL_ERROR=str(error),
                HOD_FAIL_AT=str(at),
                HOD_FAIL_UNDER=str(place.folder / "out"),
                HOD_FAIL_COUNTER=str(counter),
            )
            command = task.command(self.options.program, place.folder)
            ended = run(command, environment)
            calls = struct.unpack("q", counter.read_bytes())[0]
            if calls < at:  # Runs differ; in this one there was nothing to fail.
                return calls, ended.returncode, None
            problem = self.judge(ended, error, place.folder) or self.torn(place)
            # A set of houses that is there is not made again.
            if problem is None and (ended.returncode != 0 or task.name != "import"):
                again = run(command, self.environment)
                if again.returncode != 0:
                    problem = f"the same command does not go on: {again.stderr[-300:]}"
            return calls, ended.returncode, problem or self.torn(place)

    def torn(self, place):
        return torn_files(self.options.program, place.folder / "out")

    @staticmethod
    def judge(ended, error, folder):
        if ended.returncode == 0:
            return None
        if ended.returncode not in (1, REFUSED_OPTION):
            return f"ended with {ended.returncode}: {ended.stderr[-300:]}"
        if error in TRANSPARENT:
            return f"did not go on by itself: {ended.stderr[-300:]}"
        if str(folder / "out") not in ended.stderr:
            return f"names no file: {ended.stderr[-300:]}"
        return None

    def run(self):
        # A training mostly waits: for its processes to start and to end, and for the disk.
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            return self.try_all(pool)

    def try_all(self, pool):
        rows, problems = [], []
        for task in tasks(self.options.network, self.options.steps):
            for call, errors in FAULTS.items():
                calls, code, problem = self.try_once(task, call, 0, 0)
                if code != 0 or problem:
                    sys.exit(f"{task.name} fails without a fault: {problem}")
                for error in errors:
                    row = collections.Counter()
                    tried = range(1, calls + 1, 1 if task.quick else self.options.every)
                    trials = pool.map(functools.partial(self.try_once, task, call, error), tried)
                    for at, (made, code, problem) in zip(tried, trials):
                        if made < at:
                            continue
                        row["tried"] += 1
                        row["went on" if code == 0 else "error that names the file"] += not problem
                        if problem:
                            problems.append(
                                f"{task.name}: {call} {at}, {name_of(error)}: {problem}"
                            )
                            print(problems[-1], file=sys.stderr)
                    rows.append({"task": task.name, "call": call, "error": name_of(error), **row})
                    print(rows[-1], file=sys.stderr)
        return {"every": self.options.every, "rows": rows, "problems": problems}


def check_safetensors(path):
    size = path.stat().st_size
    with path.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        end = max(t["data_offsets"][1] for n, t in header.items() if n != "__metadata__")
        if file.tell() + end != size:
            raise ValueError(f"{size} bytes, expected {file.tell() + end}")


def check_shard(path):
    """That it is complete from record to record, and has as many as its end says
    (engine/samples/shard.h). The learner checks the sums."""
    content = path.read_bytes()
    if content[:8] != b"HODSHARD":
        raise ValueError("no shard")
    at = 16 + struct.unpack_from("<I", content, 12)[0] + 8
    records = 0
    while length := struct.unpack_from("<I", content, at)[0]:
        at += 4 + 8 + length
        records += 1
    if struct.unpack_from("<Q", content, at + 4)[0] != records or at + 20 != len(content):
        raise ValueError(f"{len(content)} bytes, expected {at + 20}, with {records} fragments")


def check_recording(program, path):
    verified = subprocess.run(
        [program, "verify", str(path)], capture_output=True, text=True, check=False
    )
    if verified.returncode != 0:
        raise ValueError(verified.stderr[-200:])


def torn_files(program, folder):
    """What is damaged among files under their final names, or None."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or ".tmp" in path.name:
            continue
        try:
            if path.suffix == ".json":
                json.loads(path.read_text())
            elif path.suffix == ".safetensors":
                check_safetensors(path)
            elif path.suffix == ".shard":
                check_shard(path)
            elif path.name.endswith(".jsonl.gz"):
                check_recording(program, path)
        except (ValueError, KeyError, struct.error) as error:
            return f"{path}: {error}"
    return None


class Kills:
    """One run, killed and gone on with over and over."""

    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)

    def run(self):
        torn, lost, restarts, problems = 0, 0, 0, []
        began = time.monotonic()
        for kill in range(self.options.kills):
            if kill % self.options.kills_per_run == 0:
                folder = pathlib.Path(tempfile.mkdtemp(prefix="hod-reliability-"))
                shards = {}
            process = subprocess.Popen(
                [self.options.program, *train(folder / "run", ENDLESS)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            time.sleep(self.random.uniform(0.05, self.options.longest))
            if process.poll() is not None:
                problems.append(f"kill {kill}: had ended: {process.stderr.read()[-300:]}")
            # The whole session at once, as when a machine is switched off.
            for pid in session_of(process.pid):
                kill_process(pid)
            process.wait()
            restarts += 1
            damaged = torn_files(self.options.program, folder)
            if damaged:
                torn += 1
                problems.append(f"kill {kill}: {damaged}")
            # A shard that was complete stays what it was, until the learner has no need of it.
            now = (
                {p.name: p.read_bytes() for p in (folder / "run/shards").glob("*.shard")}
                if (folder / "run/shards").exists()
                else {}
            )
            gone = [name for name in shards if name in now and now[name] != shards[name]]
            newest = max(shards, default="")
            if newest and newest not in now and not any(name > newest for name in now):
                gone.append(newest)
            lost += len(gone)
            problems += [f"kill {kill}: {name} is lost" for name in gone]
            shards = now
            if (kill + 1) % self.options.kills_per_run == 0 or kill + 1 == self.options.kills:
                command = train(folder / "run", newest_step(folder / "run") + 20)
                ended = run([self.options.program, *command], None)
                if ended.returncode != 0:
                    problems.append(f"kill {kill}: does not go on: {ended.stderr[-300:]}")
                shutil.rmtree(folder, ignore_errors=True)
                print(
                    f"{kill + 1} kills, {torn} torn, {lost} lost, {len(problems)} problems, "
                    f"{time.monotonic() - began:.0f} s",
                    file=sys.stderr,
                )
        return {
            "kills": restarts,
            "torn_files": torn,
            "shards_lost": lost,
            "problems": problems,
            "seed": self.options.seed,
            "seconds": round(time.monotonic() - began),
        }


def newest_step(run_folder):
    steps = [
        int(p.stem.split("-")[1]) for p in (run_folder / "checkpoints").glob("step-*.safetensors")
    ]
    return max(steps, default=0)


def session_of(leader):
    """Processes of a session, the newest first."""
    members = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            members.append(int(stat.parent.name))
    return sorted(members, reverse=True)


def kill_process(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def write_result(options, table, columns, rows, note):
    rows = [[str(cell) for cell in row] for row in rows]
    tables = {table: {"columns": columns, "rows": rows}}
    result_file.write(options.result, options.program, "make reliability", note, tables)


def write_faults(options, result):
    kinds = ["went on", "error that names the file"]
    problems = len(result["problems"])
    write_result(
        options,
        "faults",
        ["command", "call", "error", "tried", "went on", "ended with an error that names the file"],
        [
            [row["task"], row["call"], row["error"], row["tried"], *(row.get(k, 0) for k in kinds)]
            for row in result["rows"]
        ],
        f"{sum(row['tried'] for row in result['rows'])} calls failed, {problems} problems.",
    )


def write_kills(options, result):
    write_result(
        options,
        "kills",
        ["kills", "torn files", "shards lost", "did not go on, or other problems", "seconds"],
        [
            [
                result["kills"],
                result["torn_files"],
                result["shards_lost"],
                len(result["problems"]),
                result["seconds"],
            ]
        ],
        f"Seed {options.seed}, {options.kills_per_run} kills a run.",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="what", required=True)
    faults = commands.add_parser("faults", help="fails calls one after the other")
    kills = commands.add_parser("kills", help="kills a training at random moments")
    for command in (faults, kills):
        command.add_argument("--program", required=True)
        command.add_argument("--result", help="the file of docs/results to write")
    faults.add_argument("--library", required=True, help="the built failing_calls.cc")
    faults.add_argument("--network", default="shipped:7x7x7", help="that evaluations play with")
    faults.add_argument(
        "--every", type=int, default=1, help="the first and every N-th call of what takes time"
    )
    faults.add_argument("--steps", type=int, default=30, help="of the training")
    faults.add_argument("--jobs", type=int, default=8, help="trials at a time")
    kills.add_argument("--kills", type=int, default=1000)
    kills.add_argument("--kills-per-run", type=int, default=25)
    kills.add_argument("--longest", type=float, default=1.5, help="seconds until a kill, at most")
    kills.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        options.home = home
        result = Faults(options).run() if options.what == "faults" else Kills(options).run()
    if options.result:
        (write_faults if options.what == "faults" else write_kills)(options, result)
    print(json.dumps({k: v for k, v in result.items() if k != "rows"}, indent=1))
    return 1 if result["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
