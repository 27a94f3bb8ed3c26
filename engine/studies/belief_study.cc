#include "engine/studies/belief_study.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/chart.h"
#include "engine/config/trained_config.h"
#include "engine/play/episode.h"
#include "engine/play/player_spec.h"
#include "engine/results/bootstrap.h"
#include "env/base/parallel.h"
#include "env/base/progress.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/game/goal_belief.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

constexpr size_t kBatch = 32;
// Edits that a belief is less sure of are not counted: there are many, and nobody would make them.
constexpr double kLeastCertainty = 0.1;

// Positions of one episode.
class Positions : public EpisodeObserver {
 public:
  explicit Positions(int every) : every_(every) {}

  absl::Status BeforeMove(const env::State& state) override {
    if (count_++ % every_ == 0) states_.push_back(state);
    return absl::OkStatus();
  }
  absl::Status AfterMove(const Move&, const env::State&) override { return absl::OkStatus(); }

  const std::vector<env::State>& states() const { return states_; }

 private:
  const int every_;
  int count_ = 0;
  std::vector<env::State> states_;
};

struct House {
  std::unique_ptr<Episode> episode;
  std::unique_ptr<Positions> positions;
};

struct Edit {
  float certainty;
  bool right;
};

// What was found in the positions of one house.
struct HouseFigures {
  double nats = 0, nats_left = 0;  // Sums over voxels.
  int64_t voxels = 0, voxels_left = 0;
  std::vector<Edit> edits;  // The surest first.
};

absl::StatusOr<House> PlayHouse(const BeliefStudy& study, const env::GoalSource& goals,
                                const PlayerFactory& human, const PlayerFactory& idle, int number) {
  EpisodeSetup setup;
  setup.game = study.game;
  setup.goal = goals.Get(number);
  setup.seats = {human, idle};
  setup.seed = Rng(static_cast<uint64_t>(study.seed)).Fork(number)();
  House house;
  ASSIGN_OR_RETURN(house.episode, Episode::Create(std::move(setup)));
  house.positions = std::make_unique<Positions>(study.every);
  house.episode->AddObserver(house.positions.get());
  RETURN_IF_ERROR(house.episode->NextLeaf().status());
  return house;
}

void Judge(const env::Game& game, const env::State& state, absl::Span<const float> logits,
           HouseFigures& figures) {
  const int volume = game.size().Volume();
  for (int i = 0; i < volume; ++i) {
    if (game.InPalette(i)) continue;
    const env::GoalDistribution p = env::Softmax(env::LogitsAt(logits, volume, i));
    const env::Block now = state.blocks[i], wanted = game.goal()[i];
    const double nats = -std::log(std::max(p[wanted], std::numeric_limits<float>::min()));
    figures.nats += nats;
    ++figures.voxels;
    if (now != wanted) {
      figures.nats_left += nats;
      ++figures.voxels_left;
    }
    if (now == env::kBedrock) continue;
    const auto* const likeliest = std::max_element(p.begin() + env::kFirstPlaceable, p.end());
    const float certainty = now == env::kAir ? *likeliest : 1 - p[now];
    if (certainty < kLeastCertainty) continue;
    const bool right = now == env::kAir ? wanted == likeliest - p.begin() : wanted != now;
    figures.edits.push_back({certainty, right});
  }
}

absl::StatusOr<HouseFigures> JudgeHouse(const House& house, mcts::Evaluator& evaluator) {
  HouseFigures figures;
  const env::Game& game = house.episode->game();
  const std::vector<env::State>& states = house.positions->states();
  std::vector<mcts::Evaluation> evaluations(kBatch);
  for (size_t begin = 0; begin < states.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, states.size() - begin);
    std::vector<mcts::Position> positions;
    for (size_t i = 0; i < count; ++i) {
      positions.push_back({&game, &states[begin + i], env::kAssistant});
    }
    RETURN_IF_ERROR(evaluator.Evaluate(positions, absl::MakeSpan(evaluations).first(count)));
    for (size_t i = 0; i < count; ++i) {
      Judge(game, states[begin + i], evaluations[i].goal_logits, figures);
    }
  }
  std::sort(figures.edits.begin(), figures.edits.end(),
            [](const Edit& a, const Edit& b) { return a.certainty > b.certainty; });
  return figures;
}

// The mean of `sum` per `count` over houses.
Estimate Ratio(const std::vector<HouseFigures>& houses, uint64_t seed, auto sum, auto count) {
  std::vector<double> sums, counts;
  for (const HouseFigures& house : houses) {
    sums.push_back(static_cast<double>(sum(house)));
    counts.push_back(static_cast<double>(count(house)));
  }
  return BootstrapStatistic(static_cast<int>(houses.size()), seed,
                            [&](absl::Span<const int> times) {
                              double total = 0, n = 0;
                              for (size_t i = 0; i < times.size(); ++i) {
                                total += times[i] * sums[i];
                                n += times[i] * counts[i];
                              }
                              return n > 0 ? total / n : std::numeric_limits<double>::quiet_NaN();
                            });
}

// The least certainty from which on edits are right with `precision`; above 1 if there is none.
double CertaintyFor(const std::vector<Edit>& edits, double precision) {
  double certainty = 1.01;
  double right = 0;
  for (size_t i = 0; i < edits.size(); ++i) {
    right += edits[i].right;
    const bool last_of_its_kind =
        i + 1 == edits.size() || edits[i + 1].certainty < edits[i].certainty;
    if (last_of_its_kind && right >= precision * static_cast<double>(i + 1)) {
      certainty = edits[i].certainty;
    }
  }
  return certainty;
}

BeliefFigures Summarise(const std::string& name, const std::vector<HouseFigures>& houses,
                        uint64_t seed) {
  BeliefFigures result;
  result.name = name;
  result.cross_entropy = Ratio(
      houses, seed, [](const auto& h) { return h.nats; }, [](const auto& h) { return h.voxels; });
  result.cross_entropy_left = Ratio(
      houses, seed, [](const auto& h) { return h.nats_left; },
      [](const auto& h) { return h.voxels_left; });
  const auto squared_error = [](const HouseFigures& house) {
    double sum = 0;
    for (const Edit& edit : house.edits) sum += std::pow(edit.certainty - edit.right, 2);
    return sum;
  };
  result.brier =
      Ratio(houses, seed, squared_error, [](const auto& house) { return house.edits.size(); });

  std::vector<Edit> all;
  for (const HouseFigures& house : houses) {
    all.insert(all.end(), house.edits.begin(), house.edits.end());
  }
  std::sort(all.begin(), all.end(),
            [](const Edit& a, const Edit& b) { return a.certainty > b.certainty; });
  for (size_t k = 0; k < result.found.size(); ++k) {
    const double certainty = CertaintyFor(all, BeliefFigures::kPrecisions[k]);
    result.certainty[k] = certainty;
    const auto found = [&](const HouseFigures& house) {
      return std::count_if(house.edits.begin(), house.edits.end(), [&](const Edit& edit) {
        return edit.right && edit.certainty >= certainty;
      });
    };
    result.found[k] =
        Ratio(houses, seed, found, [](const auto& house) { return house.voxels_left; });
  }
  for (const Edit& edit : all) {
    const int bin =
        std::min(static_cast<int>(edit.certainty * BeliefFigures::kBins), BeliefFigures::kBins - 1);
    ++result.bins[bin].edits;
    result.bins[bin].certainty += edit.certainty;
    result.bins[bin].right += edit.right;
  }
  for (BeliefFigures::Bin& bin : result.bins) {
    bin.certainty /= static_cast<double>(bin.edits);
    bin.right /= static_cast<double>(bin.edits);
  }
  return result;
}

}  // namespace

absl::StatusOr<BelievingCheckpoint> OpenBelievingCheckpoint(const std::string& path) {
  BelievingCheckpoint believer;
  ASSIGN_OR_RETURN(believer.loaded, models::OpenNetwork(path));
  ASSIGN_OR_RETURN(believer.config, TrainedConfig(believer.loaded));
  ASSIGN_OR_RETURN(believer.network, MakePlayable(believer.loaded, believer.config.backend));
  if (believer.network.sees_goal || believer.network.remembers) {
    return absl::InvalidArgumentError(
        path + ": expected a network without memory that does not see the goal");
  }
  return believer;
}

absl::StatusOr<std::vector<BeliefFigures>> RunBeliefStudy(
    const BeliefStudy& study, const std::vector<BelievingNetwork>& networks) {
  const auto seed = static_cast<uint64_t>(study.seed);
  ASSIGN_OR_RETURN(const auto goals, env::MakeGoalSource(study.goals, study.game, seed));
  ASSIGN_OR_RETURN(const PlayerFactory human, MakePlayerFactory(study.human));
  ASSIGN_OR_RETURN(const PlayerFactory idle, MakePlayerFactory("noop"));
  std::vector<House> houses(study.episodes);
  SharedProgress playing("playing", study.episodes);
  RETURN_IF_ERROR(RunOnThreads(study.episodes, study.threads, [&](int number) -> absl::Status {
    ASSIGN_OR_RETURN(houses[number], PlayHouse(study, *goals, human, idle, number));
    playing.Add(1);
    return absl::OkStatus();
  }));
  int64_t positions = 0;
  for (const House& house : houses) {
    positions += static_cast<int64_t>(house.positions->states().size());
  }

  std::vector<BeliefFigures> results;
  SharedProgress judging("judging", static_cast<double>(positions) * networks.size());
  for (const BelievingNetwork& network : networks) {
    std::vector<HouseFigures> figures(houses.size());
    RETURN_IF_ERROR(RunOnThreads(study.episodes, study.threads, [&](int number) -> absl::Status {
      ASSIGN_OR_RETURN(figures[number], JudgeHouse(houses[number], *network.evaluator));
      judging.Add(static_cast<double>(houses[number].positions->states().size()), network.name);
      return absl::OkStatus();
    }));
    results.push_back(Summarise(network.name, figures, seed));
    results.back().positions = positions;
  }
  return results;
}

nlohmann::json ToJson(const BeliefFigures& figures) {
  nlohmann::json found = nlohmann::json::array(), bins = nlohmann::json::array();
  for (size_t k = 0; k < figures.found.size(); ++k) {
    found.push_back({{"precision", BeliefFigures::kPrecisions[k]},
                     {"certainty", figures.certainty[k]},
                     {"share", ToJson(figures.found[k])}});
  }
  for (const BeliefFigures::Bin& bin : figures.bins) {
    bins.push_back({{"edits", bin.edits}, {"certainty", bin.certainty}, {"right", bin.right}});
  }
  return {{"name", figures.name},
          {"positions", figures.positions},
          {"cross_entropy", ToJson(figures.cross_entropy)},
          {"cross_entropy_left", ToJson(figures.cross_entropy_left)},
          {"brier", ToJson(figures.brier)},
          {"found", std::move(found)},
          {"bins", std::move(bins)}};
}

std::string FormatBeliefs(const std::vector<BeliefFigures>& networks) {
  std::string text =
      "| network | cross entropy | where work is left | Brier | edits found at precision 0.7 | 0.8 "
      "| 0.9 |\n|---|---|---|---|---|---|---|\n";
  for (const BeliefFigures& n : networks) {
    absl::StrAppend(&text, "| ", n.name, " | ",
                    Format(n.cross_entropy, {.digits = 3, .significant = true}), " | ",
                    Format(n.cross_entropy_left, {.digits = 3, .significant = true}), " | ",
                    Format(n.brier, {.digits = 3, .significant = true}));
    for (const Estimate& found : n.found) absl::StrAppend(&text, " | ", Format(100 * found), " %");
    text += " |\n";
  }
  absl::StrAppendFormat(&text,
                        "\n%d positions of a builder alone. Cross entropies are means over voxels, "
                        "in nats; 95%% bootstrap intervals over houses.\n",
                        networks.empty() ? 0 : networks.front().positions);
  return text;
}

env::Canvas DrawReliability(const std::vector<BeliefFigures>& networks) {
  Chart chart;
  chart.title = "Are beliefs as often right as they are sure?";
  chart.x_label = "certainty of an edit";
  chart.y_label = "share that is right";
  Series calibrated;
  calibrated.name = "calibrated";
  calibrated.x = calibrated.y = {0, 1};
  calibrated.dashed = true;
  chart.series.push_back(std::move(calibrated));
  for (const BeliefFigures& n : networks) {
    Series series;
    series.name = n.name;
    for (const BeliefFigures::Bin& bin : n.bins) {
      if (bin.edits == 0) continue;
      series.x.push_back(bin.certainty);
      series.y.push_back(bin.right);
    }
    chart.series.push_back(std::move(series));
  }
  return DrawChart(chart);
}

}  // namespace hod::engine
