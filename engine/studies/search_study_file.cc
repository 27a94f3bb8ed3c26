// Reads the file of a study.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/studies/search_study.h"
#include "env/base/status.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

void DeclareVariant(settings::Declaration& d, StudyVariant& variant) {
  d.Text("name", variant.name, "a text", "what the variant is called").required = true;
  d.Integers("simulations", variant.simulations, 1, 100000,
             "simulations of a move, a cell of the study for each: \"name/simulations\"")
      .required = true;
  d.Texts("set", variant.overrides, "a list of \"key=value\"",
          "settings over those of the checkpoint's run, as for --set");
  d.Check([&variant](const settings::Declaration&) {
    return !variant.simulations.empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("simulations: expected at least one");
  });
}

void DeclarePair(settings::Declaration& d, StudyPair& pair) {
  d.Texts("cells", pair.cells, "two names of cells", "the two that are compared").required = true;
  d.Check([&pair](const settings::Declaration&) {
    return pair.cells.size() == 2
               ? absl::OkStatus()
               : absl::InvalidArgumentError("cells: expected two names of cells");
  });
}

absl::Status CheckNames(const Study& study) {
  std::vector<std::string> names;
  for (const StudyVariant& variant : study.variants) {
    for (const int n : variant.simulations) names.push_back(CellName(variant.name, n));
  }
  const auto check = [&](const char* key, const std::string& cell) {
    if (std::count(names.begin(), names.end(), cell) == 1) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": \"", cell, "\" is no cell of this study, or two"));
  };
  RETURN_IF_ERROR(check("baseline", study.baseline));
  for (const StudyPair& pair : study.pairs) {
    for (const std::string& cell : pair.cells) RETURN_IF_ERROR(check("pair", cell));
  }
  return absl::OkStatus();
}

settings::Declaration Declare(Study& study) {
  settings::Declaration d;
  d.Text("baseline", study.baseline, "the name of a cell",
         "what every cell is compared with, in pairs of houses")
      .required = true;
  d.Tables("variant", study.variants, &DeclareVariant, "a search");
  d.Tables("pair", study.pairs, &DeclarePair, "a comparison of two cells");
  d.Check([&study](const settings::Declaration&) { return CheckNames(study); });
  return d;
}

}  // namespace

std::string CellName(const std::string& variant, int simulations) {
  return absl::StrCat(variant, "/", simulations);
}

absl::StatusOr<Study> LoadStudy(const std::string& path) {
  Study study;
  settings::Declaration declaration = Declare(study);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return study;
}

std::string DescribeSearchStudy() {
  Study defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
