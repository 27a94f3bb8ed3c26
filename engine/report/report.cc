#include "engine/report/report.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/html.h"
#include "engine/report/learning_curves.h"
#include "engine/report/play_curves.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "env/draw/episode_moments.h"

namespace hod::engine {
namespace {

std::string Cell(const Estimate& e) {
  return absl::StrCat("<td>", FormatNumber(e.mean), " <span class=note>", FormatInterval(e),
                      "</span></td>");
}

std::string EvaluationSection(const EvaluationReport& report) {
  std::string html = absl::StrFormat(
      "<p>The assistant saves the builder <b>%.1f %%</b> of its place and break actions "
      "(95%% interval %.1f to %.1f). Means over %d houses that were never trained on, each built "
      "by "
      "the same builder from the same start alone and assisted; 95%% bootstrap intervals. Until "
      "the goal stands as far as it came both times, it saves %s %%.</p>\n"
      "<table><tr><th></th><th>human alone</th><th>with assistant</th><th>difference</th></tr>\n",
      report.human_actions_saved.mean, report.human_actions_saved.low,
      report.human_actions_saved.high, report.houses.size(),
      Format(report.saved_at_equal_progress));
  for (const FigureComparison& c : report.comparisons) {
    absl::StrAppend(&html, "<tr><td>", Escaped(c.title), "</td>", Cell(c.alone), Cell(c.assisted),
                    Cell(c.difference), "</tr>\n");
  }
  return html + "</table>\n";
}

// House 0 of the evaluation, if it was recorded.
absl::StatusOr<std::string> EpisodeSection(const RunDirectory& run) {
  std::string html;
  for (const auto& [name, title] : {std::pair("alone", "The builder alone"),
                                    std::pair("assisted", "The same builder with the assistant")}) {
    const std::string path = absl::StrCat(run.path(), "/episodes/house-000-", name, ".jsonl.gz");
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      return std::string("<p class=note>No recorded episode yet.</p>\n");
    }
    ASSIGN_OR_RETURN(env::RecordedEpisode episode, env::ReadEpisode(path, 0));
    const env::DrawnSteps steps = env::StripSteps(0, static_cast<int>(episode.steps.size()));
    const std::string strip = env::DrawStrip(episode, steps, {}).PngBytes();
    RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(run.path(), "/house-", name, ".png"), strip));
    absl::StrAppend(&html, "<h3>", title, "</h3>\n", EmbeddedImage(strip, title));
  }
  return html +
         "<p class=note>The builder is red, the assistant blue. Wrong blocks are crossed out in "
         "red, "
         "missing ones translucent; the last picture is the goal.</p>\n";
}

}  // namespace

absl::StatusOr<EvaluationReport> LoadEvaluation(const std::string& path) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ReadJsonFile(path));
  absl::StatusOr<EvaluationReport> report = EvaluationFromJson(json);
  RETURN_IF_ERROR(Annotate(report.status(), path));
  return report;
}

absl::StatusOr<std::string> WriteReport(const RunDirectory& run) {
  std::string html =
      absl::StrCat("<h1>An assistant that helps to build</h1>\n<p class=note>Run ",
                   Escaped(run.path()), ", Hod ", kVersion, " (", kGitRevision,
                   "). Remade by <code>hod report --run ", Escaped(run.path()), "</code>.</p>\n");

  absl::StrAppend(&html, "<h2>Evaluation</h2>\n");
  const std::string evaluation_path = run.path() + "/evaluation.json";
  std::error_code ignored;
  if (std::filesystem::exists(evaluation_path, ignored)) {
    ASSIGN_OR_RETURN(EvaluationReport evaluation, LoadEvaluation(evaluation_path));
    absl::StrAppend(&html, EvaluationSection(evaluation));
  } else {
    absl::StrAppend(&html, "<p class=note>Not evaluated yet.</p>\n");
  }

  ASSIGN_OR_RETURN(std::string episode, EpisodeSection(run));
  absl::StrAppend(&html, "<h2>One house</h2>\n", episode);

  RunMetrics metrics(run);
  RETURN_IF_ERROR(metrics.Poll().status());
  absl::StrAppend(&html, "<h2>Learning</h2>\n<div class=curves>\n");
  for (const Chart& chart : LearningCurves(run.config(), metrics)) {
    absl::StrAppend(&html, EmbeddedImage(DrawChart(chart).PngBytes(), chart.title));
  }
  absl::StrAppend(&html, "</div>\n<h2>Playing</h2>\n<div class=curves>\n");
  for (const Chart& chart : PlayCurves(metrics)) {
    absl::StrAppend(&html, EmbeddedImage(DrawChart(chart).PngBytes(), chart.title));
  }
  absl::StrAppend(&html, "</div>\n<h2>Settings</h2>\n<pre>", Escaped(ToToml(run.config())),
                  "</pre>\n");

  const std::string path = run.path() + "/report.html";
  RETURN_IF_ERROR(WriteFileAtomically(path, Page("Hod: " + run.path(), html)));
  return path;
}

}  // namespace hod::engine
