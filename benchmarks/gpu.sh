#!/usr/bin/env bash
# Builds Hod on a machine with a GPU, checks and measures it there, trains configs/gpu.toml and
# evaluates what was trained. That machine needs a compiler, CMake, ninja and PyTorch, and no network:
#
#   benchmarks/gpu.sh --fetch DIR    on Debian: downloads what else the build needs, 30 MB
#   benchmarks/gpu.sh [OPTION...]    on the machine with the GPU
#
#   --debs DIR      the folder of --fetch; without it, the installed packages are used
#   --out DIR       where everything goes (runs/gpu); its build folder is reused
#   --device cuda   or cpu, which rehearses it all with a tiny network
#   --minutes N     of learning (2)
#   --limit N       minutes in all, build included (9)
#   --goals GOALS   also evaluates on these houses: npy:DIR or set:DIR:test
#   --torch DIR     prefix of libtorch (that of python3's torch)
#
# A stage that fails is reported, and later ones that can still run do. docs/gpu.md.
set -euo pipefail

fail() {
  echo "gpu.sh: $*" >&2
  exit 1
}

# What measures, as SECONDS SUITE FILTER: it is stopped after so many seconds, without figures.
# Names on a GPU are those of benchmarks/network.cc and benchmarks/learner.cc.
benchmarks_of() {
  if [ "$1" = cuda ]; then
    cat << 'END'
60 network ^evaluate/64x8/cuda
45 network ^evaluate/128x8/cuda
45 network ^evaluate/hod/cuda
30 network ^(peak|forward|evaluate/demo)/.*cuda
45 learner ^cuda/64x8
30 learner ^cuda/(16x4|32x6|128x8)
END
  else
    cat << 'END'
60 network ^(peak/float32|(evaluate|forward)/demo/float32/32)/1/
60 learner ^step/16x4/64/2
END
  fi
}

# Those of Makefile's PACKAGES that programs are built with.
packages=(fonts-dejavu-core libabsl-dev libbenchmark-dev libcairo2-dev libcli11-dev libeigen3-dev
  libfmt-dev libspdlog-dev libtbb-dev libtomlplusplus-dev libxxhash-dev libzstd-dev
  nlohmann-json3-dev pkg-config zlib1g-dev)
# These are not needed, though those depend on them: they come with a compiler or serve only the
# programs of others.
unneeded='libc6.*|libc-.*|libcrypt.*|libgcc.*|libstdc.*|libpython.*|libssl.*|libsqlite.*|libdb[0-9].*'
unneeded+='|libkrb.*|libk5.*|libgssapi.*|libkeyutils.*|libcom-err.*|libnsl.*|libtirpc.*|libtinfo.*'
unneeded+='|libncurses.*|libreadline.*|libelf.*|libacl.*|libglib2.0-(bin|data|dev-bin)'

fetch() {
  mkdir -p "$1"
  cd "$1"
  apt-get -qq --simulate -o Dir::State::status=/dev/null -o APT::Install-Recommends=false install \
    "${packages[@]}" | awk '/^Inst/ {print $2}' |
    grep -E '^(lib|pkg|fonts-|fontconfig-|nlohmann-|x11proto-|zlib)' | grep -Evx "$unneeded" |
    xargs apt-get -qq download
  du -shc -- *.deb | tail -n 1
}

debs='' out=runs/gpu device=cuda minutes=2 limit=9 goals='' torch=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1: expected a value"
  case $1 in
    --fetch) fetch "$2"; exit ;;
    --debs) debs=$(realpath "$2") ;;
    --out) out=$2 ;;
    --device) device=$2 ;;
    --minutes) minutes=$2 ;;
    --limit) limit=$2 ;;
    --goals) goals=$2 ;;
    --torch) torch=$2 ;;
    *) fail "$1: no such option; see the head of this file" ;;
  esac
  shift 2
done
case $device in cuda | cpu) ;; *) fail "--device $device: expected cuda or cpu" ;; esac
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
build=$out/build prefix=$out/prefix stages=$out/stages.tsv
lib=$prefix/usr/lib/x86_64-linux-gnu
: > "$stages"
rm -f "$out"/*.json "$out"/*.log

# stage NAME SECONDS COMMAND...: runs it for so long at most, and not beyond the limit of all. Its
# output goes to NAME.log.
stage() {
  local name=$1 begin=$SECONDS seconds=$2 left=$((limit * 60 - SECONDS)) status=0 result='done'
  shift 2
  if ((seconds > left)); then seconds=$left; fi
  if ((seconds > 0)); then
    timeout --signal=INT --kill-after=10 "$seconds" "$@" > "$out/$name.log" 2>&1 || status=$?
  else
    status=skipped
  fi
  case $status in
    0) ;;
    skipped) result='not run: no time was left' ;;
    124 | 137) result="stopped after $seconds s" ;;
    *) result="failed ($status), see $name.log" ;;
  esac
  printf '%s\t%s\t%s\n' "$name" "$((SECONDS - begin))" "$result" | tee -a "$stages"
  [ "$status" = 0 ]
}

# Lays the packages out below $prefix. Their links to other packages' files lead out of it.
unpack() {
  rm -rf "$prefix"
  mkdir -p "$prefix/usr/lib"
  for deb in "$debs"/*.deb; do
    if command -v dpkg-deb > /dev/null; then
      dpkg-deb --extract "$deb" "$prefix"
    else
      ar p "$deb" "$(ar t "$deb" | grep '^data')" > "$prefix/data"
      tar --extract --file="$prefix/data" --directory="$prefix"
    fi
  done
  if [ -d "$prefix/lib" ]; then cp -a "$prefix/lib/." "$prefix/usr/lib/"; fi
  find "$prefix" -type l -lname '/*' | while IFS= read -r link; do
    target=$(readlink "$link")
    ln -sfn "$prefix/usr/${target#/usr}" "$link"
    [ -e "$link" ] || ln -sfn "$prefix$target" "$link"
  done
  # It needs a library that only the rest of the build finds by its run path.
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s/usr/bin/pkgconf "$@"\n' "$lib" "$prefix" \
    > "$prefix/pkg-config"
  chmod +x "$prefix/pkg-config"
}

machine() {
  uname -srm
  grep -m 1 'model name' /proc/cpuinfo
  echo "cores: $(nproc)"
  "${CXX:-g++}" --version | head -n 1
  cmake --version | head -n 1
  python3 -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)' || echo 'no torch in python3'
  if command -v nvidia-smi > /dev/null; then
    nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv
  fi
}

report() {
  python3 - "$out" << 'END'
import json, pathlib, sys

out = pathlib.Path(sys.argv[1])
print("# Hod on this machine\n\n```\n" + (out / "machine.log").read_text() + "```\n")
print("| stage | seconds | |\n|---|---|---|")
for line in (out / "stages.tsv").read_text().splitlines():
    print("|", line.replace("\t", " | "), "|")
for path in sorted(out.glob("bench-*.json")):
    try:
        runs = json.loads(path.read_text())["benchmarks"]
    except ValueError:
        continue  # Its stage says why.
    print(f"\n`{path.name}`, medians\n\n| | a second | GFLOP/s | of the peak |\n|---|---|---|---|")
    for run in runs:
        if run.get("aggregate_name") == "median":
            rate, flops, share = (run.get(k) for k in ("items_per_second", "GFLOP/s", "of_peak"))
            cells = [f"{x:,.{digits}f}" if x is not None else ""
                     for x, digits in ((rate, 0), (flops, 1), (share, 3))]
            print("|", run["run_name"], "|", " | ".join(cells), "|")
for name in ("check", "train", "evaluate", "evaluate-goals"):
    log = out / f"{name}.log"
    if log.exists():
        print(f"\nEnd of `{name}.log`:\n\n```\n" + "\n".join(log.read_text().splitlines()[-40:]) + "\n```")
END
}

export -f unpack machine
export debs prefix lib
stage machine 60 bash -euo pipefail -c machine || true
if [ -z "$torch" ]; then
  torch=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)') ||
    fail "python3 has no torch: name libtorch's prefix by --torch"
fi
configure=(cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DHOD_BUILD_TESTS=OFF
  -DHOD_BUILD_PYTHON=OFF -DPython_EXECUTABLE="$(command -v python3)"
  -DTorch_ROOT="${torch%/share/cmake}")
ready=true
if [ -n "$debs" ]; then
  stage unpack 120 bash -euo pipefail -c unpack || ready=false
  export PKG_CONFIG_SYSROOT_DIR=$prefix FONTCONFIG_SYSROOT=$prefix
  export PKG_CONFIG_LIBDIR=$lib/pkgconfig:$prefix/usr/share/pkgconfig
  export CPLUS_INCLUDE_PATH=$prefix/usr/include:$prefix/usr/include/x86_64-linux-gnu
  export C_INCLUDE_PATH=$CPLUS_INCLUDE_PATH LIBRARY_PATH=$lib
  # A run path of the old kind also holds for what the libraries load, and not for PyTorch's, which
  # have their own. LD_LIBRARY_PATH would hold for every program.
  flags="-Wl,-rpath,$lib -Wl,--disable-new-dtags"
  configure+=(-DCMAKE_PREFIX_PATH="$prefix/usr" -DPKG_CONFIG_EXECUTABLE="$prefix/pkg-config"
    -DCMAKE_EXE_LINKER_FLAGS="$flags" -DCMAKE_MODULE_LINKER_FLAGS="$flags")
fi
if $ready; then stage configure 120 "${configure[@]}" || ready=false; fi
if $ready; then
  stage build 600 cmake --build "$build" --target hod hod-bench hod-torch || ready=false
fi

if $ready; then
  hod=$build/hod
  stage check 90 "$hod" bench network --check || true

  # Training has its time before measurements do: they take what is left.
  settings=(--set network.device="$device")
  train=(--set learner.device="$device" --set learner.max_minutes="$minutes")
  episodes=50
  if [ "$device" = cpu ]; then
    episodes=2
    settings+=(--set search.num_simulations=4)
    train+=(--set network.channels=4 --set network.blocks=1 --set selfplay.games=16
      --set selfplay.shard_timesteps=256 --set learner.batch_size=16
      --set learner.start_timesteps=512 --set learner.checkpoint_seconds=5)
  fi
  rm -rf "$out/run"
  stage train "$(awk "BEGIN {print int(60 * $minutes + 90)}")" "$hod" train \
    --config configs/gpu.toml --out "$out/run" "${settings[@]}" "${train[@]}" || true
  checkpoint=$(find "$out/run/checkpoints" -name '*.safetensors' 2> /dev/null | sort | tail -n 1)
  evaluate=("$hod" evaluate --assistant "$checkpoint" --episodes "$episodes" --threads "$(nproc)"
    "${settings[@]}")
  if [ -n "$checkpoint" ]; then
    stage evaluate 90 "${evaluate[@]}" --goals generated --json "$out/evaluation.json" || true
    if [ -n "$goals" ]; then
      stage evaluate-goals 60 "${evaluate[@]}" --goals "$goals" \
        --json "$out/evaluation-goals.json" || true
    fi
  fi

  number=0
  while read -r seconds suite filter; do
    name=bench-$((++number))-$suite
    # shellcheck disable=SC2016
    stage "$name" "$seconds" bash -c '"${@:2}" > "$1"' bash "$out/$name.json" "$hod" bench "$suite" \
      --filter "$filter" --repetitions 3 --json || true
  done < <(benchmarks_of "$device")
fi
report > "$out/report.md"
echo "$out/report.md"
! grep -q failed "$stages"
