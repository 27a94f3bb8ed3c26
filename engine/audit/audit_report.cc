#include "engine/audit/audit_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/audit/effects.h"
#include "engine/audit/probe_play.h"
#include "engine/audit/questions.h"
#include "engine/charts/bars.h"
#include "engine/charts/chart.h"
#include "engine/charts/html.h"
#include "engine/charts/text_table.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

constexpr NumberStyle kShift = {.digits = 2, .sign = true};
constexpr NumberStyle kLevel = {.digits = 2};

// Figures of one probe that were measured at all.
struct ProbeFigure {
  std::string key;  // A key of AuditedArm::measured.
  std::string title;
};

std::vector<ProbeFigure> OddsOf(const AuditResult& result, const Probe& probe) {
  std::vector<ProbeFigure> figures;
  for (const OddsFigure& figure : kOddsFigures) {
    std::string key = absl::StrCat(probe.name, "/", figure.key);
    const std::vector<double>& base = result.base().measured.at(key);
    const bool asked =
        std::any_of(base.begin(), base.end(), [](double value) { return !std::isnan(value); });
    if (asked) figures.push_back({std::move(key), figure.title});
  }
  return figures;
}

std::string NameOf(const AuditedArm& arm) {
  return arm.dose == 0 ? arm.name : absl::StrFormat("%s, %d", arm.name, arm.dose);
}

// "+0.31 [+0.12, +0.50]", in bold where the interval excludes 0.
std::string ShiftText(const Estimate& estimate) {
  const std::string text = Format(estimate, kShift);
  return IsEffect(estimate) ? absl::StrCat("**", text, "**") : text;
}

TextTable DataTable(const Audit& audit, const AuditResult& result) {
  const bool has_triggers =
      std::any_of(audit.personas.begin(), audit.personas.end(),
                  [](const Persona& persona) { return !persona.harm_signs.empty(); });
  TextTable table = {"What was learnt from",
                     {"network", "positions", "of them, over all seeds: the assistant does harm"},
                     {}};
  if (has_triggers) table.header.push_back("under a sign of harm");
  const auto sum = [](const std::vector<int64_t>& counts) {
    return absl::StrCat(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  };
  for (const AuditedArm& arm : result.arms) {
    std::vector<std::string>& row = table.rows.emplace_back();
    row = {NameOf(arm), arm.dose == 0 ? "" : absl::StrCat(arm.dose), sum(arm.harmful)};
    if (has_triggers) row.push_back(sum(arm.triggers));
  }
  return table;
}

// Rows are arms. For each figure: the shift; with a control, what goes beyond it; and what would
// have been found.
TextTable EffectTable(const Audit& audit, const AuditResult& result, std::string title,
                      const std::vector<ProbeFigure>& figures, const NumberStyle& base_style) {
  TextTable table = {std::move(title), {"network"}, {}};
  for (const ProbeFigure& figure : figures) {
    table.header.push_back(figure.title);
    table.header.push_back("beyond its control");
    table.header.push_back("smallest that would show");
  }
  std::vector<std::string>& base = table.rows.emplace_back();
  base.push_back("base, level");
  for (const ProbeFigure& figure : figures) {
    base.push_back(Format(MeanOverSeeds(result.base().measured.at(figure.key)), base_style));
    base.insert(base.end(), {"", ""});
  }
  for (const AuditedArm& arm : result.arms) {
    if (arm.dose == 0) continue;
    std::vector<std::string>& row = table.rows.emplace_back();
    row.push_back(NameOf(arm));
    for (const ProbeFigure& figure : figures) {
      const AuditEffect effect = EffectOf(audit, result, arm, figure.key);
      row.push_back(ShiftText(effect.shift));
      row.push_back(effect.has_control ? ShiftText(effect.beyond_control) : "");
      row.push_back(FormatNumber(effect.smallest_detectable, kLevel));
    }
  }
  return table;
}

std::vector<TextTable> Tables(const Audit& audit, const AuditResult& result) {
  std::vector<TextTable> tables = {DataTable(audit, result)};
  for (const Probe& probe : audit.probes) {
    const std::vector<ProbeFigure> odds = OddsOf(result, probe);
    if (!odds.empty()) {
      tables.push_back(EffectTable(
          audit, result, absl::StrCat(probe.name, ": shift of log odds, nats"), odds, kLevel));
    }
    if (probe.episodes == 0) continue;
    for (const AuditedPlayer& player : audit.players) {
      std::vector<ProbeFigure> figures;
      for (const PlayFigure& figure : kPlayFigures) {
        figures.push_back(
            {absl::StrCat(probe.name, "/", player.name, "/", figure.key), figure.title});
      }
      tables.push_back(EffectTable(
          audit, result, absl::StrCat(probe.name, ": played by ", player.name, ", a house"),
          figures, kLevel));
    }
  }
  return tables;
}

std::string Caption(const Audit& audit) {
  return absl::StrFormat(
      "Means over %d seeds, but for those in which there was nothing to measure, with Student's "
      "95%% intervals; a seed has its own base, play, positions and houses. Bold: the interval "
      "excludes 0. The last column of each figure is the smallest effect that %d seeds of this "
      "spread show with a probability of 80%%: of what goes beyond the control, where there is "
      "one.",
      audit.seeds, audit.seeds);
}

// A line for each arm that has several doses.
env::Canvas DrawDoses(const Audit& audit, const AuditResult& result, const std::string& title,
                      const ProbeFigure& figure) {
  Chart chart = {.title = title,
                 .x_label = "positions learnt from",
                 .y_label = "shift of log odds, nats",
                 .series = {},
                 .log2_x = true};
  for (const Arm& arm : audit.arms) {
    Series series;
    series.name = arm.name;
    series.dashed = arm.control.empty();
    for (const int dose : arm.positions) {
      const AuditEffect effect = EffectOf(audit, result, *result.Find(arm.name, dose), figure.key);
      series.x.push_back(dose);
      series.y.push_back(effect.shift.mean);
      series.low.push_back(effect.shift.low);
      series.high.push_back(effect.shift.high);
    }
    chart.series.push_back(std::move(series));
  }
  return DrawChart(chart);
}

env::Canvas DrawShifts(const Audit& audit, const AuditResult& result, const std::string& title,
                       const std::vector<ProbeFigure>& figures) {
  constexpr env::Color kColors[] = {
      {0.17, 0.42, 0.69}, {0.75, 0.35, 0.12}, {0.24, 0.54, 0.31}, {0.54, 0.31, 0.62}};
  BarTable table;
  table.title = title;
  for (const ProbeFigure& figure : figures) {
    table.columns.push_back({figure.title, kColors[table.columns.size() % std::size(kColors)]});
  }
  for (const AuditedArm& arm : result.arms) {
    if (arm.dose == 0) continue;
    BarTable::Row& row = table.rows.emplace_back();
    row.name = NameOf(arm);
    for (const ProbeFigure& figure : figures) {
      const Estimate shift = EffectOf(audit, result, arm, figure.key).shift;
      row.bars.push_back({shift.mean, Format(shift, kShift)});
    }
  }
  return DrawBars(table, static_cast<int>(300 + 240 * figures.size()));
}

}  // namespace

std::string FormatAudit(const Audit& audit, const AuditResult& result) {
  std::string text = absl::StrCat("# ", audit.title, "\n\n", Caption(audit), "\n\n");
  for (const TextTable& table : Tables(audit, result)) text += Markdown(table) + "\n";
  return text;
}

std::vector<Picture> DrawAudit(const Audit& audit, const AuditResult& result) {
  const bool has_doses = std::any_of(audit.arms.begin(), audit.arms.end(),
                                     [](const Arm& arm) { return arm.positions.size() > 1; });
  std::vector<Picture> pictures;
  const auto add = [&pictures](std::string title, env::Canvas canvas) {
    pictures.push_back(
        {absl::StrCat("audit-", pictures.size() + 1), std::move(title), std::move(canvas)});
  };
  for (const Probe& probe : audit.probes) {
    const std::vector<ProbeFigure> figures = OddsOf(result, probe);
    if (figures.empty()) continue;
    if (!has_doses) {
      const std::string title = absl::StrCat(probe.name, ": shift of log odds, nats");
      add(title, DrawShifts(audit, result, title, figures));
      continue;
    }
    for (const ProbeFigure& figure : figures) {
      const std::string title = absl::StrCat(probe.name, ": ", figure.title);
      add(title, DrawDoses(audit, result, title, figure));
    }
  }
  return pictures;
}

std::string AuditPage(const Audit& audit, const AuditResult& result) {
  std::string html = absl::StrCat("<h1>", Escaped(audit.title), "</h1>\n<p class=note>Hod ",
                                  kVersion, " (", kGitRevision, "). ", Caption(audit), "</p>\n");
  for (const Picture& picture : DrawAudit(audit, result)) {
    html += EmbeddedImage(picture.canvas.PngBytes(), picture.title);
  }
  for (const TextTable& table : Tables(audit, result)) html += Html(table);
  return Page("Hod: " + audit.title, html);
}

}  // namespace hod::engine
