// One assistant under several searches: what planning adds to its network, and how much of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/evaluation/evaluate.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// A study as its file describes it (configs/search_study.toml):
//
//   baseline = "raw/1"                     what every cell is compared with, in pairs of houses
//   [[variant]]
//   name = "paper"
//   simulations = [4, 16]                  a cell for each: "paper/4", "paper/16"
//   set = ["search.leaf_value=network"]    over the configuration of the checkpoint
//   [[pair]]                               a comparison of two cells
//   cells = ["ours/16", "paper/100"]
struct StudyVariant {
  std::string name;
  std::vector<int> simulations;
  std::vector<std::string> overrides;
};

struct StudyPair {
  std::vector<std::string> cells;  // Two.
};

struct Study {
  std::vector<StudyVariant> variants;
  std::string baseline;
  std::vector<StudyPair> pairs;
};

std::string CellName(const std::string& variant, int simulations);

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<Study> LoadStudy(const std::string& path);

// Tables of all settings, in Markdown.
std::string DescribeSearchStudy();

struct StudyCell {
  std::string name;  // "variant/simulations".
  std::string variant;
  int simulations;
  EvaluationReport report;
};

// Evaluates every cell on the same houses. Reports go to `directory`, and those found there that
// were made with the same settings are reused. `setup.config` is the assistant's; each cell has
// its overrides on top.
absl::StatusOr<std::vector<StudyCell>> RunStudy(const Study& study, const EvaluationSetup& setup,
                                                const std::string& directory);

// Formats the study in Markdown.
std::string FormatStudy(const Study& study, const std::vector<StudyCell>& cells);

// Actions saved, share built and goal %, by simulations: the variants with several cells, and the
// baseline as a level.
env::Canvas DrawStudy(const Study& study, const std::vector<StudyCell>& cells);

}  // namespace hod::engine
