#include "env/houses/transforms/pipeline.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "env/base/status.h"
#include "env/houses/transforms/area_sample.h"
#include "env/houses/transforms/seam_carve.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {

struct Parameter {
  std::string name;
  double value;  // The default.
  double min, max;
  bool whole;
  std::vector<std::string> choices;  // If any, values are indices into it.
  std::string meaning;
};

struct Transform {
  std::string name;
  std::string meaning;
  // Whether it may follow randomly_place: accepts or rejects regardless of the place.
  bool fits_after_placement;
  std::vector<Parameter> parameters;
  // Changes the house for the wanted size; an error is why it is rejected.
  std::function<absl::Status(const std::vector<double>& values, const WorldSize& size, House& house,
                             Rng& rng)>
      apply;
};

namespace {

using Values = std::vector<double>;

Parameter Number(const char* name, double value, double min, double max, const char* meaning) {
  return {name, value, min, max, false, {}, meaning};
}
Parameter Whole(const char* name, int value, int min, int max, const char* meaning) {
  return {name,
          static_cast<double>(value),
          static_cast<double>(min),
          static_cast<double>(max),
          true,
          {},
          meaning};
}
Parameter Choice(const char* name, int value, std::vector<std::string> choices,
                 const char* meaning) {
  const auto last = static_cast<double>(choices.size() - 1);
  return {name, static_cast<double>(value), 0, last, true, std::move(choices), meaning};
}
Parameter Switch(const char* name, bool value, const char* meaning) {
  return Choice(name, value, {"false", "true"}, meaning);
}
Parameter Connectivity() {
  return Choice("connectivity", 0, {"6", "18", "26"},
                "neighbours share a face (6), also an edge (18), also a corner (26)");
}
int ConnectivityOf(double value) { return value == 0 ? 6 : value == 1 ? 18 : 26; }

std::string ToString(const WorldSize& size) {
  return absl::StrCat(size.w, "x", size.h, "x", size.d);
}
bool Fits(const WorldSize& house, const WorldSize& size) {
  return house.w <= size.w && house.h <= size.h && house.d <= size.d;
}

absl::Status Reject(const std::string& why) { return absl::FailedPreconditionError(why); }
absl::Status AcceptIf(bool accepted, const std::string& why) {
  return accepted ? absl::OkStatus() : Reject(why);
}

// A transform that rejects nothing.
template <typename F>
auto Always(F change) {
  return [change](const Values& v, const WorldSize&, House& house, Rng&) {
    house = change(house, v);
    return absl::OkStatus();
  };
}

absl::Status MinSizeFilter(const Values& v, const WorldSize&, House& house, Rng&) {
  const WorldSize min{static_cast<int>(v[0]), static_cast<int>(v[1]), static_cast<int>(v[2])};
  return AcceptIf(Fits(min, house.size),
                  absl::StrCat(ToString(house.size), " is smaller than ", ToString(min)));
}

absl::Status MaxSizeFilter(const Values& v, const WorldSize&, House& house, Rng&) {
  const WorldSize max{static_cast<int>(v[0]), static_cast<int>(v[1]), static_cast<int>(v[2])};
  return AcceptIf(Fits(house.size, max),
                  absl::StrCat(ToString(house.size), " is larger than ", ToString(max)));
}

absl::Status DensityFilter(const Values& v, const WorldSize&, House& house, Rng&) {
  const double density = Density(house);
  return AcceptIf(density >= v[0] && density <= v[1],
                  absl::StrFormat("density %.4g is outside [%g, %g]", density, v[0], v[1]));
}

absl::Status SingleComponentFilter(const Values& v, const WorldSize&, House& house, Rng&) {
  return AcceptIf(house.size == WorldSize{1, 1, 1} || IsGrounded(house, ConnectivityOf(v[0])),
                  "some blocks do not hang together with the ground");
}

absl::Status ApplyAreaSample(const Values& v, const WorldSize& size, House& house, Rng&) {
  const double factor = v[0];
  if (house.size.w > factor * size.w || house.size.h > factor * size.h ||
      house.size.d > factor * size.d) {
    return Reject(absl::StrFormat("%s is more than %g times %s", ToString(house.size), factor,
                                  ToString(size)));
  }
  house = AreaSample(house, size,
                     {.interpolate = v[1] != 0,
                      .interpolation_order = static_cast<int>(v[2]),
                      .scale_y_independently = v[3] != 0,
                      .max_scaling_factor_ratio = v[4],
                      .preserve_paths = v[5] != 0});
  return absl::OkStatus();
}

absl::Status RandomlyPlace(const Values&, const WorldSize& size, House& house, Rng& rng) {
  if (!Fits(house.size, size)) {
    return Reject(absl::StrCat(ToString(house.size), " does not fit into ", ToString(size)));
  }
  house = RandomlyPlaced(house, size, rng);
  return absl::OkStatus();
}

absl::Status ApplyCrop(const Values& v, const WorldSize& size, House& house, Rng& rng) {
  if (IsAllAir(house)) return Reject("only air");
  std::optional<House> crop = CroppedAtRandom(house, size, v[0], v[1] != 0, v[2] != 0, rng);
  if (!crop) return Reject("no window with the density of the whole found");
  house = *std::move(crop);
  return absl::OkStatus();
}

absl::Status ApplySeamCarve(const Values& v, const WorldSize& size, House& house, Rng&) {
  const int max = static_cast<int>(v[2]);
  if (!Fits(house.size, {max, max, max})) {
    return Reject(absl::StrCat(ToString(house.size), " is larger than ", max, " cells each way"));
  }
  house = SeamCarved(house, size, v[0], v[1]);
  return absl::OkStatus();
}

std::vector<Parameter> ThreeExtents(int value, const char* meaning) {
  return {Whole("x", value, 1, kMaxStructureExtent, meaning),
          Whole("y", value, 1, kMaxStructureExtent, "upwards"),
          Whole("z", value, 1, kMaxStructureExtent, "")};
}

// The one list of transforms: names, parameters and defaults are the reference's, but for
// max_size_filter, which is the limit of 100 cells that the reference's area_sample sets.
const std::vector<Transform>& Transforms() {
  static const auto& transforms = *new std::vector<Transform>{
      {"max_size_filter", "rejects what is larger in any direction", false,
       ThreeExtents(100, "cells"), MaxSizeFilter},
      {"min_size_filter", "rejects what is smaller in any direction", false,
       ThreeExtents(1, "cells"), MinSizeFilter},
      {"density_filter",
       "rejects by the share of cells that are not air",
       true,
       {Number("min_density", 0, 0, 1, "at least"), Number("max_density", 1, 0, 1, "at most")},
       DensityFilter},
      {"single_cc_filter",
       "rejects what does not hang together with layer 0",
       true,
       {Connectivity()},
       SingleComponentFilter},
      {"largest_cc",
       "keeps the largest component; all that touches the ground is one",
       false,
       {Connectivity()},
       Always([](const House& h, const Values& v) {
         return LargestComponent(h, ConnectivityOf(v[0]));
       })},
      {"crop_air",
       "keeps the bounding box of what is not air",
       false,
       {},
       Always([](const House& h, const Values&) { return CropAir(h); })},
      {"crop_low_density_bottom_layers",
       "drops sparse layers below the first dense one",
       false,
       {Number("density_threshold", 0.1, 0, 1, "share of a dense layer")},
       Always([](const House& h, const Values& v) { return CropLowDensityBottomLayers(h, v[0]); })},
      {"area_sample",
       "scales down so that walls stay closed and ways open",
       false,
       {Number("max_scaling_factor", 4, 1, 64, "rejects what is larger than this times the size"),
        Switch("interpolate", true, "resample to a power of two times the size first"),
        Choice("interpolation_order", 1, {"0", "1"}, "nearest cell or linear"),
        Switch("scale_y_independently", true, "else all axes shrink alike"),
        Number("max_scaling_factor_ratio", 1.5, 1, 64, "between upwards and sideways"),
        Switch("preserve_paths", true, "doors and stairs stay passable")},
       ApplyAreaSample},
      {"seam_carve",
       "removes the least costly slices until the house fits",
       false,
       {Number("position_coefficient", 1, 0, 1e6, "cost of moving what stays"),
        Number("density_coefficient", 1, 0, 1e6, "cost of the share of blocks in a slice"),
        Whole("max_original_extent", 100, 1, 100, "rejects what is larger in any direction")},
       ApplySeamCarve},
      {"crop",
       "cuts out a random window that is as dense as the whole",
       false,
       {Number("density_threshold", 0.25, 0, 1e6, "largest relative difference of densities"),
        Switch("tethered_to_ground", true, "from layer 0"), Switch("wall", false, "one cell deep")},
       ApplyCrop},
      {"mirror",
       "mirrors the half at low x onto the other",
       false,
       {},
       Always([](const House& h, const Values&) { return Mirrored(h); })},
      {"randomly_place",
       "puts the house at a random x and z, for every episode anew",
       true,
       {},
       RandomlyPlace},
      {"add_grass",
       "puts dirt into layer 0",
       true,
       {Choice("mode", 0, {"surround", "replace", "concatenate"},
               "around the house; everywhere; as a layer below it")},
       Always([](const House& h, const Values& v) {
         return WithGrass(h, static_cast<GrassMode>(static_cast<int>(v[0])));
       })},
      {"remove_invisible_non_dirt",
       "turns blocks of layer 0 under opaque blocks into dirt",
       true,
       {},
       Always([](const House& h, const Values&) { return WithHiddenDirt(h); })},
      {"uniform_block_type",
       "makes all blocks one type",
       true,
       {Choice("block_type", 0, {kBlockNames.begin() + kFirstPlaceable, kBlockNames.end()},
               "the type")},
       Always([](const House& h, const Values& v) {
         return OfUniformType(h, static_cast<Block>(kFirstPlaceable + static_cast<int>(v[0])));
       })},
  };
  return transforms;
}

const Transform* Find(absl::string_view name) {
  for (const Transform& transform : Transforms()) {
    if (transform.name == name) return &transform;
  }
  return nullptr;
}

std::string Expected(const Parameter& p) {
  if (!p.choices.empty()) return absl::StrJoin(p.choices, ", ");
  return absl::StrCat(p.whole ? "a whole number from " : "a number from ", p.min, " to ", p.max);
}

std::string TextOf(const Parameter& p, double value) {
  return p.choices.empty() ? absl::StrCat(value) : p.choices[static_cast<size_t>(value)];
}

bool Set(const Parameter& p, absl::string_view text, double& value) {
  if (!p.choices.empty()) {
    const auto choice = std::find(p.choices.begin(), p.choices.end(), text);
    value = static_cast<double>(choice - p.choices.begin());
    return choice != p.choices.end();
  }
  return absl::SimpleAtod(text, &value) && value >= p.min && value <= p.max &&
         (!p.whole || value == std::floor(value));
}

absl::Status Invalid(absl::string_view text, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("transform \"", text, "\": ", what));
}

absl::Status SetValues(absl::string_view text, absl::string_view arguments,
                       const Transform& transform, Values& values) {
  std::vector<bool> given(values.size(), false);
  for (absl::string_view argument : absl::StrSplit(arguments, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(argument, absl::MaxSplits('=', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
    size_t i = 0;
    while (i < values.size() && transform.parameters[i].name != name) ++i;
    if (i == values.size()) {
      return Invalid(
          text,
          absl::StrCat("no parameter \"", name, "\"; expected ",
                       values.empty() ? "none"
                                      : absl::StrJoin(transform.parameters, ", ",
                                                      [](std::string* out, const Parameter& p) {
                                                        out->append(p.name);
                                                      })));
    }
    if (given[i]) return Invalid(text, absl::StrCat(name, " is given twice"));
    given[i] = true;
    if (!Set(transform.parameters[i], absl::StripAsciiWhitespace(parts.second), values[i])) {
      return Invalid(text, absl::StrCat(name, ": expected ", Expected(transform.parameters[i])));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Pipeline> Pipeline::Parse(const std::vector<std::string>& transforms) {
  Pipeline pipeline;
  bool placed = false;
  for (const std::string& text : transforms) {
    absl::string_view name = absl::StripAsciiWhitespace(text), arguments;
    const bool has_arguments = name.find('(') != name.npos;
    if (has_arguments) {
      if (name.back() != ')') return Invalid(text, "expected \")\" at its end");
      arguments = name.substr(name.find('(') + 1);
      arguments.remove_suffix(1);
      name = absl::StripTrailingAsciiWhitespace(name.substr(0, name.find('(')));
    }
    const Transform* transform = Find(name);
    if (transform == nullptr) return Invalid(text, absl::StrCat("no transform \"", name, "\""));
    Values values;
    for (const Parameter& p : transform->parameters) values.push_back(p.value);
    if (has_arguments && !absl::StripAsciiWhitespace(arguments).empty()) {
      RETURN_IF_ERROR(SetValues(text, arguments, *transform, values));
    }
    if (placed && (!transform->fits_after_placement || name == "randomly_place")) {
      return Invalid(text, "may not follow randomly_place");
    }
    placed |= name == "randomly_place";
    pipeline.stages_.push_back({transform, std::move(values)});
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
  const auto adds_layer = [](const Stage& stage) {
    return stage.transform->name == "add_grass" &&
           stage.values[0] == static_cast<double>(GrassMode::kConcatenate);
  };
  // What comes before leaves room for layers that are added below.
  WorldSize wanted = size;
  for (size_t i = begin; i < stages_.size(); ++i) wanted.h -= adds_layer(stages_[i]);
  if (wanted.h < 1) return Reject("no room for the layers that add_grass puts below");
  for (size_t i = begin; i < end; ++i) {
    const Stage& stage = stages_[i];
    RETURN_IF_ERROR(
        Annotate(stage.transform->apply(stage.values, wanted, house, rng), stage.transform->name));
    wanted.h += adds_layer(stage);
  }
  if (!Fits(house.size, wanted)) {
    return Reject(
        absl::StrCat("result: ", ToString(house.size), " does not fit into ", ToString(wanted)));
  }
  return AcceptIf(!IsAllAir(house), "result: only air");
}

std::vector<std::string> Pipeline::ToStrings() const {
  std::vector<std::string> strings;
  for (const Stage& stage : stages_) {
    std::vector<std::string> arguments;
    for (size_t i = 0; i < stage.values.size(); ++i) {
      const Parameter& p = stage.transform->parameters[i];
      arguments.push_back(absl::StrCat(p.name, "=", TextOf(p, stage.values[i])));
    }
    strings.push_back(stage.transform->name);
    if (!arguments.empty())
      absl::StrAppend(&strings.back(), "(", absl::StrJoin(arguments, ","), ")");
  }
  return strings;
}

std::string DescribeTransforms() {
  std::string text;
  for (const Transform& transform : Transforms()) {
    absl::StrAppend(&text, transform.name, ": ", transform.meaning, "\n");
    for (const Parameter& p : transform.parameters) {
      absl::StrAppend(&text, "    ", p.name, "=", TextOf(p, p.value), "  (", Expected(p), ")",
                      p.meaning.empty() ? "" : "  ", p.meaning, "\n");
    }
  }
  absl::StrAppend(&text, "\nThe paper's pipeline, which is the default:\n");
  for (const std::string& stage : Pipeline::Paper().ToStrings()) {
    absl::StrAppend(&text, "    ", stage, "\n");
  }
  return text;
}

}  // namespace hod::env
