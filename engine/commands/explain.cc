// hod explain: what an assistant believes, expects and plans in a recorded moment.
#include <climits>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/commands/terminal.h"
#include "engine/config/trained_config.h"
#include "engine/explain/explained_moment.h"
#include "engine/explain/explanation.h"
#include "engine/explain/explanation_json.h"
#include "engine/explain/explanation_picture.h"
#include "engine/explain/explanation_text.h"
#include "engine/play/seat.h"
#include "engine/program/checks.h"
#include "env/base/clock.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/recorded_episode.h"
#include "mcts/run_search.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

constexpr int kInFlight = 8;  // Leaves of a batch within a limit of time.
constexpr int kMaxSimulations = 100000;

struct Options {
  std::string trace, checkpoint = models::kShippedNetwork, config, out;
  int episode = 0, step = 0, top = 8;
  std::optional<int> simulations;
  std::optional<double> time_ms;
  std::vector<std::string> overrides;
  bool json = false;
};

// That of --config, or else the one that the checkpoint was trained with.
absl::StatusOr<RunConfig> ConfigOf(const Options& options, const models::LoadedNetwork& network) {
  std::vector<std::string> overrides = options.overrides;
  if (options.simulations) {
    overrides.push_back(absl::StrCat("evaluation.simulations=", *options.simulations));
  }
  if (!options.config.empty()) return LoadRunConfig(options.config, overrides);
  ASSIGN_OR_RETURN(RunConfig config, TrainedConfig(network));
  for (const std::string& assignment : overrides) {
    RETURN_IF_ERROR(Override(config, assignment));
  }
  return config;
}

// Greedy as in an evaluation; within a limit of time as many simulations as fit, in batches.
absl::StatusOr<mcts::SearchOptions> SearchOptionsOf(const Options& options,
                                                    const RunConfig& config) {
  mcts::SearchOptions search = EvaluationSearches(config, config.evaluation.simulations).full;
  if (!options.time_ms) return search;
  search.max_in_flight = kInFlight;
  if (options.simulations) return search;
  if (search.selection == mcts::Selection::kGumbel) {
    return absl::InvalidArgumentError(
        "--time-ms: search.selection = 'gumbel' plans for a number of simulations; expected "
        "--simulations as well");
  }
  search.num_simulations = kMaxSimulations;
  return search;
}

absl::StatusOr<Explanation> SearchAndExplain(const Options& options, const ExplainedMoment& moment,
                                             const mcts::SearchOptions& search_options,
                                             uint64_t seed, mcts::Evaluator& evaluator) {
  const env::Game planning = mcts::PlanningGame(moment.game, search_options);
  const env::State& state = moment.moment.state;
  const mcts::Position position = {&planning, &state, moment.assistant};
  mcts::Evaluation root;
  // This also warms the network up, which a limit of time is not meant to cover.
  RETURN_IF_ERROR(evaluator.Evaluate({&position, 1}, {&root, 1}));
  const Stopwatch watch;
  mcts::Search search;
  search.Start(search_options, &planning, state, moment.assistant, Rng(seed));
  mcts::SearchLimits limits;
  if (options.time_ms) limits.time = absl::Milliseconds(*options.time_ms);
  RETURN_IF_ERROR(mcts::RunSearch(search, evaluator, limits));
  return Explain(moment, search, root, watch.Elapsed());
}

absl::Status Print(const Options& options, const ExplainedMoment& moment,
                   const Explanation& explanation) {
  if (options.json) {
    nlohmann::json json = ToJson(moment, explanation, options.top);
    json["trace"] = options.trace;
    json["episode"] = options.episode;
    json["checkpoint"] = options.checkpoint;
    std::printf("%s\n", DumpJson(json, 1).c_str());
  } else {
    std::fputs(ExplanationText(moment, explanation, options.top, StandardOutput()).c_str(), stdout);
  }
  if (options.out.empty()) return absl::OkStatus();
  return DrawExplanation(moment, explanation, options.top).WritePng(options.out);
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(env::RecordedEpisode episode, env::ReadEpisode(options.trace, options.episode));
  absl::StatusOr<ExplainedMoment> moment = MomentAt(episode, options.step);
  RETURN_IF_ERROR(Annotate(moment.status(), options.trace));
  ASSIGN_OR_RETURN(const models::LoadedNetwork network, models::OpenHodNetwork(options.checkpoint));
  ASSIGN_OR_RETURN(RunConfig config, ConfigOf(options, network));
  ASSIGN_OR_RETURN(mcts::SearchOptions search, SearchOptionsOf(options, config));
  ASSIGN_OR_RETURN(std::unique_ptr<mcts::Evaluator> evaluator,
                   models::MakeEvaluator(network, config.backend));
  ASSIGN_OR_RETURN(
      const Explanation explanation,
      SearchAndExplain(options, *moment, search, static_cast<uint64_t>(config.seed), *evaluator));
  return Print(options, *moment, explanation);
}

}  // namespace

void AddExplain(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "explain", "Show what an assistant believes, expects and plans in a recorded moment");
  command->add_option("trace", options->trace, "recorded episodes, of Hod or of people (.jsonl.gz)")
      ->required()
      ->check(Path());
  command->add_option("--checkpoint", options->checkpoint, "the assistant")
      ->capture_default_str()
      ->check(Path());
  command->add_option("--episode", options->episode, "number in the file, from 0")
      ->check(WholeNumber(0, INT_MAX));
  command->add_option("--step", options->step, "actions played before, from 0")
      ->required()
      ->check(WholeNumber(0, INT_MAX));
  command
      ->add_option("--config", options->config,
                   "run configuration (TOML; default: the checkpoint's); its search counts")
      ->check(Path());
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command
      ->add_option("--simulations", options->simulations,
                   "simulations (default: evaluation.simulations)")
      ->check(WholeNumber(1, kMaxSimulations));
  command
      ->add_option("--time-ms", options->time_ms,
                   "search so long, in batches (default: as many simulations as fit)")
      ->check(AboveZero());
  command->add_option("--top", options->top, "entries a list")->check(WholeNumber(1, 1000));
  command->add_flag("--json", options->json, "print JSON instead of text");
  command->add_option("--out", options->out, "draw a picture here (.png)")->check(OutputPicture());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
