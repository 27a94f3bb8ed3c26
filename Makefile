# The two commands of a new user are `make demo` and `make test`; the rest are their parts.

BUILD := build
RUN := runs/demo

# Packages of Debian 12 and 13; docs/dependencies.md says why each is here.
PACKAGES := ca-certificates catch2 ccache cmake g++ git libabsl-dev libbenchmark-dev libcairo2-dev \
	libcli11-dev libeigen3-dev libfmt-dev libopenblas0-openmp libspdlog-dev libtbb-dev \
	libtomlplusplus-dev libtorch-dev libxxhash-dev libzstd-dev mold ninja-build \
	nlohmann-json3-dev pkg-config zlib1g-dev fonts-dejavu-core pybind11-dev python3-dev \
	python3-matplotlib python3-numpy python3-pandas python3-pytest python3-torch
PYTHON := /usr/bin/python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo build python python-sanitized stubs test check-trixie fuzz tsan deps configure bench docs docs-tables examples clean

# Trains an assistant, evaluates it and writes a report; what is already done is reused.
demo: deps build
	$(BUILD)/hod experiment --config configs/demo.toml --out $(RUN)

# The program alone: build/hod.
build: configure
	cmake --build $(BUILD) --target hod hod-bench

# The Python package, for Debian's Python: builds $(BUILD)/python/hod, and tells Python where it is
# by a file in the user's site-packages.
USER_SITE = $(shell $(PYTHON) -m site --user-site)
python: configure
	cmake --build $(BUILD) --target hod_python
	mkdir -p $(USER_SITE)
	echo $(CURDIR)/$(BUILD)/python > $(USER_SITE)/hod.pth
	$(PYTHON) -c "import hod; print('import hod:', hod.__version__, 'from', hod.__path__[0])"

# Its tests under AddressSanitizer and UndefinedBehaviorSanitizer; those of torch and matplotlib are
# not for it. Python itself leaks at its end.
python-sanitized:
	cmake -S . -B $(BUILD)-sanitized -G Ninja -D HOD_SANITIZE=address,undefined -D CMAKE_CXX_FLAGS_RELEASE=-O1 \
	  -DPython_EXECUTABLE=$(PYTHON) -DPYTHON_EXECUTABLE=$(PYTHON)
	cmake --build $(BUILD)-sanitized --target hod_python
	cd tests/python && PYTHONPATH=$(CURDIR)/$(BUILD)-sanitized/python OMP_NUM_THREADS=1 \
	  ASAN_OPTIONS=detect_leaks=0 \
	  LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libstdc++.so)" \
	  $(PYTHON) -m pytest -q -p no:cacheprovider safety_test.py game_test.py environments_test.py \
	  search_test.py

# Its types, written from the compiled module.
stubs: python
	$(PYTHON) -P bindings/stubs.py > bindings/hod/_hod.pyi.new
	mv bindings/hod/_hod.pyi.new bindings/hod/_hod.pyi

test: configure
	cmake --build $(BUILD)
	ctest --test-dir $(BUILD) --output-on-failure -j 2

# Builds and tests on Debian 13, in the folder TRIXIE, which debootstrap makes.
TRIXIE := $(BUILD)-trixie
check-trixie:
	$(SUDO) .ci/check-trixie $(TRIXIE)

# Damaged files for every reader, SECONDS each: tests/fuzz/README.md.
SECONDS := 60
fuzz:
	cmake -S . -B $(BUILD)-fuzz -G Ninja -D HOD_FUZZ=ON -D CMAKE_CXX_FLAGS_RELEASE=-O1 \
	  -DPython_EXECUTABLE=$(PYTHON) -DPYTHON_EXECUTABLE=$(PYTHON)
	cmake --build $(BUILD)-fuzz --target hod_fuzz
	cd $(BUILD)-fuzz/tests/fuzz && \
	  ls *_fuzz | xargs -P $$(nproc) -I TARGET env ./TARGET --seconds=$(SECONDS)

# ThreadSanitizer on the tests of all that shares something between threads: searches, the cache of
# evaluations, batches of environments, many games at once. It has to see how oneTBB's tasks wait for
# each other, which Debian's library hides: TSAN_TBB is the folder of a libtbb made from the same
# source (`apt-get source onetbb`) by `cmake -DTBB_SANITIZE=thread -DTBB_TEST=OFF`.
tsan: export LD_LIBRARY_PATH = $(TSAN_TBB)
tsan:
	cmake -S . -B $(BUILD)-tsan -G Ninja -D HOD_SANITIZE=thread -D CMAKE_CXX_FLAGS_RELEASE=-O1 \
	  -DPython_EXECUTABLE=/usr/bin/python3 -DPYTHON_EXECUTABLE=/usr/bin/python3
	cmake --build $(BUILD)-tsan --target batch_test engine_test mcts_test
	$(BUILD)-tsan/tests/mcts/mcts_test "*threads*,*cache*,*Cache*"
	$(BUILD)-tsan/tests/batch/batch_test
	$(BUILD)-tsan/tests/engine/engine_test "An episode follows*,A timeline*,Figures are the same*"

# Installs the packages that are missing.
deps:
	@missing=$$(for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
	done); \
	if [ -n "$$missing" ]; then \
	  echo "installing:" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing; \
	fi

configure: $(BUILD)/build.ninja

$(BUILD)/build.ninja:
	cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release \
	  -DPython_EXECUTABLE=$(PYTHON) -DPYTHON_EXECUTABLE=$(PYTHON)

# Speed of the environment, the search, networks and the learner on this machine.
bench: build
	$(BUILD)/hod bench env
	$(BUILD)/hod bench search
	$(BUILD)/hod bench network
	$(BUILD)/hod bench learner

# What docs/ takes from the program: the table of settings, drawn houses, the first house of an
# evaluation in RUN, as of `make demo`, and what planning adds to RUN's network, half an hour. The animation is an APNG under the name of a PNG, which it is
# too, so that every host shows it.
EPISODE = $(RUN)/episodes/house-000-assisted.jsonl.gz
CHECKPOINT = $(lastword $(sort $(wildcard $(RUN)/checkpoints/*.safetensors)))
IMAGES := docs/images
docs: build examples
	{ cat docs/configuration.head.md; $(BUILD)/hod config --describe; } > docs/configuration.md
	$(BUILD)/hod goals sheet --count 24 --out $(IMAGES)/houses.png
	$(BUILD)/hod draw goal --index 3 --view both --out $(IMAGES)/goal.png
	$(BUILD)/hod draw state $(EPISODE) --step 100 --out $(IMAGES)/state.png
	$(BUILD)/hod draw episode $(EPISODE) --out $(IMAGES)/episode.png
	$(BUILD)/hod draw episode $(EPISODE) --every 2 --fps 6 --out $(IMAGES)/building.apng
	mv $(IMAGES)/building.apng $(IMAGES)/building.png
	$(BUILD)/hod explain $(RUN)/episodes/house-001-assisted.jsonl.gz --step 40 \
	  --checkpoint $(CHECKPOINT) --simulations 200 --out $(IMAGES)/explain.png
	$(BUILD)/hod bench timeline --out $(IMAGES)/timeline.png
	$(BUILD)/hod study search configs/search_study.toml --assistant $(CHECKPOINT) \
	  --episodes 100 --seed 777 --out $(RUN)/search-study
	cp $(RUN)/search-study/study.png $(IMAGES)/search_study.png

# The measured tables of all pages, from docs/results/*.json; the tests check that none differs.
docs-tables:
	$(PYTHON) docs/render.py

# The worked examples with what they print and draw, docs/examples/*.md; those that need a trained
# network take that of RUN.
EXAMPLES := train_and_plot belief human_model compare
examples: python
	HOD_RUN=$(RUN) $(PYTHON) docs/examples/render.py $(EXAMPLES:%=docs/examples/%.py)

clean:
	rm -rf $(BUILD) $(BUILD)-fuzz $(BUILD)-sanitized $(BUILD)-tsan
	rm -f $(USER_SITE)/hod.pth
