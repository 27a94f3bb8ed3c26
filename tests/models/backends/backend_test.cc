// Backends against each other: the same logits from every kind of kernel and from libtorch.
#include "models/backends/backend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/device_network.h"
#include "models/backends/kernels.h"
#include "models/backends/make_evaluator.h"
#include "models/backends/torch_backend.h"
#include "models/network/features.h"
#include "tests/support/catch.h"

namespace hod::models {
namespace {

// No parameter is 0, so that none may be forgotten.
Network BusyNetwork(const NetworkConfig& config, uint64_t seed) {
  Rng rng(seed);
  Network network = InitialNetwork(config, rng.Fork(0));
  float* at = network.parameters.data();
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    const double scale = std::sqrt(0.5 * static_cast<double>(spec.shape[0]) /
                                   static_cast<double>(std::max<int64_t>(spec.Size(), 4)));
    for (int64_t i = 0; i < spec.Size(); ++i) *at++ += static_cast<float>(scale * rng.Normal());
  }
  return network;
}

struct Features {
  std::vector<float> planes, globals;
};

Features RandomFeatures(const NetworkConfig& config, const env::WorldSize& size, int positions,
                        uint64_t seed) {
  Rng rng(seed);
  const auto random = [&](size_t count) {
    std::vector<float> features(count);
    for (float& x : features) x = rng.Chance(0.3) ? static_cast<float>(rng.Uniform()) : 0;
    return features;
  };
  return {random(static_cast<size_t>(positions) * NumPlanes(config) * size.Volume()),
          random(static_cast<size_t>(positions) * NumGlobals(config))};
}

struct Output {
  std::vector<float> logits, values;
};

// Computes in as many passes as the backend needs.
Output Compute(const Backend& backend, const env::WorldSize& size, const Features& features,
               int positions) {
  const auto workspace = backend.MakeWorkspace(size);
  Output output;
  for (int begin = 0; begin < positions; begin += backend.positions_per_pass()) {
    const int pass = std::min(positions - begin, backend.positions_per_pass());
    const auto copy = [&](const std::vector<float>& from, absl::Span<float> to) {
      const size_t row = from.size() / positions;
      std::copy_n(from.begin() + static_cast<ptrdiff_t>(begin * row), pass * row, to.begin());
    };
    copy(features.planes, workspace->planes);
    copy(features.globals, workspace->globals);
    workspace->Run(pass);
    for (int i = 0; i < pass; ++i) {
      const std::vector<float> logits = AllLogits(*workspace, i, size);
      output.logits.insert(output.logits.end(), logits.begin(), logits.end());
    }
    const auto values = workspace->values.first(pass);
    output.values.insert(output.values.end(), values.begin(), values.end());
  }
  return output;
}

// The largest difference as a part of the largest value.
double Distance(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double distance = 0, largest = 1e-3;
  for (size_t i = 0; i < a.size(); ++i) {
    distance = std::max(distance, std::abs(static_cast<double>(a[i]) - b[i]));
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return distance / largest;
}

TEST_CASE("Every kind of kernel computes what libtorch does") {
  struct Case {
    NetworkConfig config;
    env::WorldSize size;
    int positions;
  };
  const Case cases[] = {
      {{.channels = 32, .blocks = 4}, {11, 10, 10}, 2},
      {{.channels = 16, .blocks = 4}, {7, 7, 7}, 17},
      {{.channels = 1, .blocks = 1}, {4, 4, 4}, 3},
      {{.channels = 20, .blocks = 2, .inventories = true}, {5, 4, 9}, 3},
      {{.channels = 48, .blocks = 1, .goal_visible = true}, {4, 13, 5}, 2},
      {{.channels = 33, .blocks = 3, .goal_visible = true, .inventories = true}, {6, 5, 4}, 1},
      {{.channels = 16, .blocks = 0}, {9, 8, 16}, 2},
      {{.channels = 32, .blocks = 2, .block = BlockKind::kDense}, {11, 10, 10}, 2},
      {{.channels = 16, .blocks = 3, .block = BlockKind::kDense}, {7, 7, 7}, 17},
      {{.channels = 1, .blocks = 1, .block = BlockKind::kDense}, {4, 4, 4}, 3},
      {{.channels = 33, .blocks = 2, .block = BlockKind::kDense, .goal_visible = true},
       {4, 13, 5},
       2},
  };
  for (const Case& c : cases) {
    const Network network = BusyNetwork(c.config, 1);
    const Features features = RandomFeatures(c.config, c.size, c.positions, 2);
    const Output expected = Compute(**MakeTorchBackend(network, Device::kCpu, Precision::kFloat32),
                                    c.size, features, c.positions);
    for (const Kernels* kernels : RunnableKernels()) {
      INFO(kernels->name << ", " << ShapeOf(c.config));
      const double tolerance = kernels->precision == Precision::kFloat32    ? 1e-5
                               : kernels->precision == Precision::kBfloat16 ? 0.03
                                                                            : 0.1;
      const Output output =
          Compute(*MakeCpuBackend(network, *kernels), c.size, features, c.positions);
      CHECK(Distance(output.logits, expected.logits) < tolerance);
      CHECK(Distance(output.values, expected.values) < 3 * tolerance);
    }
  }
}

TEST_CASE("bfloat16 is rounded alike by kernels and by libtorch, but for the order of sums") {
  const NetworkConfig config = {.channels = 32, .blocks = 0};  // One layer: errors do not add up.
  const Network network = BusyNetwork(config, 1);
  const env::WorldSize size = {4, 5, 6};
  const Features features = RandomFeatures(config, size, 1, 2);
  const Output exact =
      Compute(**MakeTorchBackend(network, Device::kCpu, Precision::kFloat32), size, features, 1);
  for (const Kernels* kernels : RunnableKernels()) {
    if (kernels->precision != Precision::kBfloat16) continue;
    const Output output = Compute(*MakeCpuBackend(network, *kernels), size, features, 1);
    // The rows between stem and heads have 8 bits.
    const double distance = Distance(output.logits, exact.logits);
    CHECK(distance < 1.0 / 256);
    CHECK(distance > 1.0 / 65536);
  }
}

TEST_CASE("int8 is the same on every kind of kernel, but where a float's rounding tips a byte") {
  const BlockKind block = GENERATE(BlockKind::kFactorised, BlockKind::kDense);
  const Network network = BusyNetwork({.channels = 32, .blocks = 3, .block = block}, 1);
  const env::WorldSize size = {5, 6, 7};
  const Features features = RandomFeatures(network.config, size, 1, 2);
  const Output expected =
      Compute(*MakeCpuBackend(network, FastestKernels(Precision::kInt8)), size, features, 1);
  for (const Kernels* kernels : RunnableKernels()) {
    if (kernels->precision != Precision::kInt8) continue;
    INFO(kernels->name);
    const Output output = Compute(*MakeCpuBackend(network, *kernels), size, features, 1);
    CHECK(Distance(output.logits, expected.logits) < 0.005);
  }
}

TEST_CASE("Sums of exponentials are those of doubles, of any length") {
  Rng rng(1);
  for (const Kernels* kernels : RunnableKernels()) {
    for (const int count : {1, 3, 8, 15, 16, 17, 343, 1100}) {
      for (const double spread : {0.0, 1.0, 30.0, 300.0}) {
        std::vector<float> numbers(count);
        for (float& x : numbers) x = static_cast<float>(spread * rng.Normal());
        float highest, sum;
        kernels->sum_exp(numbers.data(), count, &highest, &sum);
        CHECK(highest == *std::max_element(numbers.begin(), numbers.end()));
        double expected = 0;
        for (const float x : numbers) expected += std::exp(static_cast<double>(x) - highest);
        CHECK(sum == Approx(expected).epsilon(2e-6));
      }
    }
  }
}

TEST_CASE("Sums of exponentials of rows are those of every channel") {
  constexpr int kVoxels = 343;
  Rng rng(1);
  Aligned<float> rows(kVoxels * kBlock), planes(rows.size());
  for (int voxel = 0; voxel < kVoxels; ++voxel) {
    for (int c = 0; c < kBlock; ++c) {
      const auto x = static_cast<float>((c + 1) * rng.Normal());
      rows[voxel * kBlock + c] = planes[c * kVoxels + voxel] = x;
    }
  }
  for (const Kernels* kernels : RunnableKernels()) {
    std::array<float, kBlock> highest, sums;
    kernels->sum_exp_rows(rows.data(), kVoxels, highest.data(), sums.data());
    for (int c = 0; c < kBlock; ++c) {
      float top, sum;
      kernels->sum_exp(&planes[c * kVoxels], kVoxels, &top, &sum);
      CHECK(highest[c] == top);
      CHECK(sums[c] == Approx(sum).epsilon(2e-6));
    }
  }
}

TEST_CASE("A map of planes that are mostly 0 forgets none that is not") {
  constexpr int kPlanes = 64;
  const int voxels = GENERATE(16, 17, 64, 343);
  const int blocks = GENERATE(1, 4, 7);
  Rng rng(voxels);
  const auto random = [&](float& x) { x = static_cast<float>(rng.Between(-9, 9)); };
  Aligned<float> weights(size_t{1} * kPlanes * blocks * kBlock);  // Whole: all sum alike.
  for (float& x : weights) random(x);
  for (const Kernels* kernels : RunnableKernels()) {
    INFO(kernels->name << ", " << voxels << " voxels, " << blocks << " blocks");
    // The blocks of a row are in the opposite order, and there is one more that is left alone.
    const ptrdiff_t row = (blocks + 1) * kBlock;
    Aligned<float> rows(row * voxels, -1.0f);
    std::vector<RowsBlock> output;
    for (int b = 0; b < blocks; ++b) output.push_back({&rows[(blocks - 1 - b) * kBlock], row});
    Aligned<float> planes(size_t{1} * kPlanes * voxels);
    for (const double chance : {0.0, 0.001, 0.1}) {
      for (float& x : planes) {
        if (rng.Chance(chance)) random(x);
      }
      kernels->map_planes({planes.data(), kPlanes, voxels, weights.data(), output.data(), blocks});
      for (int voxel = 0; voxel < voxels; ++voxel) {
        for (int c = 0; c < blocks * kBlock; ++c) {
          float expected = 0;
          for (int p = 0; p < kPlanes; ++p) {
            expected += planes[p * voxels + voxel] * weights[p * blocks * kBlock + c];
          }
          const int at = (blocks - 1 - c / kBlock) * kBlock + c % kBlock;
          REQUIRE(rows[voxel * row + at] == expected);
        }
        REQUIRE(rows[voxel * row + blocks * kBlock] == -1.0f);
      }
    }
  }
}

TEST_CASE("A plan has every voxel once, with the weights that meet the world and no others") {
  const env::WorldSize sizes[] = {{11, 10, 10}, {4, 5, 6}, {6, 4, 4}, {16, 4, 5}};
  const std::array<int, 3> kernels[] = {{1, 1, 1}, {3, 1, 3}, {1, 3, 1}, {3, 3, 3},
                                        {5, 5, 5}, {1, 1, 5}, {7, 1, 1}};
  for (const env::WorldSize& size : sizes) {
    for (const std::array<int, 3>& k : kernels) {
      const ConvolutionPlan plan(size, k);
      std::map<int, std::set<std::pair<int, int>>> seen;  // Weight and input of each voxel.
      for (const VoxelRun& run : plan.runs) {
        for (int i = 0; i < run.count; ++i) {
          const int voxel = run.first + i * run.stride;
          REQUIRE(seen.count(voxel) == 0);
          auto& taps = seen[voxel];
          for (int t = run.first_tap; t < run.first_tap + run.num_taps; ++t) {
            taps.insert({plan.taps[t].weight, voxel + plan.taps[t].offset});
          }
        }
      }
      REQUIRE(static_cast<int>(seen.size()) == size.Volume());
      int64_t products = 0;
      for (int voxel = 0; voxel < size.Volume(); ++voxel) {
        std::set<std::pair<int, int>> expected;
        int weight = 0;
        for (int x = 0; x < k[0]; ++x) {
          for (int y = 0; y < k[1]; ++y) {
            for (int z = 0; z < k[2]; ++z, ++weight) {
              const env::Cell at =
                  size.At(voxel) + env::Cell{x - k[0] / 2, y - k[1] / 2, z - k[2] / 2};
              if (size.Contains(at)) expected.insert({weight, size.Index(at)});
            }
          }
        }
        REQUIRE(seen[voxel] == expected);
        products += static_cast<int64_t>(expected.size());
      }
      CHECK(plan.Products() == products);
    }
  }
}

TEST_CASE("A device or a precision that is not there is refused, by the name of its setting") {
  const Network network = InitialNetwork({.channels = 16, .blocks = 1}, Rng(1));
  if (!*HasCuda()) {
    const auto evaluator = MakeNetworkEvaluator(network, {.device = Device::kCuda});
    REQUIRE_FALSE(evaluator.ok());
    CHECK_THAT(std::string(evaluator.status().message()), Catch::Contains("network.device"));
  }
  const auto backend = MakeBackend(network, PrecisionChoice::kBfloat16);
  const bool has_bfloat16 = MultipliesBfloat16();
  CHECK(backend.ok() == has_bfloat16);
  if (!has_bfloat16) {
    CHECK_THAT(std::string(backend.status().message()), Catch::Contains("network.precision"));
  }
  CHECK_FALSE(MakeNetworkEvaluator(network, {Device::kCuda, PrecisionChoice::kInt8}).ok());
  CHECK(MakeBackend(network, PrecisionChoice::kFloat32).ok());
  CHECK(MakeBackend(network, PrecisionChoice::kInt8).ok());
  CHECK(MakeBackend(network, PrecisionChoice::kAuto).ok());
}

}  // namespace
}  // namespace hod::models
