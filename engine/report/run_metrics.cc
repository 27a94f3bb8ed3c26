#include "engine/report/run_metrics.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr char kEnding[] = ".jsonl";

bool IsEvent(const nlohmann::json& line, const char* event) {
  return line.value("event", nlohmann::json()) == event;
}

}  // namespace

void MetricTable::Append(const nlohmann::json& object) {
  for (const auto& [key, value] : object.items()) {
    if (!value.is_number()) continue;
    std::vector<double>& column = columns_[key];
    column.resize(rows_);
    column.push_back(value.get<double>());
  }
  ++rows_;
}

std::vector<double> MetricTable::Column(const std::string& key) const {
  const auto found = columns_.find(key);
  std::vector<double> column;
  if (found != columns_.end()) column = found->second;
  column.resize(rows_);
  return column;
}

double MetricTable::Last(const std::string& key) const {
  const auto found = columns_.find(key);
  return rows_ > 0 && found != columns_.end() && found->second.size() == rows_
             ? found->second.back()
             : 0;
}

void MetricTable::Append(const MetricTable& rows) {
  for (const auto& [key, values] : rows.columns_) {
    std::vector<double>& column = columns_[key];
    column.resize(rows_);
    column.insert(column.end(), values.begin(), values.end());
  }
  rows_ += rows.rows_;
}

MetricTable MetricTable::Rows(const std::vector<size_t>& rows) const {
  MetricTable table;
  table.rows_ = rows.size();
  for (const auto& [key, values] : columns_) {
    std::vector<double>& column = table.columns_[key];
    for (const size_t row : rows) column.push_back(row < values.size() ? values[row] : 0);
  }
  return table;
}

MetricTable MetricTable::Where(const std::string& key) const {
  const std::vector<double> condition = Column(key);
  std::vector<size_t> rows;
  for (size_t i = 0; i < rows_; ++i) {
    if (condition[i] > 0) rows.push_back(i);
  }
  return Rows(rows);
}

MetricTable MetricTable::SortedBy(const std::string& key) const {
  const std::vector<double> values = Column(key);
  std::vector<size_t> rows(rows_);
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::stable_sort(rows.begin(), rows.end(),
                   [&](size_t a, size_t b) { return values[a] < values[b]; });
  return Rows(rows);
}

RunMetrics::RunMetrics(const RunDirectory& run)
    : folder_(run.metrics()),
      learner_{JsonLinesFollower(absl::StrCat(folder_, "/", kLearnerRole, kEnding)),
               {.role = kLearnerRole}},
      link_{JsonLinesFollower(absl::StrCat(folder_, "/", kLinkRole, kEnding)),
            {.role = kLinkRole}} {}

// Workers may join from other machines, whatever number the settings say.
absl::Status RunMetrics::FindWorkers() {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder_, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string role = entries->path().stem();
    if (entries->path().extension() != kEnding || !absl::StartsWith(role, "selfplay-")) continue;
    workers_.try_emplace(role, Source{JsonLinesFollower(entries->path()), {.role = role}});
  }
  if (error) return SystemError(folder_, "list", error.value());
  return absl::OkStatus();
}

absl::StatusOr<bool> RunMetrics::Read(Source& source) {
  ASSIGN_OR_RETURN(std::vector<nlohmann::json> lines, source.follower.Poll());
  ProcessMetrics& metrics = source.metrics;
  if (source.follower.restarted()) metrics = {.role = metrics.role};
  for (nlohmann::json& line : lines) {
    const double time = NumberAt(line, "time");
    if (metrics.last_time == 0) source.began = time;
    metrics.last_time = time;
    if (metrics.role == kLearnerRole || metrics.role == kLinkRole) {
      metrics.lines.Append(line);
    } else if (IsEvent(line, "rate")) {
      metrics.rates.Clear();
      metrics.rates.Append(line);
    } else if (IsEvent(line, "episode")) {
      // As before 0.2, whose times are those of the wall clock.
      if (!line.contains("seconds")) line["seconds"] = time - source.began;
      metrics.lines.Append(line);
    }
  }
  return source.follower.restarted() || !lines.empty();
}

absl::StatusOr<bool> RunMetrics::Poll() {
  RETURN_IF_ERROR(FindWorkers());
  ASSIGN_OR_RETURN(bool any, Read(learner_));
  ASSIGN_OR_RETURN(const bool linked, Read(link_));
  any |= linked;
  for (auto& [role, worker] : workers_) {
    ASSIGN_OR_RETURN(const bool more, Read(worker));
    any |= more;
  }
  return any;
}

std::vector<const ProcessMetrics*> RunMetrics::workers() const {
  std::vector<const ProcessMetrics*> workers;
  for (const auto& [role, source] : workers_) workers.push_back(&source.metrics);
  return workers;
}

MetricTable RunMetrics::Episodes() const {
  MetricTable episodes;
  for (const ProcessMetrics* worker : workers()) episodes.Append(worker->lines);
  return episodes.SortedBy("seconds");
}

}  // namespace hod::engine
