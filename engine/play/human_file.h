// Humans that take more than a name to describe, as files in TOML (docs/humans.md, "Human files"):
// a network with the search it acts by, the heuristic builder in a style, or a mixture of humans,
// of which each episode draws one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "mcts/options.h"

namespace hod::engine {

enum class DrawPer { kMove, kEpisode };

struct HumanFile {
  // A searching human: a checkpoint of a network that sees the goal.
  std::string network;
  mcts::SearchOptions search;
  // When one of several search.c_puct is drawn.
  DrawPer c_puct_per = DrawPer::kMove;

  // The heuristic builder with these traits (env::SetTraits()).
  std::vector<std::string> style;

  // A mixture: humans as for MakePlayerFactory(), and how often each comes, relative to others.
  std::vector<std::string> humans;
  std::vector<double> weights;  // One for each human.
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<HumanFile> LoadHumanFile(const std::string& path);

// A Markdown table of all settings.
std::string DescribeHumanFile();

}  // namespace hod::engine
