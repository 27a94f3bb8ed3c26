// Runs a fuzz target: `TARGET --seconds=N [--seed=N]` with inputs made from its seeds by mutation,
// keeping those that reach new branches; `TARGET FILE...` with the given files. An input that
// crashes it, runs longer than kSecondsPerInput or takes more than kMaxMemoryMb is left as a file
// in the working directory.
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "env/base/random.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/target.h"

// The sanitizers' defaults; $ASAN_OPTIONS overrides them. Memory is that of the process, with the
// sanitizer's own.
extern "C" const char* __asan_default_options() {
  return "hard_rss_limit_mb=1024:max_allocation_size_mb=512:quarantine_size_mb=16:"
         "handle_abort=1:detect_leaks=0";
}

// So that the address sanitizer, which saves the input, hears of findings of the other.
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace hod::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSecondsPerInput = 20;

std::string current;       // The input being read.
std::string finding_name;  // Where it goes if it is the last.

// Called by the sanitizers before the end: no allocation here.
void SaveInput() {
  const int fd = open(finding_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const bool saved =
      fd >= 0 && write(fd, current.data(), current.size()) == static_cast<ssize_t>(current.size());
  if (saved) dprintf(STDERR_FILENO, "the input is in %s\n", finding_name.c_str());
}

void OnAlarm(int) {
  dprintf(STDERR_FILENO, "an input takes longer than %d seconds\n", kSecondsPerInput);
  SaveInput();
  _exit(1);
}

void RunTarget() {
  alarm(kSecondsPerInput);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(current.data()), current.size());
  alarm(0);
}

void ReplayFiles(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    Expect(static_cast<bool>(file), "a file at " + path);
    current.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    RunTarget();
  }
}

void Fuzz(const char* name, double seconds, uint64_t seed) {
  Rng rng(seed);
  std::vector<std::string> corpus = Seeds();
  const size_t num_seeds = corpus.size();
  for (const std::string& input : corpus) {
    current = input;
    StartCoverage();
    RunTarget();
    FoundNewCoverage();
  }
  int64_t runs = 0;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (; Clock::now() < end; ++runs) {
    // Half of the time one of the newest, which are least explored.
    const int size = static_cast<int>(corpus.size());
    const int newest = std::min(size, 16);
    current = corpus[rng.Chance(0.5) ? rng.Below(size) : size - 1 - rng.Below(newest)];
    Mutate(corpus[rng.Below(size)], rng, current);
    StartCoverage();
    RunTarget();
    if (FoundNewCoverage()) corpus.push_back(current);
  }
  std::printf("%s: %lld inputs, %zu of them reached new branches, no findings\n", name,
              static_cast<long long>(runs), corpus.size() - num_seeds);
}

int Main(int argc, char** argv) {
  const char* slash = std::strrchr(argv[0], '/');
  const std::string name = slash == nullptr ? argv[0] : slash + 1;
  double seconds = 10;
  uint64_t seed = 1;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seconds=", 10) == 0) {
      seconds = std::atof(argv[i] + 10);
    } else if (std::strncmp(argv[i], "--seed=", 7) == 0) {
      seed = std::strtoull(argv[i] + 7, nullptr, 10);
    } else {
      paths.push_back(argv[i]);
    }
  }
  finding_name = name + ".finding";
  signal(SIGALRM, OnAlarm);
  if (!paths.empty()) {
    ReplayFiles(paths);
    return 0;
  }
  __sanitizer_set_death_callback(SaveInput);
  Fuzz(name.c_str(), seconds, seed);
  return 0;
}

}  // namespace
}  // namespace hod::fuzz

int main(int argc, char** argv) { return hod::fuzz::Main(argc, argv); }
