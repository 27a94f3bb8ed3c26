"""The program `hod`: the one beside this package, which is of the same version."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections import deque
from pathlib import Path

from hod import _hod
from hod.runs import Run


def program_path() -> str:
    """The path of the program. FileNotFoundError if it is not where the package was built or
    installed."""
    path = Path(__file__).parent / "bin" / "hod"
    if not path.exists():
        reason = "the program hod is not beside the package"
        raise FileNotFoundError(errno.ENOENT, reason, str(path))
    return str(path)


def call(*arguments: str | os.PathLike[str], quiet: bool = False) -> str:
    """Runs `hod ARGUMENTS...` to its end and returns what it prints; its progress is shown unless
    `quiet`. RuntimeError, with the program's last words, if it fails."""
    words = [os.fspath(argument) for argument in arguments]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [program_path(), *words],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
        errors: deque[str] = deque(maxlen=20)
        try:
            for line in process.stderr or ():
                errors.append(line)
                if not quiet:
                    print(line, end="", flush=True)
            process.wait()
        except BaseException:  # Ctrl-C, for one: what it writes is let finish.
            process.terminate()
            process.wait()
            raise
        if process.returncode != 0:
            reason = "".join(errors).strip() or f"exit status {process.returncode}"
            raise RuntimeError(f"hod {' '.join(words)}: {reason}")
        output.seek(0)
        return output.read()


def train(config: _hod.Config, out: str | os.PathLike[str], *, quiet: bool = False) -> Run:
    """Trains a run in the directory `out`, as `hod train` does, and opens it. Called again it goes
    on where it was interrupted, or only opens what is complete."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "settings.toml"
    settings.write_text(config.to_toml())
    call("train", "--config", str(settings), "--out", str(out), quiet=quiet)
    return Run(out)
