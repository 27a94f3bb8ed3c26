# The two commands of a new user are `make demo` and `make test`; the rest are their parts.

BUILD := build
RUN := runs/demo

# Debian 12 packages; docs/dependencies.md says why each is here.
PACKAGES := ca-certificates catch2 ccache cmake g++ git libabsl-dev libbenchmark-dev libcairo2-dev \
	libcli11-dev libeigen3-dev libfmt-dev libopenblas0-openmp libspdlog-dev libtbb-dev \
	libtomlplusplus-dev libtorch-dev libxxhash-dev libzstd-dev mold ninja-build \
	nlohmann-json3-dev pkg-config zlib1g-dev fonts-dejavu-core
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo build test fuzz tsan deps configure bench docs clean

# Trains an assistant, evaluates it and writes a report; what is already done is reused.
demo: deps build
	$(BUILD)/hod experiment --config configs/demo.toml --out $(RUN)

# The program alone: build/hod.
build: configure
	cmake --build $(BUILD) --target hod

test: configure
	cmake --build $(BUILD)
	ctest --test-dir $(BUILD) --output-on-failure -j 2

# Damaged files for every reader, SECONDS each: tests/fuzz/README.md.
SECONDS := 60
fuzz:
	cmake -S . -B $(BUILD)-fuzz -G Ninja -D HOD_FUZZ=ON -D CMAKE_CXX_FLAGS_RELEASE=-O1 \
	  -DPython_EXECUTABLE=/usr/bin/python3 -DPYTHON_EXECUTABLE=/usr/bin/python3
	cmake --build $(BUILD)-fuzz --target hod_fuzz
	cd $(BUILD)-fuzz/tests/fuzz && \
	  ls *_fuzz | xargs -P $$(nproc) -I TARGET env ./TARGET --seconds=$(SECONDS)

# ThreadSanitizer on the tests of all that shares something between threads: searches, the cache of
# evaluations, batches of environments, many games at once.
tsan:
	cmake -S . -B $(BUILD)-tsan -G Ninja -D HOD_SANITIZE=thread -D CMAKE_CXX_FLAGS_RELEASE=-O1 \
	  -DPython_EXECUTABLE=/usr/bin/python3 -DPYTHON_EXECUTABLE=/usr/bin/python3
	cmake --build $(BUILD)-tsan --target batch_test engine_test mcts_test
	$(BUILD)-tsan/tests/mcts/mcts_test "*threads*,*cache*"
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
	  -DPython_EXECUTABLE=/usr/bin/python3 -DPYTHON_EXECUTABLE=/usr/bin/python3

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
docs: build
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
	$(BUILD)/hod compare --study configs/search_study.toml --assistant $(CHECKPOINT) \
	  --episodes 50 --seed 4242 --out $(RUN)/search-study
	cp $(RUN)/search-study/study.png $(IMAGES)/search_study.png

clean:
	rm -rf $(BUILD) $(BUILD)-fuzz $(BUILD)-tsan
