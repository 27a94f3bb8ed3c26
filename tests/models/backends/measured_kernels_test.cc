#include "models/backends/measured_kernels.h"

#include <nlohmann/json.hpp>

#include "env/base/json.h"
#include "models/backends/kernel_check.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kSmall = {.channels = 16, .blocks = 1};

const Kernels& Fastest() { return FastestKernels(Precision::kFloat32); }

// Those of Fastest(), which convolve several times before they are done, but where that would add
// several times.
const Kernels& Slow() {
  static const Kernels slow = [] {
    Kernels kernels = Fastest();
    kernels.name = "slow";
    kernels.convolve = [](const Convolution& c) {
      const int times = c.add == nullptr ? 8 : 1;
      for (int i = 0; i < times; ++i) Fastest().convolve(c);
    };
    return kernels;
  }();
  return slow;
}

// Those of Fastest(), which are faster still, as they leave convolutions out.
const Kernels& Wrong() {
  static const Kernels wrong = [] {
    Kernels kernels = Fastest();
    kernels.name = "wrong";
    kernels.convolve = [](const Convolution&) {};
    return kernels;
  }();
  return wrong;
}

nlohmann::json Only(const std::string& memory) {
  nlohmann::json file = *ReadJsonFile(memory);
  REQUIRE(file.size() == 1);
  return *file.begin();
}

TEST_CASE("The kernels that are the fastest here are chosen, and what was measured is kept") {
  const TempDir dir;
  const std::string memory = dir / "cache/hod/kernels.json";
  const Kernels* const candidates[] = {&Slow(), &Fastest()};
  CHECK(&ChooseKernels(kSmall, candidates, memory) == &Fastest());
  const nlohmann::json rates = Only(memory);
  CHECK(rates.size() == 2);
  CHECK(rates["float32, slow"] < rates[std::string("float32, ") + Fastest().name]);
  // A second choice measures only whether the first still holds.
  CHECK(&ChooseKernels(kSmall, candidates, memory) == &Fastest());
  CHECK(Only(memory) == rates);
  CHECK(&ChooseKernels(kSmall, candidates, "") == &Fastest());
}

TEST_CASE("What was measured of a network says nothing of one with other blocks") {
  const TempDir dir;
  const std::string memory = dir / "kernels.json";
  const Kernels* const candidates[] = {&Slow(), &Fastest()};
  NetworkConfig config = kSmall;
  ChooseKernels(config, candidates, memory);
  config.block = BlockKind::kDense;
  ChooseKernels(config, candidates, memory);
  CHECK(ReadJsonFile(memory)->size() == 2);
}

TEST_CASE("A choice that is wrong is seen and corrected") {
  const TempDir dir;
  const std::string memory = dir / "kernels.json";
  const Kernels* const candidates[] = {&Slow(), &Fastest()};
  ChooseKernels(kSmall, candidates, memory);
  nlohmann::json file = *ReadJsonFile(memory);
  file.begin().value()["float32, slow"] = 1e12;
  dir.Write("kernels.json", file.dump());
  CHECK(&ChooseKernels(kSmall, candidates, memory) == &Fastest());
  CHECK(Only(memory)["float32, slow"] < 1e9);
}

TEST_CASE("Kernels that compute something else are not chosen, however fast they are") {
  const TempDir dir;
  const std::string memory = dir / "kernels.json";
  const Kernels* const candidates[] = {&Wrong(), &Slow(), &Fastest()};
  CHECK(&ChooseKernels(kSmall, candidates, memory) == &Fastest());
  CHECK(Only(memory).size() == 2);
  const Kernels* const wrong[] = {&Wrong()};
  CHECK(&ChooseKernels(kSmall, wrong, memory) == &BaselineKernels(Precision::kFloat32));
  CHECK(RightKernels(kSmall, RunnableKernels()).size() == RunnableKernels().size());
  CHECK(RightKernels({.channels = 48, .blocks = 2}, RunnableKernels()).size() ==
        RunnableKernels().size());
}

TEST_CASE("A memory that is damaged, of others or out of reach is measured anew") {
  const TempDir dir;
  const Kernels* const candidates[] = {&Slow(), &Fastest()};
  for (const char* damaged : {"", "[]", "{\"x\": 3}", "nonsense"}) {
    dir.Write("kernels.json", damaged);
    CHECK(&ChooseKernels(kSmall, candidates, dir / "kernels.json") == &Fastest());
  }
  // What others measured stays.
  dir.Write("kernels.json", R"({"another processor": {"float32, AVX2": 5}})");
  ChooseKernels(kSmall, candidates, dir / "kernels.json");
  CHECK((*ReadJsonFile(dir / "kernels.json"))["another processor"]["float32, AVX2"] == 5);
  CHECK(&ChooseKernels(kSmall, candidates, "/dev/null/kernels.json") == &Fastest());
}

TEST_CASE("Only what may be the fastest is a candidate") {
  for (const Kernels* kernels : Candidates({Precision::kFloat32, Precision::kBfloat16})) {
    INFO(kernels->name);
    CHECK((kernels->precision == Precision::kFloat32 || MultipliesBfloat16()));
    CHECK((!kernels->for_comparisons || kernels == &BaselineKernels(kernels->precision)));
  }
  CHECK_FALSE(Candidates({Precision::kFloat32}).empty());
  CHECK(&MeasuredFastest(kSmall, {Precision::kFloat32}) ==
        &MeasuredFastest(kSmall, {Precision::kFloat32}));
}

}  // namespace
}  // namespace hod::models
