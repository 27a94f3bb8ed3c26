#include "models/checkpoints/checkpoint.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "models/checkpoints/network_file.h"
#include "models/files/safetensors.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 4, .blocks = 1};
constexpr char kRun[] = R"({"step": 12})";

TrainerState SomeState() {
  TrainerState state = InitialTrainerState(InitialNetwork(kTiny, Rng(1)));
  state.first_moment[5] = -0.5f;
  state.second_moment[7] = 0.25f;
  state.published[3] = 2.0f;
  state.steps = 12;
  return state;
}

TEST_CASE("A training checkpoint keeps all, and also serves as a network") {
  const TempDir directory;
  const std::string path = directory / "c.safetensors";
  const TrainerState state = SomeState();
  REQUIRE(SaveCheckpoint(path, {state, kRun}).ok());
  const auto loaded = LoadCheckpoint(path);
  REQUIRE(loaded.ok());
  CHECK(loaded->state.network.config == kTiny);
  CHECK(loaded->state.network.parameters == state.network.parameters);
  CHECK(loaded->state.published == state.published);
  CHECK(loaded->state.first_moment == state.first_moment);
  CHECK(loaded->state.second_moment == state.second_moment);
  CHECK(loaded->state.steps == 12);
  CHECK(loaded->run == kRun);
  const auto network = OpenHodNetwork(path);
  REQUIRE(network.ok());
  CHECK(std::get<Network>(network->network).parameters == state.network.parameters);
}

TEST_CASE("A network alone can be saved, but not be trained on") {
  const TempDir directory;
  const std::string path = directory / "n.safetensors";
  const Network network = InitialNetwork({.channels = 4, .blocks = 0, .inventories = true}, Rng(2));
  REQUIRE(SaveNetwork(path, {network, kRun}).ok());
  const auto loaded = OpenHodNetwork(path);
  REQUIRE(loaded.ok());
  CHECK(std::get<Network>(loaded->network).config == network.config);
  CHECK(std::get<Network>(loaded->network).parameters == network.parameters);
  CHECK(loaded->run == kRun);
  CHECK(LoadCheckpoint(path).status().message().find("published/stem.weight is missing") !=
        absl::string_view::npos);
}

TEST_CASE("A file keeps the kind of block, and one that names none has factorised blocks") {
  const TempDir directory;
  const std::string path = directory / "n.safetensors";
  const Network dense =
      InitialNetwork({.channels = 4, .blocks = 2, .block = BlockKind::kDense}, Rng(2));
  REQUIRE(SaveNetwork(path, {dense, kRun}).ok());
  auto loaded = OpenHodNetwork(path);
  REQUIRE(loaded.ok());
  CHECK(std::get<Network>(loaded->network).config == dense.config);
  CHECK(std::get<Network>(loaded->network).parameters == dense.parameters);

  const Network old = InitialNetwork(kTiny, Rng(2));
  REQUIRE(SaveNetwork(path, {old, kRun}).ok());
  SafeTensors file = *ReadSafeTensors(path);
  file.metadata["network"] =
      R"({"channels":4,"blocks":1,"goal_visible":false,"inventories":false})";
  REQUIRE(WriteSafeTensors(path, file).ok());
  loaded = OpenHodNetwork(path);
  REQUIRE(loaded.ok());
  CHECK(std::get<Network>(loaded->network).config == old.config);
}

TEST_CASE("Checkpoints with anything wrong are refused, and the error says what") {
  const TempDir directory;
  const std::string path = directory / "c.safetensors";
  REQUIRE(SaveCheckpoint(path, {SomeState(), kRun}).ok());
  const SafeTensors good = *ReadSafeTensors(path);
  const auto refused = [&](const char* why, auto change) {
    SafeTensors file = good;
    change(file);
    REQUIRE(WriteSafeTensors(path, file).ok());
    for (const absl::Status& status :
         {LoadCheckpoint(path).status(), OpenHodNetwork(path).status()}) {
      INFO(status);
      REQUIRE_FALSE(status.ok());
      CHECK(status.message().find(why) != absl::string_view::npos);
      CHECK(status.message().find(path) != absl::string_view::npos);
    }
  };
  const std::string name = "optimizer/second_moment/stem.bias";
  const auto set = [](std::string& data, float value) { std::memcpy(data.data() + 4, &value, 4); };

  refused("network/stem.bias is missing", [](auto& f) { f.tensors.erase("network/stem.bias"); });
  refused("second_moment/stem.bias is missing", [&](auto& f) { f.tensors.erase(name); });
  refused("tensor extra is not expected", [](auto& f) {
    f.tensors["extra"] = {Dtype::kU8, {0}, ""};
  });
  refused("F32 [2, 2], expected F32 [4]", [&](auto& f) { f.tensors[name].shape = {2, 2}; });
  refused("I32 [4], expected F32 [4]", [&](auto& f) { f.tensors[name].dtype = Dtype::kI32; });
  refused("not finite at element 1", [&](auto& f) { set(f.tensors[name].data, NAN); });
  refused("not finite at element 1",
          [&](auto& f) { set(f.tensors["network/stem.bias"].data, INFINITY); });
  refused("negative", [&](auto& f) { set(f.tensors[name].data, -1.0f); });
  for (const char* key : {"format", "network", "run"}) {
    refused(key, [&](auto& f) { f.metadata.erase(key); });
    refused(key, [&](auto& f) { f.metadata[key] = std::string(1, '{'); });
  }
  refused("steps", [](auto& f) { f.metadata.erase("steps"); });
  refused("steps", [](auto& f) { f.metadata["steps"] = std::string("-1"); });
  refused("channels", [](auto& f) {
    f.metadata["network"] = R"({"channels":0,"blocks":1,"goal_visible":false,"inventories":false})";
  });
  refused("channels", [](auto& f) {
    f.metadata["network"] =
        R"({"channels":4294967300,"blocks":1,"goal_visible":false,"inventories":false})";
  });
  refused("F32", [](auto& f) {
    f.metadata["network"] = R"({"channels":8,"blocks":1,"goal_visible":false,"inventories":false})";
  });
  refused("factorised or dense", [](auto& f) {
    f.metadata["network"] =
        R"({"channels":4,"blocks":1,"block":"x","goal_visible":false,"inventories":false})";
  });
  refused("network/blocks.0.first.weight is missing", [](auto& f) {
    f.metadata["network"].replace(f.metadata["network"].find("factorised"), 10, "dense");
  });
  CHECK(LoadCheckpoint(directory / "none").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("What could not be loaded again is not saved") {
  const TempDir directory;
  const std::string path = directory / "c";
  TrainerState state = SomeState();
  CHECK_FALSE(SaveCheckpoint(path, {state, "not JSON"}).ok());
  state.network.parameters[9] = std::numeric_limits<float>::quiet_NaN();
  CHECK(SaveCheckpoint(path, {state, kRun}).message().find("not finite") !=
        absl::string_view::npos);
  CHECK_FALSE(SaveNetwork(path, {state.network, kRun}).ok());
  state = SomeState();
  state.first_moment.pop_back();
  CHECK_FALSE(SaveCheckpoint(path, {state, kRun}).ok());
  CHECK(directory.NumFiles() == 0);
}

}  // namespace
}  // namespace hod::models
