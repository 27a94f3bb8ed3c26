// hod goals import | stats | sheet: makes house sets; what houses look like, in numbers and drawn.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/commands/command.h"
#include "engine/config/run_config.h"
#include "engine/program/checks.h"
#include "env/base/clock.h"
#include "env/base/parallel.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/draw/sheet.h"
#include "env/draw/world.h"
#include "env/houses/files/house_set.h"
#include "env/houses/importers/import.h"
#include "env/houses/sources/source.h"
#include "env/houses/statistics/report.h"
#include "env/houses/transforms/pipeline.h"

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
  ASSIGN_OR_RETURN(auto source,
                   env::MakeGoalSource(spec, env::GameConfig(), static_cast<uint64_t>(seed)));
  std::vector<env::Goal> goals;
  const int available = source->size().value_or(count);
  for (int i = 0; i < std::min(count, available); ++i) goals.push_back(source->Get(i));
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
  ASSIGN_OR_RETURN(std::vector<env::Goal> goals,
                   FirstGoals(options.goals, options.seed, options.count));
  std::vector<env::Captioned> drawings;
  for (const env::Goal& goal : goals) {
    drawings.push_back(
        {goal.name, env::DrawFromBothCorners(env::GameConfig().size, goal.blocks, {})});
  }
  absl::Status status = env::DrawSheet(drawings, options.columns).WritePng(options.out);
  if (status.ok()) std::printf("%zu houses drawn: %s\n", drawings.size(), options.out.c_str());
  return status;
}

struct ImportArguments {
  std::vector<std::string> paths, transforms;
  std::string out, format = "auto", size = "9x8x8", split = "folders", name, license = "unknown";
  int64_t seed = 1;
  int threads = AvailableThreads();
};

const std::map<std::string, std::optional<env::HouseFormat>>& Formats() {
  static const auto& formats = *new std::map<std::string, std::optional<env::HouseFormat>>{
      {"auto", std::nullopt},
      {"craftassist", env::HouseFormat::kCraftAssist},
      {"grabcraft", env::HouseFormat::kGrabCraft},
      {"schematic", env::HouseFormat::kSchematic},
      {"litematic", env::HouseFormat::kLitematic},
      {"structure", env::HouseFormat::kStructure},
      {"mcstructure", env::HouseFormat::kMcstructure},
      {"npy", env::HouseFormat::kNpy}};
  return formats;
}

// The numbers of e.g. "9x8x8", or nothing if there are not `count` from `min` to `max`.
std::vector<int> Numbers(const std::string& text, char separator, size_t count, int min, int max) {
  std::vector<int> numbers;
  for (absl::string_view part : absl::StrSplit(text, separator)) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < min || number > max) return {};
    numbers.push_back(number);
  }
  return numbers.size() == count ? numbers : std::vector<int>();
}

absl::StatusOr<env::ImportOptions> OptionsOf(const ImportArguments& arguments) {
  env::ImportOptions options;
  const std::filesystem::path out = (std::filesystem::path(arguments.out) / "").parent_path();
  options.name = arguments.name.empty() ? out.filename().string() : arguments.name;
  options.license = arguments.license;
  options.source = arguments.paths;
  options.seed = static_cast<uint64_t>(arguments.seed);
  options.threads = arguments.threads;
  const std::vector<int> size = Numbers(arguments.size, 'x', 3, 4, env::kMaxWorldExtent - 2);
  if (size.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--size ", arguments.size, ": expected WxHxD, each 4 to ", env::kMaxWorldExtent - 2));
  }
  options.size = {size[0], size[1], size[2]};
  if (arguments.split != "folders") {
    const std::vector<int> ratio = Numbers(arguments.split, ':', 2, 0, 1000);
    if (ratio.empty() || ratio[0] + ratio[1] == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--split ", arguments.split, ": expected folders, or a ratio of train to test as 9:1"));
    }
    options.split = {ratio[0], ratio[1]};
  }
  if (!arguments.transforms.empty()) {
    ASSIGN_OR_RETURN(env::Pipeline pipeline, env::Pipeline::Parse(arguments.transforms));
    options.pipeline = std::move(pipeline);
  }
  return options;
}

// Rejected and left out files are shown up to this number of each.
constexpr size_t kMaxShown = 20;

void PrintLeftOut(const std::vector<env::LeftOut>& left_out) {
  if (left_out.empty()) return;
  absl::PrintF("%8d files and folders left out\n", left_out.size());
  for (size_t i = 0; i < std::min(kMaxShown, left_out.size()); ++i) {
    absl::PrintF("left out: %s: %s\n", left_out[i].path, left_out[i].reason);
  }
  if (left_out.size() > kMaxShown) {
    absl::PrintF("... and %d more, all in the manifest\n", left_out.size() - kMaxShown);
  }
}

void PrintSummary(const env::ImportResult& result, size_t files) {
  int train = 0;
  for (const env::HouseSet::Member& member : result.set.houses) {
    train += member.split == env::HouseSplit::kTrain;
  }
  const size_t imported = result.set.houses.size();
  std::map<std::string, int> causes;
  for (const env::Rejection& rejection : result.rejected) ++causes[rejection.cause];
  absl::PrintF("%8d files\n%8d houses imported: %d train, %d test\n%8d rejected\n", files, imported,
               train, imported - train, result.rejected.size());
  for (const auto& [cause, count] : causes) absl::PrintF("%12d by %s\n", count, cause);
  for (size_t i = 0; i < std::min(kMaxShown, result.rejected.size()); ++i) {
    // Reasons of reading name the file themselves.
    const env::Rejection& rejection = result.rejected[i];
    const bool named = rejection.reason.rfind(rejection.file, 0) == 0;
    absl::PrintF("rejected: %s%s%s\n", named ? "" : rejection.file, named ? "" : ": ",
                 rejection.reason);
  }
  if (result.rejected.size() > kMaxShown) {
    absl::PrintF("... and %d more, all in the manifest\n", result.rejected.size() - kMaxShown);
  }
}

absl::Status Import(const ImportArguments& arguments) {
  ASSIGN_OR_RETURN(env::ImportOptions options, OptionsOf(arguments));
  const std::string manifest = absl::StrCat(arguments.out, "/", env::kManifestFile);
  if (std::filesystem::exists(manifest)) {
    return absl::AlreadyExistsError(absl::StrCat(
        manifest, ": there is a house set already; remove it or choose another --out"));
  }
  ASSIGN_OR_RETURN(const env::FoundFiles found,
                   env::FindHouseFiles(arguments.paths, Formats().find(arguments.format)->second));
  const std::vector<env::HouseFile>& files = found.files;
  if (files.empty()) {
    PrintLeftOut(found.left_out);
    return absl::NotFoundError(absl::StrCat(arguments.paths[0], ": no house files of the format ",
                                            arguments.format, " there"));
  }
  ProgressLine progress("importing");
  const StopOnSignals handler;
  const Stopwatch watch;
  const auto count = static_cast<double>(files.size());
  const absl::StatusOr<env::ImportResult> result = env::ImportHouses(found, options, [&](int done) {
    progress.Update(done / count, absl::StrFormat("%d of %d files, %.0f files/s", done,
                                                  files.size(), done / watch.Seconds()));
    return !g_stop;
  });
  progress.Finish();
  RETURN_IF_ERROR(result.status());
  PrintSummary(*result, files.size());
  PrintLeftOut(found.left_out);
  if (result->set.houses.empty()) return absl::NotFoundError("no house was accepted");
  RETURN_IF_ERROR(env::WriteHouseSet(arguments.out, result->set));
  absl::PrintF("house set: %s (--goals set:%s)\n", manifest, arguments.out);
  return absl::OkStatus();
}

void AddImport(CLI::App& goals, absl::Status& result) {
  CLI::App* command = goals.add_subcommand("import", "Make a house set of structure files");
  auto arguments = std::make_shared<ImportArguments>();
  std::vector<std::string> formats;
  for (const auto& [name, format] : Formats()) formats.push_back(name);
  command->add_option("paths", arguments->paths, "folders, searched with all below, and files")
      ->required()
      ->check(Path());
  command->add_option("--out", arguments->out, "the folder of the set")
      ->required()
      ->check(OutputFolder());
  command->add_option("--format", arguments->format, "which files to take")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
  command->add_option("--size", arguments->size, "of the largest house, WxHxD")
      ->capture_default_str();
  command
      ->add_option("--transform", arguments->transforms,
                   "a transform, instead of the paper's; may be given several times")
      ->allow_extra_args(false);
  command
      ->add_option("--split", arguments->split,
                   "folders (those named test are for testing), or train:test as 9:1")
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "of the split and of random transforms")
      ->check(WholeNumber());
  command->add_option("--name", arguments->name, "of the set, for people");
  command->add_option("--license", arguments->license, "a note for people");
  command->add_option("--threads", arguments->threads)->check(WholeNumber(1, 1024));
  command->footer(absl::StrCat("Transforms, written name(parameter=value,...), with defaults:\n",
                               env::DescribeTransforms()));
  command->callback([arguments, &result] { result = Import(*arguments); });
}

}  // namespace

void AddGoals(CLI::App& app, absl::Status& result) {
  CLI::App* command = app.add_subcommand("goals", "What houses look like");
  command->require_subcommand(1);
  AddImport(*command, result);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* help, absl::Status (*run)(const Options&)) {
    CLI::App* sub = command->add_subcommand(name, help);
    sub->add_option("--goals", options->goals, env::kGoalSpecs);
    sub->add_option("--seed", options->seed, "of generated houses")->check(WholeNumber());
    sub->add_option("--count", options->count, "houses")->check(WholeNumber(1, 100000));
    sub->callback([options, run, &result] { result = run(*options); });
    return sub;
  };
  add("stats", "Figures of houses beside those of 18 houses people built", Stats)
      ->add_option("--reference", options->reference, "compare with these instead")
      ->check(Path());
  CLI::App* sheet = add("sheet", "Draw houses (PNG)", Sheet);
  sheet->add_option("--columns", options->columns, "houses a row")->check(WholeNumber(1, 100));
  sheet->add_option("--out", options->out, "the picture (.png)")
      ->required()
      ->check(OutputPicture());
}

}  // namespace hod::engine
