#include "engine/studies/network_study_report.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/chart.h"
#include "engine/results/estimate.h"
#include "env/draw/sheet.h"
#include "models/backends/processor.h"

namespace hod::engine {
namespace {

// One value an episode, in the order of their names.
std::vector<double> Values(const StudiedResult& result, const std::string& source,
                           double EpisodeErrors::*value) {
  std::vector<double> values;
  for (const auto& [episode, errors] : result.errors.at(source)) values.push_back(errors.*value);
  return values;
}

std::vector<std::string> SourcesOf(const std::vector<StudiedResult>& results) {
  std::vector<std::string> sources;
  for (const auto& [source, episodes] : results.front().errors) sources.push_back(source);
  return sources;
}

const StudiedResult& BaselineOf(const NetworkStudy& study,
                                const std::vector<StudiedResult>& results) {
  return *std::find_if(results.begin(), results.end(),
                       [&](const StudiedResult& r) { return r.name == study.baseline; });
}

}  // namespace

Estimate MeanError(const StudiedResult& result, const std::string& source, const ErrorKind& kind) {
  return BootstrapMean(Values(result, source, kind.value), /*seed=*/1);
}

Estimate ErrorDifference(const StudiedResult& result, const StudiedResult& baseline,
                         const std::string& source, const ErrorKind& kind) {
  std::vector<double> differences = Values(result, source, kind.value);
  const std::vector<double> base = Values(baseline, source, kind.value);
  for (size_t i = 0; i < differences.size(); ++i) differences[i] -= base[i];
  return BootstrapMean(differences, /*seed=*/1);
}

double EvaluationsPerSecond(const StudiedResult& result) {
  std::vector<double> rounds = result.evaluations_per_second;
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

std::string FormatNetworkStudy(const NetworkStudy& study,
                               const std::vector<StudiedResult>& results) {
  const StudiedResult& baseline = BaselineOf(study, results);
  std::string text =
      "| network | parameters | evaluations/s | times the baseline's | trained in |\n"
      "|---|---|---|---|---|\n";
  for (const StudiedResult& result : results) {
    absl::StrAppendFormat(&text, "| %s | %d | %.4g | %.3g | %.0f s |\n", result.name,
                          result.num_parameters, EvaluationsPerSecond(result),
                          EvaluationsPerSecond(result) / EvaluationsPerSecond(baseline),
                          result.training_seconds);
  }
  for (const std::string& source : SourcesOf(results)) {
    absl::StrAppendFormat(&text, "\n%s: %d held-out episodes\n\n| network |", source,
                          baseline.errors.at(source).size());
    for (const ErrorKind& kind : kErrorKinds) {
      absl::StrAppendFormat(&text, " %s, %s |", kind.name, kind.unit);
    }
    text += " predicted first, % |\n|---|---|---|---|---|\n";
    for (const StudiedResult& result : results) {
      absl::StrAppend(&text, "| ", result.name, " |");
      for (const ErrorKind& kind : kErrorKinds) {
        absl::StrAppend(&text, " ",
                        Format(MeanError(result, source, kind), {.digits = 4, .significant = true}),
                        " |");
      }
      const Estimate hits =
          BootstrapMean(Values(result, source, &EpisodeErrors::human_hit), /*seed=*/1);
      absl::StrAppend(&text, " ", Format(100 * hits), " |\n");
    }
    absl::StrAppendFormat(&text, "\n%s: differences to %s (below 0 is better)\n\n| network |",
                          source, baseline.name);
    for (const ErrorKind& kind : kErrorKinds) absl::StrAppend(&text, " ", kind.name, " |");
    text += "\n|---|---|---|---|\n";
    for (const StudiedResult& result : results) {
      if (&result == &baseline) continue;
      absl::StrAppend(&text, "| ", result.name, " |");
      for (const ErrorKind& kind : kErrorKinds) {
        absl::StrAppend(&text, " ",
                        Format(ErrorDifference(result, baseline, source, kind),
                               {.digits = 3, .significant = true, .sign = true}),
                        " |");
      }
      text += "\n";
    }
  }
  absl::StrAppendFormat(
      &text,
      "\nMeans over episodes with 95%% bootstrap intervals. Learnt from %d sequences of %d "
      "timesteps of each source, %d times. Speed: %s, one thread, batch %d, median of %d rounds.\n",
      study.data.train_sequences, study.data.sequence_length, study.epochs, models::ProcessorName(),
      study.speed_batch, study.speed_rounds);
  return text;
}

nlohmann::json NetworkStudyJson(const NetworkStudy& study,
                                const std::vector<StudiedResult>& results) {
  const StudiedResult& baseline = BaselineOf(study, results);
  nlohmann::json networks = nlohmann::json::array();
  for (const StudiedResult& result : results) {
    nlohmann::json sources;
    for (const std::string& source : SourcesOf(results)) {
      for (const ErrorKind& kind : kErrorKinds) {
        sources[source][kind.name] = {
            {"error", ToJson(MeanError(result, source, kind))},
            {"difference", ToJson(ErrorDifference(result, baseline, source, kind))}};
      }
      sources[source]["episodes"] = result.errors.at(source).size();
    }
    networks.push_back({{"name", result.name},
                        {"parameters", result.num_parameters},
                        {"training_seconds", result.training_seconds},
                        {"training_losses", result.training_losses},
                        {"evaluations_per_second", result.evaluations_per_second},
                        {"sources", std::move(sources)}});
  }
  return {{"baseline", study.baseline},
          {"processor", models::ProcessorName()},
          {"networks", std::move(networks)}};
}

env::Canvas DrawNetworkStudy(const std::vector<StudiedResult>& results) {
  constexpr int kWidth = 640, kHeight = 420;
  const std::vector<std::string> sources = SourcesOf(results);
  std::vector<env::Canvas> charts;
  for (const std::string& source : sources) {
    for (const ErrorKind& kind : kErrorKinds) {
      Chart chart;
      chart.title = absl::StrCat(source, ": ", kind.name);
      chart.x_label = "evaluations per second, one thread";
      chart.y_label = kind.unit;
      chart.log2_x = true;
      chart.width = kWidth;
      chart.height = kHeight;
      for (const StudiedResult& result : results) {
        const Estimate estimate = MeanError(result, source, kind);
        chart.series.push_back({result.name,
                                {EvaluationsPerSecond(result)},
                                {estimate.mean},
                                {estimate.low},
                                {estimate.high}});
      }
      charts.push_back(DrawChart(chart));
    }
  }
  return env::DrawGrid(charts, static_cast<int>(std::size(kErrorKinds)));
}

}  // namespace hod::engine
