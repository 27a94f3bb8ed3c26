"""The templates for Slurm, on a Slurm of one node that the test starts. HOD names the program."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "configs" / "slurm"
NEEDED = ["slurmctld", "slurmd", "munged", "sbatch", "redis-server"]
SKIPPED = 5  # As pytest has it.

CONF = """\
ClusterName=hod
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=64 RealMemory=65536 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(
    condition: Callable[[], bool],
    what: str,
    log: Callable[[], str] = str,
    seconds: float = 60,
) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}\n{log()}")
        time.sleep(0.2)


class Slurm:
    """A controller, a node and their authentication, until stop()."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("state", "spool", "jobs"):
            (folder / name).mkdir()
        key = folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.redis_port, *ports = free_ports(3)
        host = socket.gethostname().split(".")[0]
        conf = folder / "slurm.conf"
        conf.write_text(CONF.format(host=host, ports=ports, folder=folder))
        self.environment = {
            **os.environ,
            "TMPDIR": str(
                self.folder
            ),  # Where hosts play; their jobs have the same numbers each time.
            "SLURM_CONF": str(conf),
            "HOD_REDIS_PORT": str(self.redis_port),
        }
        munge = ["munged", "--foreground", "--force", f"--key-file={key}"]
        munge += [
            f"--{name}={folder}/munge.{ending}"
            for name, ending in [
                ("socket", "socket"),
                ("pid-file", "pid"),
                ("log-file", "log"),
                ("seed-file", "seed"),
            ]
        ]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start(munge)
        wait_for((folder / "munge.socket").exists, "munged")
        self.start(["slurmctld", "-D"])
        self.start(["slurmd", "-D"])
        wait_for(lambda: "idle" in self.run("sinfo", "-h", "-o", "%T"), "an idle node")

    def start(self, command: list[str]) -> None:
        with (self.folder / f"{command[0]}.out").open("w") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.processes.append(process)

    def run(self, *command: str) -> str:
        """What it prints; submitted jobs have the folder of jobs as theirs."""
        run = subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder / "jobs",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return run.stdout

    def submit(self, *arguments: str) -> str:
        return self.run("sbatch", "--parsable", "--output=%x.out", *arguments).strip()

    def state(self, job: str) -> str:
        return self.run("squeue", "-h", "-t", "all", "-j", job, "-o", "%T").strip()

    def stop(self) -> None:
        if len(self.processes) == 3:
            self.run("scancel", "--full", "--signal=KILL", "--user=root")
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


class Templates(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.slurm = Slurm(Path(folder.name))
        self.addCleanup(self.slurm.stop)
        self.jobs = self.slurm.folder / "jobs"
        (self.jobs / "build").mkdir()
        (self.jobs / "build" / "hod").symlink_to(os.environ["HOD"])
        config = self.slurm.run(
            "build/hod", "config", "--config", str(ROOT / "tests/support/engine/tiny.toml"),
            "--set", "learner.window=200000", "--set", "learner.max_steps=1000000",
        )  # fmt: skip
        (self.jobs / "tiny.toml").write_text(config)

    def status(self) -> dict[str, int]:
        url = (self.jobs / "runs" / "tiny.redis").read_text().strip()
        host = url.rpartition("@")[2].rpartition(":")[0]
        run = self.slurm.run(
            "build/hod", "status", "--redis", url.replace(host, "127.0.0.1"), "--name", "tiny",
            "--json",
        )  # fmt: skip
        try:
            shards: dict[str, int] = json.loads(run)["shards"]
        except ValueError:
            return {}
        return shards

    def log(self) -> str:
        return "\n".join(p.read_text() for p in [*self.jobs.glob("*.out")])

    def test_they_are_accepted_and_train(self) -> None:
        learner, workers = str(TEMPLATES / "learner.sbatch"), str(TEMPLATES / "workers.sbatch")
        for arguments in (
            [learner, "tiny.toml", "runs/tiny"],
            ["--array=1-10", workers, "runs/tiny"],
        ):
            accepted = self.slurm.run("sbatch", "--test-only", *arguments)
            self.assertIn("to start at", accepted)

        (self.jobs / "runs").mkdir()
        small = ["--cpus-per-task=2", "--mem=1G"]
        workers_job = self.slurm.submit("--array=1-2", *small, workers, "runs/tiny")
        learner_job = self.slurm.submit(*small, learner, "tiny.toml", "runs/tiny")
        redis = self.jobs / "runs" / "tiny.redis"
        wait_for(redis.exists, "the address of Redis")
        self.assertEqual(redis.stat().st_mode & 0o077, 0)
        wait_for(lambda: self.status().get("delivered", 0) > 3, "shards", self.log)

        # The time is over: hosts pass on what they have, the learner writes a checkpoint.
        self.slurm.run("scancel", "--batch", "--signal=TERM", workers_job)
        wait_for(lambda: "RUNNING" not in self.slurm.state(workers_job), "workers' end")
        wait_for(lambda: self.status().get("waiting", 1) == 0, "the last shards")
        shards = self.status()
        self.assertEqual(shards["accepted"], shards["delivered"])
        self.assertEqual(shards["lost"] + shards["refused"] + shards["dropped"], 0)
        self.slurm.run("scancel", "--batch", "--signal=TERM", learner_job)
        wait_for(lambda: "RUNNING" not in self.slurm.state(learner_job), "the learner's end")
        self.assertIn("goes on from the last checkpoint", self.log())
        self.assertTrue(list((self.jobs / "runs/tiny/checkpoints").glob("step-*.safetensors")))

        # Submitted again, it goes on.
        learner_job = self.slurm.submit(*small, learner, "tiny.toml", "runs/tiny")
        wait_for(lambda: "resuming at step" in self.log(), "a second learner")
        self.slurm.run("scancel", "--batch", "--signal=TERM", learner_job)
        wait_for(lambda: "RUNNING" not in self.slurm.state(learner_job), "its end")


if __name__ == "__main__":
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        print("skipped: needs root and", ", ".join(missing or NEEDED))
        sys.exit(SKIPPED)
    unittest.main()
