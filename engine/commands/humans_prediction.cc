// hod humans cross-validate, hod humans evaluate: models of people against people.
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/commands/figures.h"
#include "engine/imitation/baselines.h"
#include "engine/imitation/cross_validation.h"
#include "engine/imitation/human_score.h"
#include "engine/play/player_spec.h"
#include "engine/program/checks.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/progress.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

const std::map<std::string, Split> kSplitNames = {
    {"alone", Split::kAlone}, {"assisted", Split::kAssisted}, {"combined", Split::kCombined}};
const std::map<std::string, Protocol> kProtocolNames = {{"paper", Protocol::kPaper},
                                                        {"causal", Protocol::kCausal}};

struct CrossValidateOptions {
  std::string recordings, config, out;
  std::vector<Split> splits{std::begin(kSplits), std::end(kSplits)};
  std::vector<Protocol> protocols{std::begin(kProtocols), std::end(kProtocols)};
  int threads = 2;
};

absl::Status RunCrossValidate(const CrossValidateOptions& options) {
  ASSIGN_OR_RETURN(const CloningConfig config, LoadCloningConfig(options.config));
  ASSIGN_OR_RETURN(const std::vector<PersonEpisode> people, LoadPeople(options.recordings));
  const StopOnSignals stop;
  const absl::StatusOr<std::vector<FoldResult>> results =
      CrossValidate(config, people, FoldsOf(people, options.splits, options.protocols), options.out,
                    options.threads, g_stop);
  RETURN_IF_ERROR(results.status());
  const std::string table = FormatCrossValidation(*results);
  const absl::Status written = WriteFileAtomically(options.out + "/table.md", table);
  RETURN_IF_ERROR(
      GiveFigures(options.out + "/results.json", CrossValidationJson(config, *results), table));
  return written;
}

struct EvaluateOptions {
  std::string recordings, human, baseline, name, json;
  ScoreOptions score;
};

using Scores = std::vector<EpisodeScore>;

absl::StatusOr<Scores> ScoreHuman(const std::string& human, const ScoreOptions& options,
                                  const std::vector<PersonEpisode>& people) {
  const PlayerWithout player_without = [&](int participant) -> absl::StatusOr<PlayerFactory> {
    if (human == "no-context") {
      return NoContextPlayer(TypeSharesOf(DecisionsWithout(people, options.split, participant)));
    }
    return MakePlayerFactory(human == "uniform" ? "random" : human, absl::StrCat(participant));
  };
  const std::vector<const PersonEpisode*> episodes = EpisodesOf(people, options.split);
  double decisions = 0;
  for (const PersonEpisode* episode : episodes) decisions += episode->decisions.size();
  SharedProgress progress("scoring", decisions);
  return ScoreModel(
      episodes, options, player_without, [&](int count) { progress.Add(count); }, g_stop);
}

absl::Status RunEvaluate(const EvaluateOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<PersonEpisode> people, LoadPeople(options.recordings));
  const ScoreOptions& how = options.score;
  if (DecisionsWithout(people, how.split, std::nullopt).empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.recordings, ": nobody is recorded ", NameOf(how.split)));
  }
  const StopOnSignals stop;
  ASSIGN_OR_RETURN(const Scores scores, ScoreHuman(options.human, how, people));
  std::string text =
      absl::StrFormat("%s: split %s, protocol %s, one in %d decisions\n\n%s", options.human,
                      NameOf(how.split), NameOf(how.protocol), how.every, FormatScores(scores));
  nlohmann::json report = ToJson(scores);
  report["human"] = options.name.empty() ? options.human : options.name;
  report["split"] = NameOf(how.split);
  report["protocol"] = NameOf(how.protocol);
  report["every"] = how.every;
  report["seed"] = how.seed;
  if (!options.baseline.empty()) {
    ASSIGN_OR_RETURN(const Scores baseline, ScoreHuman(options.baseline, how, people));
    absl::StrAppendFormat(&text, "\nLess %s, on the same decisions:\n\n%s", options.baseline,
                          FormatDifferences(scores, baseline));
    report["differences"] = DifferencesJson(scores, baseline);
    report["differences"]["baseline"] = options.baseline;
  }
  return GiveFigures(options.json, report, text);
}

}  // namespace

void AddHumansPrediction(CLI::App& humans, absl::Status& result) {
  auto train = std::make_shared<CrossValidateOptions>();
  CLI::App* cross_validate = humans.add_subcommand(
      "cross-validate", "Clone people, and score each clone on who was held out");
  cross_validate
      ->add_option("--recordings", train->recordings, "directory with recordings of people")
      ->required()
      ->check(Path());
  cross_validate
      ->add_option("--config", train->config, "how to clone (TOML): configs/clones/people.toml")
      ->required()
      ->check(Path());
  cross_validate->add_option("--out", train->out, "directory for networks and results")
      ->required()
      ->check(OutputFolder());
  cross_validate->add_option("--split", train->splits, "alone, assisted, combined; default all")
      ->transform(CLI::CheckedTransformer(kSplitNames));
  cross_validate->add_option("--protocol", train->protocols, "paper, causal; default both")
      ->transform(CLI::CheckedTransformer(kProtocolNames));
  cross_validate->add_option("--threads", train->threads, "folds at once")
      ->check(WholeNumber(1, 256));
  cross_validate->callback([train, &result] { result = RunCrossValidate(*train); });

  auto score = std::make_shared<EvaluateOptions>();
  CLI::App* evaluate =
      humans.add_subcommand("evaluate", "How well a human model predicts what people did");
  evaluate->add_option("--recordings", score->recordings, "directory with recordings of people")
      ->required()
      ->check(Path());
  evaluate
      ->add_option("--human", score->human,
                   absl::StrCat("no-context, uniform, ", PlayerSpecs(),
                                "; {participant} stands for who is held out"))
      ->required();
  evaluate->add_option(
      "--baseline", score->baseline,
      "another such model, scored on the same decisions: how far --human is from it");
  evaluate->add_option("--split", score->score.split, "alone, assisted or combined (default)")
      ->transform(CLI::CheckedTransformer(kSplitNames));
  evaluate->add_option("--protocol", score->score.protocol, "causal (default) or paper")
      ->transform(CLI::CheckedTransformer(kProtocolNames));
  evaluate->add_option("--every", score->score.every, "score one in so many decisions")
      ->check(WholeNumber(1, 1000000));
  evaluate->add_option("--seed", score->score.seed, "of models that draw what they intend")
      ->check(WholeNumber());
  evaluate->add_option("--threads", score->score.threads, "episodes at once")
      ->check(WholeNumber(1, 256));
  evaluate->add_option("--name", score->name,
                       "what the model is called in --json, for hod humans compare");
  evaluate->add_option("--json", score->json, "file for all figures")->check(OutputFile());
  evaluate->callback([score, &result] { result = RunEvaluate(*score); });
}

}  // namespace hod::engine
