#include "engine/studies/network_study.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/results/store.h"
#include "engine/session/session.h"
#include "engine/session/streams.h"
#include "engine/studies/studied_network.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/progress.h"
#include "env/base/random.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using nlohmann::json;

// Everything a result follows from.
json OriginOf(const NetworkStudy& study, const std::vector<PlaySource>& sources,
              const StudiedNetwork& network) {
  json data = json::array();
  for (const PlaySource& source : sources) {
    json sequences = json::array();
    for (const auto* part : {&source.train, &source.test}) {
      for (const PlaySequence& sequence : *part) {
        sequences.push_back(absl::StrCat(sequence.episode, "@",
                                         sequence.fragment->start.timestep + sequence.begin));
      }
    }
    data.push_back({{"source", source.name},
                    {"train_sequences", source.train.size()},
                    {"sequences", HashOf(DumpJson(sequences))}});
  }
  return {{"version", 3},  // Version of networks and losses.
          {"network", ToJson(network)},
          {"data", data},
          {"sequence_length", study.data.sequence_length},
          {"gamma", study.data.gamma},
          {"seed", study.data.seed},
          {"batch_sequences", study.batch_sequences},
          {"epochs", study.epochs},
          {"mirror", study.mirror},
          {"warm_up", study.warm_up}};
}

json ToJson(const StudiedResult& result) {
  json errors;
  for (const auto& [source, episodes] : result.errors) {
    for (const auto& [episode, e] : episodes) {
      errors[source][episode] = {
          {"goal", e.goal}, {"human", e.human}, {"value", e.value}, {"human_hit", e.human_hit}};
    }
  }
  return {{"parameters", result.num_parameters},
          {"training_seconds", result.training_seconds},
          {"training_losses", result.training_losses},
          {"errors", errors}};
}

// Throws json::exception where something that the study asks for is missing.
StudiedResult ResultFrom(const std::string& name, const json& object,
                         const std::vector<PlaySource>& sources) {
  StudiedResult result;
  result.name = name;
  result.num_parameters = object.at("parameters");
  result.training_seconds = object.at("training_seconds");
  result.training_losses = object.at("training_losses").get<std::vector<double>>();
  for (const PlaySource& source : sources) {
    std::map<std::string, EpisodeErrors>& errors = result.errors[source.name];
    for (const PlaySequence& sequence : source.test) {
      const json& e = object.at("errors").at(source.name).at(sequence.episode);
      errors[sequence.episode] = {e.at("goal"), e.at("human"), e.at("value"), e.at("human_hit")};
    }
  }
  return result;
}

absl::Status Stopped() { return absl::CancelledError("stopped; the same command goes on"); }

class Study {
 public:
  Study(const NetworkStudy& study, const std::vector<PlaySource>& sources,
        const std::atomic<bool>& stop)
      : study_(study), sources_(sources), stop_(stop) {
    for (const PlaySource& source : sources) {
      train_.insert(train_.end(), source.train.begin(), source.train.end());
    }
  }

  absl::StatusOr<StudiedResult> TrainAndJudge(const StudiedNetwork& network) const {
    ASSIGN_OR_RETURN(auto trainer, MakeTrainer(study_, network));
    StudiedResult result;
    result.name = network.name;
    result.num_parameters = NumParameters(network);
    RETURN_IF_ERROR(Train(*trainer, network, result));
    for (const PlaySource& source : sources_) {
      RETURN_IF_ERROR(Judge(*trainer, source, result));
    }
    return result;
  }

  // Batches of all networks in turns, so that all meet the same load of the machine.
  absl::Status MeasureSpeed(std::vector<StudiedResult>& results) const {
    std::vector<std::unique_ptr<mcts::Evaluator>> evaluators;
    for (const StudiedNetwork& network : study_.networks) {
      ASSIGN_OR_RETURN(evaluators.emplace_back(), MakeEvaluator(study_, network));
    }
    const Batch batch = Examples({&sources_.front().test.front(), 1}, /*mirror=*/false, 0);
    std::vector<mcts::Position> positions;
    for (int i = 0; i < study_.speed_batch; ++i) {
      const models::Example& example = batch.examples[i % batch.examples.size()];
      positions.push_back(example.position);
      positions.back().valid_actions = example.valid_actions;
    }
    std::vector<mcts::Evaluation> evaluations(positions.size());
    ProgressLine progress("speed");
    for (int round = -1; round < study_.speed_rounds; ++round) {  // The first warms up.
      for (size_t i = 0; i < evaluators.size(); ++i) {
        if (stop_) return Stopped();
        const Stopwatch watch;
        int64_t evaluated = 0;
        do {
          RETURN_IF_ERROR(evaluators[i]->Evaluate(positions, absl::MakeSpan(evaluations)));
          evaluated += static_cast<int64_t>(positions.size());
        } while (watch.Elapsed() < absl::Milliseconds(200));
        if (round < 0) continue;
        results[i].evaluations_per_second.push_back(static_cast<double>(evaluated) /
                                                    watch.Seconds());
        progress.Update((round + 1.0) / study_.speed_rounds, results[i].name);
      }
    }
    return absl::OkStatus();
  }

 private:
  Batch Examples(absl::Span<const PlaySequence> sequences, bool mirror, uint64_t stream) const {
    return ExamplesOf(sequences, study_.data.sequence_length, study_.data.gamma, mirror,
                      Rng(study_.data.seed).Fork(stream));
  }

  // Every network meets the same batches in the same order.
  absl::Status Train(models::ExampleTrainer& trainer, const StudiedNetwork& rates,
                     StudiedResult& result) const {
    ProgressLine progress(absl::StrCat("training ", result.name));
    const Stopwatch watch;
    const size_t per_epoch = train_.size() / study_.batch_sequences;
    Session session({.max_steps = static_cast<int64_t>(per_epoch) * study_.epochs,
                     .learning_rate = rates.learning_rate,
                     .final_learning_rate = rates.final_learning_rate},
                    stop_);
    std::vector<PlaySequence> order = train_;
    Rng rng = Rng(study_.data.seed).Fork(NetworkStudyStream::kOrder);
    RETURN_IF_ERROR(session.Run([&]() -> absl::Status {
      const size_t step = session.steps() % per_epoch;
      if (step == 0) Shuffle(order, rng);
      const Batch batch = Examples(
          absl::MakeConstSpan(order).subspan(step * study_.batch_sequences, study_.batch_sequences),
          study_.mirror, NetworkStudyStream::kBatches + session.steps());
      ASSIGN_OR_RETURN(models::Losses losses,
                       trainer.Step(batch.examples, {.learning_rate = session.LearningRate()}));
      session.Made(1);
      result.training_losses.push_back(losses.total);
      const double positions = static_cast<double>(session.steps() * study_.batch_sequences *
                                                   study_.data.sequence_length);
      progress.Update(session.Progress(),
                      absl::StrFormat("%.3g positions/s, loss %.3f, goal %.3f, human %.2f",
                                      positions / watch.Seconds(), losses.total, losses.goal,
                                      losses.human_cross_entropy));
      return absl::OkStatus();
    }));
    if (!session.complete()) return Stopped();
    result.training_seconds = watch.Seconds();
    return absl::OkStatus();
  }

  absl::Status Judge(const models::ExampleTrainer& trainer, const PlaySource& source,
                     StudiedResult& result) const {
    struct Counts {
      double all = 0, human = 0;
    };
    std::map<std::string, Counts> counts;
    std::map<std::string, EpisodeErrors>& episodes = result.errors[source.name];
    ProgressLine progress(absl::StrCat("judging ", result.name, " on ", source.name));
    for (size_t i = 0; i < source.test.size(); ++i) {
      if (stop_) return Stopped();
      const PlaySequence& sequence = source.test[i];
      const Batch batch = Examples({&sequence, 1}, /*mirror=*/false, 0);
      ASSIGN_OR_RETURN(std::vector<models::ExampleErrors> errors, trainer.Errors(batch.examples));
      EpisodeErrors& sum = episodes[sequence.episode];
      Counts& count = counts[sequence.episode];
      for (size_t t = study_.warm_up; t < errors.size(); ++t) {
        const models::ExampleErrors& e = errors[t];
        sum.goal += e.goal;
        sum.value += e.value;
        sum.human += e.human;
        sum.human_hit += e.human_hit;
        ++count.all;
        count.human += e.has_human;
      }
      progress.Update((i + 1.0) / source.test.size(), "");
    }
    for (auto& [episode, e] : episodes) {
      const Counts& count = counts[episode];
      e.goal /= count.all;
      e.value /= count.all;
      e.human /= std::max(1.0, count.human);
      e.human_hit /= std::max(1.0, count.human);
    }
    return absl::OkStatus();
  }

  const NetworkStudy& study_;
  const std::vector<PlaySource>& sources_;
  const std::atomic<bool>& stop_;
  std::vector<PlaySequence> train_;
};

}  // namespace

absl::StatusOr<std::vector<StudiedResult>> RunNetworkStudy(const NetworkStudy& study,
                                                           const std::vector<PlaySource>& sources,
                                                           const std::string& directory,
                                                           const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(directory));
  const Study run(study, sources, stop);
  std::vector<StudiedResult> results;
  for (const StudiedNetwork& network : study.networks) {
    const std::string name = absl::StrFormat("network-%02d", results.size());
    const json origin = OriginOf(study, sources, network);
    StudiedResult result;
    const auto take = [&](const json& stored) {
      result = ResultFrom(network.name, stored, sources);
      return absl::OkStatus();
    };
    if (!store.Find(name, origin, take)) {
      ASSIGN_OR_RETURN(result, run.TrainAndJudge(network));
      RETURN_IF_ERROR(store.Put(name, origin, ToJson(result)));
    }
    results.push_back(std::move(result));
  }
  RETURN_IF_ERROR(run.MeasureSpeed(results));
  return results;
}

}  // namespace hod::engine
