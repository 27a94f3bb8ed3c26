// hod bench.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"

namespace hod::engine {
namespace {

// Becomes the program of the benchmarks, which lies beside this one. Returns only if it cannot.
absl::Status RunBenchmarks(const std::vector<std::string>& arguments) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string program = self.parent_path() / "hod-bench";
  std::vector<char*> argv = {const_cast<char*>("hod bench")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  return absl::NotFoundError(absl::StrCat(program, ": cannot run: ", std::strerror(errno),
                                          "; it is built with HOD_BUILD_BENCHMARKS"));
}

}  // namespace

void AddBench(CLI::App& app, absl::Status& result) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed on this machine");
  bench->prefix_command();
  bench->set_help_flag();  // Its help is that of the benchmarks' program.
  bench->callback([bench, &result] { result = RunBenchmarks(bench->remaining()); });
}

}  // namespace hod::engine
