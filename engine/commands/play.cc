// hod play: a person builds in a browser, an assistant helps.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/commands/command.h"
#include "engine/commands/serve.h"
#include "engine/evaluation/assistant.h"
#include "engine/live/programme.h"
#include "engine/program/checks.h"
#include "engine/server/live_host.h"
#include "engine/training/run_directory.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

constexpr char kDemoRun[] = "runs/demo";
// A person waits, walks and looks: as many timesteps as in the paper's study.
constexpr int kHorizon = 10000;

struct Options {
  std::string assistant, world, goals = "generated", record;
  ServeOptions serve;
  int64_t seed = 1;
  double seconds_per_action = 0.8;
  std::vector<std::string> overrides;
};

// "demo", "paper" or "WxHxD".
absl::StatusOr<env::WorldSize> ParseWorld(const std::string& world) {
  if (world == "demo") return env::WorldSize{7, 7, 7};
  if (world == "paper") return env::WorldSize{11, 10, 10};
  const std::vector<std::string> parts = absl::StrSplit(world, 'x');
  env::WorldSize size;
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &size.w) &&
      absl::SimpleAtoi(parts[1], &size.h) && absl::SimpleAtoi(parts[2], &size.d)) {
    return size;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--world: ", world, ": expected demo, paper or WxHxD"));
}

// The newest checkpoint of `make demo`, if it is for this world.
std::string DemoCheckpoint(const std::optional<env::WorldSize>& world) {
  if (!std::filesystem::is_directory(kDemoRun)) return "";
  const absl::StatusOr<RunDirectory> run = RunDirectory::Open(kDemoRun);
  if (!run.ok() || (world && run->config().game.size != *world)) return "";
  const auto latest = run->LatestCheckpoint();
  return latest.ok() && latest->has_value() ? (*latest)->second : "";
}

// Who helps if nobody was named.
std::string DefaultAssistant(const std::optional<env::WorldSize>& world) {
  const std::string demo = DemoCheckpoint(world);
  if (!demo.empty()) return demo;
  const bool small = world && world->Volume() <= 512;
  return small ? "belief:shipped:7x7x7" : kShippedAssistant;
}

absl::Status Run(const Options& options) {
  std::optional<env::WorldSize> world;
  if (!options.world.empty()) {
    ASSIGN_OR_RETURN(world, ParseWorld(options.world));
  }
  const std::string spec = options.assistant.empty() ? DefaultAssistant(world) : options.assistant;
  ASSIGN_OR_RETURN(const Assistant assistant, OpenAssistant(spec));
  ASSIGN_OR_RETURN(RunConfig config, ConfigOf(assistant));
  for (const std::string& assignment : options.overrides) {
    RETURN_IF_ERROR(Override(config, assignment));
  }
  if (world) config.game.size = *world;
  RETURN_IF_ERROR(Annotate(PrepareForPeople(config.game, kHorizon), spec));
  FreePlay play;
  play.game = config.game;
  play.goals = options.goals;
  play.assistant = spec;
  play.seed = static_cast<uint64_t>(options.seed);
  ASSIGN_OR_RETURN(play.source, env::MakeGoalSource(options.goals, config.game, play.seed));
  ASSIGN_OR_RETURN(SeatedAssistant seated, SeatAssistant(config, assistant));
  if (seated.seat) {
    const absl::Duration rhythm = absl::Seconds(options.seconds_per_action);
    play.companion = std::make_shared<const Companion>(
        Companion{"assistant", std::make_shared<const SeatedAssistant>(std::move(seated)), rhythm,
                  rhythm / 2, true});
  }
  const std::unique_ptr<Programme> programme = MakeFreePlay(std::move(play));

  ASSIGN_OR_RETURN(const std::unique_ptr<WebServer> server, Listen(options.serve));
  LiveHost host(*programme, options.record, *server);
  RETURN_IF_ERROR(host.Open());
  const env::WorldSize& size = config.game.size;
  std::printf("World %dx%dx%d, houses: %s, assistant: %s\n", size.w, size.h, size.d,
              options.goals.c_str(), spec.c_str());
  return Serve(options.serve, *server, host);
}

}  // namespace

void AddPlay(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("play", "Build houses in the browser, beside an assistant");
  command
      ->add_option("--assistant", options->assistant,
                   AssistantSpecs() +
                       " (default: the newest checkpoint of runs/demo, or else "
                       "the one that is part of the program)")
      ->check(Path());
  command->add_option("--goals", options->goals, env::kGoalSpecs)->capture_default_str();
  command->add_option("--world", options->world,
                      "demo (7x7x7), paper (11x10x10) or WxHxD (default: that of the assistant)");
  command
      ->add_option("--record", options->record,
                   "record every house here; the same command again goes on with them")
      ->check(OutputFolder());
  command->add_option("--seed", options->seed, "of houses and start locations")
      ->capture_default_str()
      ->check(WholeNumber());
  command
      ->add_option("--seconds-per-action", options->seconds_per_action,
                   "the assistant acts at most this often; the paper's rhythm by default")
      ->capture_default_str()
      ->check(AboveZero());
  AddServeOptions(*command, options->serve);
  command->add_option("--set", options->overrides, "key=value over the assistant's configuration")
      ->allow_extra_args(false);
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
