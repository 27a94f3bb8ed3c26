"""The build backend of `pip install .` (PEP 517): compiles with CMake and packs a wheel. It needs
nothing but Python, so that pip works without a network. Debian's libraries are linked, not packed:
a wheel is for machines with the same packages.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _version() -> str:
    found = re.search(r"project\(hod VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())
    if found is None:
        raise RuntimeError("CMakeLists.txt: no version")
    return found[1]


def _metadata() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {_version()}",
        f"Summary: {project['description']}",
        f"License: {project['license']['text']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {name}" for name in project["dependencies"]),
    ]
    for extra, names in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {name} ; extra == '{extra}'" for name in names]
    return "\n".join(lines) + "\n"


def _tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    return f"{python}-{python}-{platform}"


def _compile(build: Path) -> Path:
    """The folder of the compiled package."""
    if not (build / "CMakeCache.txt").exists():
        subprocess.check_call(
            ["cmake", "--preset", "release", "-S", str(ROOT), "-B", str(build)]
            + [f"-DPython_EXECUTABLE={sys.executable}"]
            + ["-DHOD_BUILD_TESTS=OFF", "-DHOD_BUILD_BENCHMARKS=OFF"]
        )
    subprocess.check_call(["cmake", "--build", build, "--target", "hod_python"])
    return build / "python" / "hod"


class _Wheel:
    """A wheel under way: a zip file that lists its contents with checksums (PEP 427)."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._record: list[str] = []

    def add(self, name: str, data: bytes, executable: bool = False) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o100755 if executable else 0o100644) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def finish(self, record: str) -> None:
        self._zip.writestr(record, "\n".join([*self._record, f"{record},,"]) + "\n")
        self._zip.close()


def build_wheel(
    wheel_directory: str, config_settings: dict | None = None, metadata_directory: str | None = None
) -> str:
    """Called by pip. The setting "build" names a build folder to be used, such as that of `make`:
    pip install --config-settings build=build ."""
    build = (config_settings or {}).get("build", "build-pip")
    package = _compile(ROOT / build)
    version = _version()
    name = f"hod-{version}-{_tag()}.whl"
    info = f"hod-{version}.dist-info"
    wheel = _Wheel(Path(wheel_directory) / name)
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            executable = os.access(path, os.X_OK)
            wheel.add(f"hod/{path.relative_to(package)}", path.read_bytes(), executable)
    wheel.add(f"{info}/METADATA", _metadata().encode())
    wheel.add(
        f"{info}/WHEEL",
        f"Wheel-Version: 1.0\nGenerator: hod\nRoot-Is-Purelib: false\nTag: {_tag()}\n".encode(),
    )
    wheel.finish(f"{info}/RECORD")
    return name
