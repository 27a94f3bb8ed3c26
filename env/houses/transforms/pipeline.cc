#include "env/houses/transforms/pipeline.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "env/base/status.h"
#include "env/houses/transforms/transform_kinds.h"
#include "env/houses/transforms/transforms.h"
#include "env/settings/toml.h"

namespace hod::env {
namespace {

using settings::Declaration;
using settings::Setting;
using settings::Value;

// Without TOML's quotes, which would have to be escaped in a shell.
std::string TextOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  if (const auto* number = std::get_if<double>(&value.data)) return absl::StrCat(*number);
  return settings::ToToml(value);
}

std::string Invalid(absl::string_view text) { return absl::StrCat("transform \"", text, "\""); }

absl::Status NoSuchParameter(absl::string_view name, const Declaration& declaration) {
  const std::string names =
      absl::StrJoin(declaration.settings(), ", ",
                    [](std::string* out, const Setting& s) { absl::StrAppend(out, s.key); });
  return absl::InvalidArgumentError(
      absl::StrCat("no parameter \"", name, "\"; expected ", names.empty() ? "none" : names));
}

// Sets the parameters in `arguments`, which are "name=value,...".
absl::Status SetParameters(absl::string_view arguments, Declaration declaration) {
  for (absl::string_view argument : absl::StrSplit(arguments, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(argument, absl::MaxSplits('=', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
    if (declaration.Find(name) == nullptr) return NoSuchParameter(name, declaration);
    if (declaration.Given(name)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is given twice"));
    }
    const std::string value(absl::StripAsciiWhitespace(parts.second));
    RETURN_IF_ERROR(declaration.Assign(name, settings::ValueFrom(value)));
  }
  return absl::OkStatus();
}

struct ParsedTransform {
  const TransformKind* kind;
  std::unique_ptr<Transform> transform;
};

absl::StatusOr<ParsedTransform> ParseTransform(absl::string_view text) {
  absl::string_view name = absl::StripAsciiWhitespace(text), arguments;
  if (const size_t open = name.find('('); open != name.npos) {
    if (name.back() != ')') return absl::InvalidArgumentError("expected \")\" at its end");
    arguments = name.substr(open + 1);
    arguments.remove_suffix(1);
    name = absl::StripTrailingAsciiWhitespace(name.substr(0, open));
  }
  const TransformKind* kind = FindTransformKind(name);
  if (kind == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no transform \"", name, "\""));
  }
  ParsedTransform parsed = {kind, kind->make()};
  if (!absl::StripAsciiWhitespace(arguments).empty()) {
    RETURN_IF_ERROR(SetParameters(arguments, parsed.transform->Declare()));
  }
  return parsed;
}

}  // namespace

absl::StatusOr<Pipeline> Pipeline::Parse(const std::vector<std::string>& transforms) {
  Pipeline pipeline;
  bool placed = false;
  for (const std::string& text : transforms) {
    absl::StatusOr<ParsedTransform> parsed = ParseTransform(text);
    RETURN_IF_ERROR(Annotate(parsed.status(), Invalid(text)));
    const bool places = parsed->kind->name == absl::string_view("randomly_place");
    if (placed && (!parsed->kind->fits_after_placement || places)) {
      return absl::InvalidArgumentError(
          absl::StrCat(Invalid(text), ": may not follow randomly_place"));
    }
    placed |= places;
    pipeline.stages_.push_back({parsed->kind, std::move(parsed->transform)});
    if (!placed) pipeline.placement_ = pipeline.stages_.size();
  }
  return pipeline;
}

Pipeline Pipeline::Paper() {
  return *Parse(
      {"max_size_filter(x=100,y=100,z=100)", "largest_cc(connectivity=18)", "crop_air",
       "crop_low_density_bottom_layers(density_threshold=0.1)", "min_size_filter(x=4,y=4,z=4)",
       "area_sample(max_scaling_factor=2,max_scaling_factor_ratio=1.5)", "density_filter",
       "randomly_place", "add_grass(mode=surround)", "single_cc_filter(connectivity=18)"});
}

absl::Status Pipeline::Run(Part part, const WorldSize& size, House& house, Rng& rng) const {
  const size_t begin = part == Part::kImport ? 0 : placement_;
  const size_t end = part == Part::kImport ? placement_ : stages_.size();
  // What comes before leaves room for layers that are added below.
  WorldSize wanted = size;
  for (size_t i = begin; i < stages_.size(); ++i) wanted.h -= stages_[i].transform->AddedLayers();
  if (wanted.h < 1) return Rejected("no room for the layers that add_grass puts below");
  for (size_t i = begin; i < end; ++i) {
    const Stage& stage = stages_[i];
    RETURN_IF_ERROR(Annotate(stage.transform->Apply(wanted, house, rng), stage.kind->name));
    wanted.h += stage.transform->AddedLayers();
  }
  if (!Fits(house.size, wanted)) {
    return Rejected(
        absl::StrCat("result: ", ToString(house.size), " does not fit into ", ToString(wanted)));
  }
  return IsAllAir(house) ? Rejected("result: only air") : absl::OkStatus();
}

std::vector<std::string> Pipeline::ToStrings() const {
  std::vector<std::string> strings;
  for (const Stage& stage : stages_) {
    std::vector<std::string> arguments;
    const Declaration declaration = stage.transform->Declare();
    for (const Setting& setting : declaration.settings()) {
      arguments.push_back(absl::StrCat(setting.key, "=", TextOf(setting.get())));
    }
    std::string& text = strings.emplace_back(stage.kind->name);
    if (!arguments.empty()) absl::StrAppend(&text, "(", absl::StrJoin(arguments, ","), ")");
  }
  return strings;
}

std::string DescribeTransforms() {
  std::string text;
  for (const TransformKind& kind : TransformKinds()) {
    absl::StrAppend(&text, kind.name, ": ", kind.meaning, "\n");
    const std::unique_ptr<Transform> defaults = kind.make();
    const Declaration declaration = defaults->Declare();
    for (const Setting& s : declaration.settings()) {
      absl::StrAppend(&text, "    ", s.key, "=", TextOf(s.get()), "  (", s.expected, ")",
                      s.meaning.empty() ? "" : "  ", s.meaning, "\n");
    }
  }
  absl::StrAppend(&text, "\nThe paper's pipeline, which is the default:\n");
  for (const std::string& stage : Pipeline::Paper().ToStrings()) {
    absl::StrAppend(&text, "    ", stage, "\n");
  }
  return text;
}

}  // namespace hod::env
