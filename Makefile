# `make` prints the targets; the commands of a new user are `make demo` and `make test`. Builds are those
# of CMakePresets.json.

BUILD := build
RUN := runs/demo
# Another libtorch than Debian's: its prefix, or PyTorch's torch.utils.cmake_prefix_path.
TORCH :=

# Packages of Debian 12 and 13; docs/dependencies.md says why each is here.
PACKAGES := black ca-certificates catch2 ccache clang-format cmake g++ git libabsl-dev \
	libbenchmark-dev libboost-dev libcairo2-dev libcli11-dev libeigen3-dev libfmt-dev libgloo-dev libhiredis-dev \
	libopenblas0-openmp libspdlog-dev libtbb-dev libtomlplusplus-dev libtorch-dev libxxhash-dev \
	libzstd-dev mold mypy ninja-build nlohmann-json3-dev pkg-config zlib1g-dev fonts-dejavu-core \
	pybind11-dev python3-dev python3-matplotlib python3-numpy python3-pandas python3-pytest \
	python3-torch
# For tests of the page in a browser, of its protocol, and of runs on many machines, which skip without them.
TEST_PACKAGES := chromium chromium-driver iproute2 openssl python3-selenium python3-websockets redis-server \
	slurm-wlm stunnel4
PYTHON := /usr/bin/python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help demo build python install test check-trixie lint tidy fuzz asan tsan deps \
	deps-tests play page reliability configure stubs bench docs docs-tables examples clean

help:
	@awk -F ':.*## ' '/^[a-zA-Z%-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What is already done is reused.
demo: deps build ## trains an assistant, evaluates it and writes a report: runs/demo
	$(BUILD)/hod experiment --config configs/demo.toml --out $(RUN)

play: deps build ## opens a page to build houses beside the assistant of make demo, or a trained one
	$(BUILD)/hod play

build: configure ## builds build/hod and build/hod-bench; TORCH=FOLDER: with PyTorch's libtorch
	cmake --build $(BUILD) --target hod hod-bench

# Python is told where the package is by a file in the user's site-packages.
USER_SITE = $(shell $(PYTHON) -m site --user-site)
python: configure ## builds the Python package, for Debian's Python
	cmake --build $(BUILD) --target hod_python
	mkdir -p $(USER_SITE)
	echo $(CURDIR)/$(BUILD)/python > $(USER_SITE)/hod.pth
	$(PYTHON) -c "import hod; print('import hod:', hod.__version__, 'from', hod.__path__[0])"

# $DESTDIR is put before PREFIX.
PREFIX := /usr/local
install: configure ## installs programs, configs, Python and CMake packages under PREFIX=/usr/local
	cmake --build $(BUILD) --target hod hod-bench hod_python hod-mcts hod-engine
	cmake --install $(BUILD) --prefix $(PREFIX)

test: configure ## builds everything and runs all tests
	cmake --build $(BUILD)
	ctest --preset release

test-%: configure ## the tests of a folder and those in it: test-mcts, test-env-game, test-python
	cmake --build $(BUILD) --target tests_$(subst -,_,$*)
	ctest --preset release -L '^$(subst -,/,$*)(/|$$)'

# In the folder TRIXIE, which debootstrap makes.
TRIXIE := $(BUILD)-trixie
check-trixie: ## builds and tests on Debian 13
	$(SUDO) .ci/check-trixie $(TRIXIE)

lint: ## clang-format, black and mypy: what CI refuses
	git ls-files '*.cc' '*.h' '*.inc' | xargs clang-format --dry-run -Werror
	black --check --quiet --diff .
	mypy
	mypy --strict bindings/hod tests/python/typed_script.py

# Clang cannot read libtorch 1.13's headers as C++20.
tidy: configure ## clang-tidy over all but models/torch: too slow for CI
	git ls-files '*.cc' ':!models/torch' ':!docs' | xargs -n 1 -P $$(nproc) clang-tidy --quiet -p $(BUILD)

SECONDS := 60
fuzz: ## damaged files for every reader, SECONDS=60 each: tests/fuzz/README.md
	cmake --preset fuzz
	cmake --build --preset fuzz
	cd $(BUILD)-fuzz/tests/fuzz && \
	  ls *_fuzz | xargs -P $$(nproc) -I TARGET env ./TARGET --seconds=$(SECONDS)

# Tests preload libraries of their own before that of the sanitizer. Where the sanitizer watches thread-local
# variables, its search for leaks crashes in libtorch's threads.
asan: ## all tests under the sanitizers of addresses and of undefined behaviour
	cmake --preset asan
	cmake --build --preset asan
	ASAN_OPTIONS=verify_asan_link_order=0:intercept_tls_get_addr=0 \
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/sanitizers/leaks.supp:print_suppressions=0 \
	  ctest --test-dir $(BUILD)-asan -j $$(nproc) --output-on-failure

TSAN_TBB := $(CURDIR)/$(BUILD)-tsan/onetbb
tsan: $(TSAN_TBB)/libtbb.so.12 ## all tests but Python's under the sanitizer of threads
	cmake --preset tsan
	cmake --build --preset tsan
	LD_LIBRARY_PATH=$(TSAN_TBB) ctest --test-dir $(BUILD)-tsan -j $$(nproc) --output-on-failure

$(TSAN_TBB)/libtbb.so.12: tests/sanitizers/instrumented_tbb.sh
	$< $(TSAN_TBB)

reliability: configure ## fails every write of small runs, and kills trainings a thousand times: docs/reliability.md
	cmake --build $(BUILD) --target hod failing_calls
	$(PYTHON) tests/reliability/campaign.py faults --program $(BUILD)/hod \
	  --library $(BUILD)/tests/reliability/libfailing_calls.so \
	  --result docs/results/reliability_faults.json
	$(PYTHON) tests/reliability/campaign.py kills --program $(BUILD)/hod \
	  --result docs/results/reliability_kills.json

deps: ## installs the packages that are missing
	@missing=$$(for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
	done); \
	if [ -n "$$missing" ]; then \
	  echo "installing:" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing; \
	fi

deps-tests: PACKAGES += $(TEST_PACKAGES)
deps-tests: deps ## the same, and what tests skip without: a browser, Redis

# Needs npm and its registry. What it makes is committed, so that nobody else does.
page: ## bundles the page of hod play: engine/server/page/dist
	cd engine/server/page && npm ci --ignore-scripts --no-audit --no-fund && npm run build

configure: $(BUILD)/build.ninja

# CMake remembers where it found a library, and would mix two libtorchs if it did not begin anew.
ifneq ($(TORCH),)
.PHONY: $(BUILD)/build.ninja
endif
$(BUILD)/build.ninja:
	cmake --preset release $(TORCH:%=--fresh -DTorch_ROOT=$(TORCH:%/share/cmake=%))

stubs: python ## writes the types of the compiled Python module: bindings/hod/_hod.pyi
	$(PYTHON) -P bindings/stubs.py > bindings/hod/_hod.pyi.new
	mv bindings/hod/_hod.pyi.new bindings/hod/_hod.pyi

bench: build ## measures environment, search, networks and learner on this machine
	$(BUILD)/hod bench env
	$(BUILD)/hod bench search
	$(BUILD)/hod bench network
	$(BUILD)/hod bench learner

# The table of settings, drawn houses, the first house of an evaluation in RUN, as of `make demo`, and
# what planning adds to RUN's network: half an hour. The animation is an APNG under the name of a PNG,
# which it is too, so that every host shows it.
EPISODE = $(RUN)/episodes/house-000-assisted.jsonl.gz
CHECKPOINT = $(lastword $(sort $(wildcard $(RUN)/checkpoints/*.safetensors)))
IMAGES := docs/images
docs: build examples ## everything in docs/ that comes from the program, but the measured tables
	{ cat docs/configuration.head.md; $(BUILD)/hod config --describe; } > docs/configuration.md
	$(BUILD)/hod goals sheet --count 24 --out $(IMAGES)/houses.png
	$(BUILD)/hod goals sheet --goals altered:generated --count 24 --out $(IMAGES)/altered.png
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

docs-tables: ## renders measured tables and code into the pages (docs/render.py)
	$(PYTHON) docs/render.py

# Those that need a trained network take that of RUN. EXAMPLES=learners needs Stable-Baselines3.
EXAMPLES := train_and_plot belief human_model compare
examples: python ## the worked examples with what they print and draw: docs/examples/*.md
	HOD_RUN=$(RUN) $(PYTHON) docs/examples/render.py $(EXAMPLES:%=docs/examples/%.py)

clean: ## removes what was built
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-debug $(BUILD)-fuzz $(BUILD)-tsan
	rm -f $(USER_SITE)/hod.pth
