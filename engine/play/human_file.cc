#include "engine/play/human_file.h"

#include "absl/strings/str_cat.h"
#include "engine/config/fields.h"
#include "env/base/status.h"
#include "env/players/builder_style.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

// piKL's search where a file does not say otherwise (Laidlaw et al. 2025): no critic, no noise, and
// the policy that it tends to.
mcts::SearchOptions DefaultSearch() {
  mcts::SearchOptions search;
  search.num_simulations = 30;
  search.c_puct = {30.0};
  search.root_policy = mcts::RootPolicy::kLimiting;
  search.leaf_value = mcts::LeafValue::kZero;
  search.explore_noops = false;
  search.temperature = 1.0;
  search.noise_weight = 0;
  return search;
}

absl::Status Check(HumanFile& file) {
  if (!file.network.empty() + !file.style.empty() + !file.humans.empty() != 1) {
    return absl::InvalidArgumentError("expected one of \"network\", \"style\" and \"humans\"");
  }
  env::BuilderStyle style;
  RETURN_IF_ERROR(Annotate(env::SetTraits(file.style, style), "style"));
  if (file.weights.empty()) file.weights.assign(file.humans.size(), 1.0);
  double sum = 0;
  for (const double weight : file.weights) sum += weight;
  if (file.weights.size() != file.humans.size() || (!file.humans.empty() && sum <= 0)) {
    return absl::InvalidArgumentError(absl::StrCat("weights: expected one for each of the ",
                                                   file.humans.size(),
                                                   " humans, with a sum above 0"));
  }
  // The goal is seen: the tree has the true rewards.
  file.search.use_goal_predictor = false;
  return absl::OkStatus();
}

settings::Declaration Declare(HumanFile& file) {
  settings::Declaration d;
  d.Text("network", file.network, "the path of a checkpoint", "a network that sees the goal");
  d.Choice("c_puct_per", file.c_puct_per, {"move", "episode"},
           "when one of several search.c_puct is drawn");
  d.Texts(
      "style", file.style, "a list of \"key=value\"",
      "of a heuristic builder (env/players/builder_style.h); what is not said is drawn for each "
      "episode");
  d.Texts("humans", file.humans, "a list of humans", "of which each episode draws one");
  d.Numbers("weights", file.weights, 0, 1e9, "how often each of the humans comes");
  DeclareSearch(d, file.search);
  d.Check([&file](const settings::Declaration&) { return Check(file); });
  return d;
}

}  // namespace

absl::StatusOr<HumanFile> LoadHumanFile(const std::string& path) {
  HumanFile file;
  file.search = DefaultSearch();
  settings::Declaration declaration = Declare(file);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return file;
}

std::string DescribeHumanFile() {
  HumanFile defaults;
  defaults.search = DefaultSearch();
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
