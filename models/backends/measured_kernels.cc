#include "models/backends/measured_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/version.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/kernel_check.h"
#include "models/backends/processor.h"

namespace hod::models {
namespace {

using nlohmann::json;

constexpr int kRounds = 3;
// More blocks are more of the same.
constexpr int kMostBlocks = 3;
// How much faster another may be before all are measured again.
constexpr double kTolerance = 7.0 / 6.0;
constexpr size_t kMaxMemoryBytes = 1 << 20;

std::string KeyOf(const NetworkConfig& config) {
  return absl::StrCat(ProcessorName(), ", hod ", kVersion, ", ", ShapeOf(config));
}

std::vector<KernelRate> FastestFirst(std::vector<KernelRate> rates) {
  std::stable_sort(rates.begin(), rates.end(), [](const KernelRate& a, const KernelRate& b) {
    return a.positions_per_second > b.positions_per_second;
  });
  return rates;
}

// The rates that the file has of this key, the fastest first; none unless it has all candidates.
std::vector<KernelRate> Recall(const std::string& path, const std::string& key,
                               absl::Span<const Kernels* const> candidates) {
  if (path.empty()) return {};
  const json file = ReadJsonFile(path, kMaxMemoryBytes).value_or(json());
  if (!file.is_object() || !file.contains(key) || !file[key].is_object()) return {};
  std::vector<KernelRate> rates;
  for (const Kernels* kernels : candidates) {
    const auto rate = file[key].find(FullName(*kernels));
    if (rate == file[key].end() || !rate->is_number()) return {};
    rates.push_back({kernels, rate->get<double>()});
  }
  return FastestFirst(std::move(rates));
}

// Without a file the next process measures again, so it is no error that it cannot be written.
void Remember(const std::string& path, const std::string& key, absl::Span<const KernelRate> rates) {
  if (path.empty()) return;
  json file = ReadJsonFile(path, kMaxMemoryBytes).value_or(json::object());
  if (!file.is_object()) file = json::object();
  if (!file[key].is_object()) file[key] = json::object();
  for (const KernelRate& rate : rates) {
    file[key][FullName(*rate.kernels)] = std::round(rate.positions_per_second);
  }
  if (!MakeDirectories(std::filesystem::path(path).parent_path()).ok()) return;
  WriteFileAtomically(path, DumpJson(file, 1) + "\n").IgnoreError();
}

std::string MemoryPath() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && *cache != '\0') return absl::StrCat(cache, "/hod/kernels.json");
  if (home != nullptr && *home != '\0') return absl::StrCat(home, "/.cache/hod/kernels.json");
  return "";
}

}  // namespace

std::vector<KernelRate> MeasureKernels(const NetworkConfig& config,
                                       absl::Span<const Kernels* const> candidates) {
  NetworkConfig measured = config;
  measured.blocks = std::min(config.blocks, kMostBlocks);
  const Network network = InitialNetwork(measured, Rng(1));
  struct Measured {
    std::unique_ptr<Backend> backend;
    std::unique_ptr<Workspace> workspace;
    double seconds = std::numeric_limits<double>::infinity();
  };
  std::vector<Measured> all;
  for (const Kernels* kernels : candidates) {
    Measured& one = all.emplace_back();
    one.backend = MakeCpuBackend(network, *kernels);
    one.workspace = one.backend->MakeWorkspace(env::WorldSize());
    one.workspace->Run(1);  // The first pass pays for new memory.
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Measured& one : all) {
      const Stopwatch watch;
      one.workspace->Run(1);
      one.seconds = std::min(one.seconds, watch.Seconds());
    }
  }
  std::vector<KernelRate> rates;
  for (size_t i = 0; i < all.size(); ++i) rates.push_back({candidates[i], 1 / all[i].seconds});
  return FastestFirst(std::move(rates));
}

std::vector<const Kernels*> Candidates(absl::Span<const Precision> precisions) {
  std::vector<const Kernels*> candidates;
  for (const Precision precision : precisions) {
    if (precision == Precision::kBfloat16 && !MultipliesBfloat16()) continue;
    const size_t others = candidates.size();
    for (const Kernels* kernels : RunnableKernels()) {
      if (kernels->precision != precision || kernels->for_comparisons) continue;
      candidates.push_back(kernels);
    }
    if (candidates.size() == others) candidates.push_back(&BaselineKernels(precision));
  }
  return candidates;
}

const Kernels& ChooseKernels(const NetworkConfig& config,
                             absl::Span<const Kernels* const> candidates,
                             const std::string& memory) {
  const std::vector<const Kernels*> right = RightKernels(config, candidates);
  if (right.empty()) return BaselineKernels(candidates.front()->precision);
  if (right.size() == 1) return *right.front();
  const std::string key = KeyOf(config);
  const std::vector<KernelRate> recalled = Recall(memory, key, right);
  if (!recalled.empty()) {
    const Kernels* const first[] = {recalled[0].kernels, recalled[1].kernels};
    const std::vector<KernelRate> now = MeasureKernels(config, first);
    if (now[0].kernels == first[0] ||
        now[0].positions_per_second <= kTolerance * now[1].positions_per_second) {
      return *first[0];
    }
  }
  const std::vector<KernelRate> rates = MeasureKernels(config, right);
  Remember(memory, key, rates);
  return *rates.front().kernels;
}

const Kernels& MeasuredFastest(const NetworkConfig& config,
                               absl::Span<const Precision> precisions) {
  static std::mutex mutex;
  static auto& chosen = *new std::map<std::string, const Kernels*>;
  const std::lock_guard lock(mutex);
  std::string key = ShapeOf(config);
  for (const Precision precision : precisions)
    absl::StrAppend(&key, " ", static_cast<int>(precision));
  const Kernels*& kernels = chosen[key];
  if (kernels == nullptr) kernels = &ChooseKernels(config, Candidates(precisions), MemoryPath());
  return *kernels;
}

}  // namespace hod::models
