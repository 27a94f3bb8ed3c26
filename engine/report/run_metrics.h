// What the processes of a run write to its metrics, followed as they write it. Holds the numbers
// and not the lines, since a run of months has millions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/training/run_directory.h"
#include "env/base/json_lines.h"

namespace hod::engine {

// The numbers of many objects with the same keys, a row an object.
class MetricTable {
 public:
  void Append(const nlohmann::json& object);
  void Clear() { *this = {}; }

  size_t rows() const { return rows_; }
  // The column of `key`; 0 in rows without it.
  std::vector<double> Column(const std::string& key) const;
  // The same number of the last row; 0 without rows.
  double Last(const std::string& key) const;
  // The rows whose `key` is above 0.
  MetricTable Where(const std::string& key) const;
  // The rows by ascending `key`.
  MetricTable SortedBy(const std::string& key) const;
  void Append(const MetricTable& rows);

 private:
  MetricTable Rows(const std::vector<size_t>& rows) const;

  size_t rows_ = 0;
  std::map<std::string, std::vector<double>> columns_;  // May end before the last row.
};

// A process of a run: the learner, its link to other machines, or one that plays.
struct ProcessMetrics {
  std::string role;        // "selfplay-000"
  MetricTable lines = {};  // Those that play: their episodes; the others: all.
  MetricTable rates = {};  // Those that play: their last rate, if any.
  double last_time = 0;    // When it wrote the last line, in seconds since 1970; 0: none yet.
};

class RunMetrics {
 public:
  explicit RunMetrics(const RunDirectory& run);

  // Reads on; whether there was anything new. Errors name the file; what was read before stays.
  absl::StatusOr<bool> Poll();

  const ProcessMetrics& learner() const { return learner_.metrics; }
  // Empty without other machines.
  const ProcessMetrics& link() const { return link_.metrics; }
  // All that have ever played on this machine, by role.
  std::vector<const ProcessMetrics*> workers() const;
  // The episodes of all workers, by how many seconds their workers had played.
  MetricTable Episodes() const;

 private:
  struct Source {
    JsonLinesFollower follower;
    ProcessMetrics metrics;
    double began = 0;  // Its first line's time.
  };
  absl::Status FindWorkers();
  static absl::StatusOr<bool> Read(Source& source);

  std::string folder_;
  Source learner_, link_;
  std::map<std::string, Source> workers_;  // By role.
};

}  // namespace hod::engine
