#include "engine/evaluation/evaluate.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/play/batched_play.h"
#include "engine/play/player_spec.h"
#include "engine/results/estimate.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/json_lines.h"
#include "env/base/json_object_reader.h"
#include "env/base/parallel.h"
#include "env/base/processor_time.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

// The order in which episodes are played, of which number i is house i alone and num_houses + i the
// same with the assistant. Some houses alone come first: a broken human model shows at once, and
// who asks for no evaluations is played on all threads. Then come the same with the assistant, so
// that an evaluation that is stopped has finished houses.
std::vector<int> OrderOfPlay(int num_houses) {
  constexpr int kTogether = 8;
  std::vector<int> order;
  for (int begin = 0; begin < num_houses; begin += kTogether) {
    const int end = std::min(begin + kTogether, num_houses);
    for (const int first : {0, num_houses}) {
      for (int house = begin; house < end; ++house) order.push_back(first + house);
    }
  }
  return order;
}

// Plays every house alone and with the assistant.
class EvaluationStream : public EpisodeStream {
 public:
  EvaluationStream(const EvaluationSetup& setup, const EvaluationPlayers& players)
      : setup_(setup),
        players_(players),
        order_(OrderOfPlay(num_houses())),
        houses_(num_houses()),
        progress_("evaluating") {}

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    if (next_ == order_.size() || stopped()) return nullptr;
    const int number = order_[next_++];
    ASSIGN_OR_RETURN(auto episode, Episode::Create(Setup(number)));
    auto tally = std::make_unique<EpisodeTally>(episode.get());
    episode->AddObserver(tally.get());
    watched_[episode.get()] = {number, std::move(tally)};
    return episode;
  }

  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Watched watched = std::move(watched_.extract(episode.get()).mapped());
    const EpisodeFigures& figures = watched.tally->figures();
    PairedFigures& house = houses_[HouseOf(watched.number)];
    house.goal = episode->goal_name();
    (IsAssisted(watched.number) ? house.assisted : house.alone) = figures;
    finished_.insert(watched.number);
    timesteps_ += figures.timesteps;
    evaluations_ += episode->num_evaluations();
    const auto count = static_cast<double>(finished_.size());
    progress_.Update(count / static_cast<double>(order_.size()),
                     absl::StrFormat("%.0f of %d episodes, %.0f steps/s", count, order_.size(),
                                     static_cast<double>(timesteps_) / watch_.Seconds()));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Continue() override { return !stopped(); }

  // Those that have been played both ways.
  std::vector<PairedFigures> TakeHouses() {
    std::vector<PairedFigures> played;
    for (int house = 0; house < num_houses(); ++house) {
      if (finished_.contains(house) && finished_.contains(num_houses() + house)) {
        played.push_back(std::move(houses_[house]));
      }
    }
    return played;
  }
  int64_t evaluations() const { return evaluations_; }

 private:
  struct Watched {
    int number;
    std::unique_ptr<EpisodeTally> tally;
  };

  bool stopped() const { return setup_.stop != nullptr && *setup_.stop; }
  int num_houses() const { return setup_.config.evaluation.episodes; }
  int HouseOf(int number) const { return number % num_houses(); }
  bool IsAssisted(int number) const { return number >= num_houses(); }

  EpisodeSetup Setup(int number) const {
    const EvaluationConfig& evaluation = setup_.config.evaluation;
    EpisodeSetup episode;
    episode.game = setup_.config.game;
    episode.game.randomize_first_episode_length = false;  // Only trainings begin anywhere in time.
    episode.goal = players_.goals->Get(HouseOf(number));
    episode.seats = {players_.human};
    if (IsAssisted(number) && players_.assistant) episode.seats.push_back(*players_.assistant);
    episode.seed = Rng(static_cast<uint64_t>(evaluation.seed)).Fork(HouseOf(number))();
    if (!setup_.record_directory.empty()) episode.trace = TracePath(number);
    episode.trace_seed = number;
    return episode;
  }

  std::string TracePath(int number) const {
    return absl::StrFormat("%s/house-%03d-%s.jsonl.gz", setup_.record_directory, HouseOf(number),
                           IsAssisted(number) ? "assisted" : "alone");
  }

  const EvaluationSetup& setup_;
  const EvaluationPlayers& players_;
  const std::vector<int> order_;
  const Stopwatch watch_;
  std::map<const Episode*, Watched> watched_;
  std::vector<PairedFigures> houses_;
  ProgressLine progress_;
  size_t next_ = 0;
  std::set<int> finished_;
  int64_t timesteps_ = 0, evaluations_ = 0;
};

// A figure of one house without an assistant, or with the one that is compared with, and with it.
struct Pair {
  double without, with;
};

template <auto kFigure>
Pair Both(const PairedFigures& house) {
  return {static_cast<double>(house.alone.*kFigure), static_cast<double>(house.assisted.*kFigure)};
}

// The human's actions until the goal stood as far as it came in both episodes.
Pair ActionsAtEqualProgress(const PairedFigures& house) {
  const std::vector<double>& alone = house.alone.human_actions_to_percent;
  const std::vector<double>& assisted = house.assisted.human_actions_to_percent;
  const size_t common = std::min(alone.size(), assisted.size());
  return {alone[common - 1], assisted[common - 1]};
}

Estimate Fewer(Pair (*get)(const PairedFigures&), const EvaluationReport& report,
               const EvaluationReport& other) {
  std::vector<double> with, without;
  for (size_t i = 0; i < report.houses.size(); ++i) {
    const Pair pair = get({"", other.houses[i].assisted, report.houses[i].assisted});
    without.push_back(pair.without);
    with.push_back(pair.with);
  }
  return BootstrapReduction(with, without, /*seed=*/1);
}

struct FigureSpec {
  const char* key;
  const char* title;
  Pair (*get)(const PairedFigures&);
};

constexpr FigureSpec kFigures[] = {
    {"goal_percent", "goal %", Both<&EpisodeFigures::goal_percent>},
    {"human_actions", "human place/break actions", Both<&EpisodeFigures::human_actions>},
    {"human_actions_at_equal_progress", "the same, at equal progress", ActionsAtEqualProgress},
    {"assistant_percent", "share built by the assistant %",
     Both<&EpisodeFigures::assistant_percent>},
    {"assistant_wrong", "wrong assistant places/breaks", Both<&EpisodeFigures::assistant_wrong>},
    {"assistant_actions", "assistant place/break actions",
     Both<&EpisodeFigures::assistant_actions>},
    {"timesteps", "timesteps", Both<&EpisodeFigures::timesteps>}};

void Compare(EvaluationReport& report, uint64_t seed) {
  for (const FigureSpec& figure : kFigures) {
    std::vector<double> alone, assisted, difference;
    for (const PairedFigures& house : report.houses) {
      const Pair pair = figure.get(house);
      alone.push_back(pair.without);
      assisted.push_back(pair.with);
      difference.push_back(pair.with - pair.without);
    }
    report.comparisons.push_back({figure.key, figure.title, BootstrapMean(alone, seed),
                                  BootstrapMean(assisted, seed), BootstrapMean(difference, seed)});
    const auto saved = [&] { return BootstrapReduction(assisted, alone, seed); };
    if (figure.get == Both<&EpisodeFigures::human_actions>) report.human_actions_saved = saved();
    if (figure.get == ActionsAtEqualProgress) report.saved_at_equal_progress = saved();
  }
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Estimate kNotMeasured = {kNaN, kNaN, kNaN};

// Earlier versions did not count.
void ReadCount(JsonObjectReader& reader, const char* key, int64_t& out) {
  if (reader.Has(key)) reader.Read(key, 0, INT64_MAX, out);
}

}  // namespace

absl::StatusOr<EvaluationReport> Evaluate(const EvaluationSetup& setup) {
  const EvaluationConfig& evaluation = setup.config.evaluation;
  EvaluationPlayers players;
  ASSIGN_OR_RETURN(players.goals, env::MakeGoalSource(evaluation.goals, setup.config.game,
                                                      static_cast<uint64_t>(evaluation.seed)));
  ASSIGN_OR_RETURN(players.human, MakePlayerFactory(setup.human));
  ASSIGN_OR_RETURN(const SeatedAssistant seated,
                   SeatAssistant(setup.config, setup.assistant, setup.search_reference));
  players.assistant = seated.seat;
  players.evaluator = seated.evaluator.get();
  absl::StatusOr<EvaluationReport> report = Evaluate(setup, players);
  if (report.ok() && seated.cache != nullptr) {
    report->known_evaluations = seated.cache->counts().known;
  }
  return report;
}

absl::StatusOr<EvaluationReport> Evaluate(const EvaluationSetup& setup,
                                          const EvaluationPlayers& players) {
  const EvaluationConfig& evaluation = setup.config.evaluation;
  const Stopwatch watch;
  const double used_before = ProcessorSeconds();
  if (!setup.record_directory.empty()) {
    RETURN_IF_ERROR(MakeDirectories(setup.record_directory));
  }
  EvaluationReport report;
  report.origin = {{"assistant", setup.assistant.spec},
                   {"human", setup.human},
                   {"goals", evaluation.goals},
                   {"episodes", evaluation.episodes},
                   {"seed", evaluation.seed},
                   {"simulations", evaluation.simulations},
                   {"search_reference", setup.search_reference},
                   {"git_revision", kGitRevision},
                   {"config", ToToml(setup.config)}};
  EvaluationStream stream(setup, players);
  RETURN_IF_ERROR(
      PlayEpisodes(stream, players.evaluator, {.threads = NumThreads(evaluation.threads)}));
  report.evaluations = stream.evaluations();
  report.houses = stream.TakeHouses();
  if (report.houses.empty()) return absl::CancelledError("stopped before any house was finished");
  Compare(report, static_cast<uint64_t>(evaluation.seed));
  report.seconds = watch.Seconds();
  report.processor_seconds = ProcessorSeconds() - used_before;
  return report;
}

const FigureComparison& ComparisonOf(const EvaluationReport& report, const std::string& key) {
  return *std::find_if(report.comparisons.begin(), report.comparisons.end(),
                       [&](const FigureComparison& c) { return c.key == key; });
}

Estimate FewerActions(const EvaluationReport& report, const EvaluationReport& other) {
  return Fewer(Both<&EpisodeFigures::human_actions>, report, other);
}

Estimate FewerActionsAtEqualProgress(const EvaluationReport& report,
                                     const EvaluationReport& other) {
  return Fewer(ActionsAtEqualProgress, report, other);
}

bool WasStopped(const EvaluationReport& report) {
  return static_cast<double>(report.houses.size()) < NumberAt(report.origin, "episodes");
}

nlohmann::json ToJson(const EvaluationReport& report) {
  nlohmann::json figures = nlohmann::json::object(), houses = nlohmann::json::array();
  for (const FigureComparison& c : report.comparisons) {
    figures[c.key] = {{"title", c.title},
                      {"alone", ToJson(c.alone)},
                      {"assisted", ToJson(c.assisted)},
                      {"difference", ToJson(c.difference)}};
  }
  for (const PairedFigures& house : report.houses) {
    houses.push_back({{"goal", house.goal},
                      {"alone", ToJson(house.alone)},
                      {"assisted", ToJson(house.assisted)}});
  }
  return {{"origin", report.origin},
          {"evaluations", report.evaluations},
          {"known_evaluations", report.known_evaluations},
          {"seconds", report.seconds},
          {"processor_seconds", report.processor_seconds},
          {"figures", figures},
          {"human_actions_saved_percent", ToJson(report.human_actions_saved)},
          {"saved_at_equal_progress_percent", ToJson(report.saved_at_equal_progress)},
          {"stopped", WasStopped(report)},
          {"houses", houses}};
}

absl::StatusOr<EvaluationReport> EvaluationFromJson(const nlohmann::json& json) {
  EvaluationReport report;
  JsonObjectReader reader(json, "");
  reader.ReadObject("origin", [](JsonObjectReader& origin) {
    origin.IgnoreOtherKeys();
    std::string text;
    for (const char* key : {"assistant", "config"}) origin.Read(key, text);
  });
  ReadCount(reader, "evaluations", report.evaluations);
  ReadCount(reader, "known_evaluations", report.known_evaluations);
  reader.Read("seconds", report.seconds);
  report.processor_seconds = kNaN;
  const nlohmann::json* const used = reader.FindOptional("processor_seconds");
  if (used != nullptr && !used->is_null()) {
    reader.Read("processor_seconds", report.processor_seconds);
  }
  reader.ReadObject("figures", [&](JsonObjectReader& figures) {
    figures.IgnoreOtherKeys();
    for (const FigureSpec& figure : kFigures) {
      FigureComparison& comparison = report.comparisons.emplace_back();
      comparison.key = figure.key;
      comparison.title = figure.title;
      if (figure.get == ActionsAtEqualProgress && !figures.Has(figure.key)) {
        comparison.alone = comparison.assisted = comparison.difference = kNotMeasured;
        continue;
      }
      figures.ReadObject(figure.key, [&](JsonObjectReader& fields) {
        fields.IgnoreOtherKeys();
        ReadEstimate(fields, "alone", comparison.alone);
        ReadEstimate(fields, "assisted", comparison.assisted);
        ReadEstimate(fields, "difference", comparison.difference);
      });
    }
  });
  ReadEstimate(reader, "human_actions_saved_percent", report.human_actions_saved);
  report.saved_at_equal_progress = kNotMeasured;
  if (reader.Has("saved_at_equal_progress_percent")) {
    ReadEstimate(reader, "saved_at_equal_progress_percent", report.saved_at_equal_progress);
  }
  reader.FindOptional("stopped");  // The houses say so.
  reader.ReadObjects("houses", [&](JsonObjectReader& fields) {
    fields.IgnoreOtherKeys();
    PairedFigures& house = report.houses.emplace_back();
    fields.Read("goal", house.goal);
    fields.ReadObject("alone", [&](JsonObjectReader& f) { ReadFigures(f, house.alone); });
    fields.ReadObject("assisted", [&](JsonObjectReader& f) { ReadFigures(f, house.assisted); });
  });
  RETURN_IF_ERROR(Annotate(reader.Finish(), "not an evaluation"));
  report.origin = json["origin"];
  return report;
}

std::string FormatTable(const EvaluationReport& report) {
  std::string text =
      absl::StrFormat("%-32s%-26s%-26s%s\n", "", "human alone", "with assistant", "difference");
  for (const FigureComparison& c : report.comparisons) {
    absl::StrAppendFormat(&text, "%-32s%-26s%-26s%s\n", c.title, Format(c.alone),
                          Format(c.assisted), Format(c.difference));
  }
  absl::StrAppendFormat(&text, "\nThe assistant saves %s %% of the human's place/break actions.\n",
                        Format(report.human_actions_saved));
  absl::StrAppendFormat(&text, "Until the goal stands as far as it came both times: %s %%.\n",
                        Format(report.saved_at_equal_progress));
  absl::StrAppendFormat(&text, "Means over %d houses with 95%% bootstrap intervals.\n",
                        report.houses.size());
  if (WasStopped(report)) {
    absl::StrAppendFormat(&text, "It was stopped; %.0f houses were asked for.\n",
                          NumberAt(report.origin, "episodes"));
  }
  if (report.evaluations > 0) {
    absl::StrAppendFormat(&text, "Searches asked for %d evaluations, the cache knew %d.\n",
                          report.evaluations, report.known_evaluations);
  }
  return text;
}

}  // namespace hod::engine
