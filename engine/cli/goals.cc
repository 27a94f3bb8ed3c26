// hod goals stats | sheet: what houses look like, in numbers and drawn.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/cli/command.h"
#include "engine/config/run_config.h"
#include "env/draw/sheet.h"
#include "env/draw/world.h"
#include "env/houses/report.h"
#include "env/houses/source.h"

namespace hod::engine {
namespace {

struct Options {
  std::string goals = "generated", reference, out;
  int count = 200, columns = 4;
  int64_t seed = 1;
};

// The first `count` goals of a source, or all if it has fewer, for the paper's world.
absl::StatusOr<std::vector<env::Goal>> FirstGoals(const std::string& spec, int64_t seed,
                                                  int count) {
  auto source = env::MakeGoalSource(spec, env::GameConfig(), static_cast<uint64_t>(seed));
  if (!source.ok()) return source.status();
  std::vector<env::Goal> goals;
  const int available = (*source)->size().value_or(count);
  for (int i = 0; i < std::min(count, available); ++i) goals.push_back((*source)->Get(i));
  return goals;
}

absl::Status Stats(const Options& options) {
  absl::StatusOr<std::string> table =
      env::CompareGoals(options.goals, options.count, options.reference, env::GameConfig(),
                        static_cast<uint64_t>(options.seed));
  if (table.ok()) std::fputs(table->c_str(), stdout);
  return table.status();
}

absl::Status Sheet(const Options& options) {
  absl::StatusOr<std::vector<env::Goal>> goals =
      FirstGoals(options.goals, options.seed, options.count);
  if (!goals.ok()) return goals.status();
  std::vector<env::Captioned> drawings;
  for (const env::Goal& goal : *goals) {
    drawings.push_back(
        {goal.name, env::DrawFromBothCorners(env::GameConfig().size, goal.blocks, {})});
  }
  absl::Status status = env::DrawSheet(drawings, options.columns).WritePng(options.out);
  if (status.ok()) std::printf("%zu houses drawn: %s\n", drawings.size(), options.out.c_str());
  return status;
}

}  // namespace

void AddGoals(CLI::App& app, absl::Status& result) {
  CLI::App* command = app.add_subcommand("goals", "What houses look like");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* help, absl::Status (*run)(const Options&)) {
    CLI::App* sub = command->add_subcommand(name, help);
    sub->add_option("--goals", options->goals, "generated, or npy:DIR");
    sub->add_option("--seed", options->seed, "of generated houses")->check(CLI::NonNegativeNumber);
    sub->add_option("--count", options->count, "houses")->check(CLI::Range(1, 100000));
    sub->callback([options, run, &result] { result = run(*options); });
    return sub;
  };
  add("stats", "Figures of houses beside those of 18 houses people built", Stats)
      ->add_option("--reference", options->reference, "compare with these instead");
  CLI::App* sheet = add("sheet", "Draw houses (PNG)", Sheet);
  sheet->add_option("--columns", options->columns, "houses a row")->check(CLI::Range(1, 100));
  sheet->add_option("--out", options->out, "the picture")->required();
}

}  // namespace hod::engine
