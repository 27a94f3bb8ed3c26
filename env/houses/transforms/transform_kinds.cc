#include "env/houses/transforms/transform_kinds.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/houses/transforms/area_sample.h"
#include "env/houses/transforms/seam_carve.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {
namespace {

using settings::Declaration;
using settings::Value;

absl::Status AcceptIf(bool accepted, absl::string_view why) {
  return accepted ? absl::OkStatus() : Rejected(why);
}

void DeclareConnectivity(Declaration& d, int& connectivity) {
  const auto set = [&connectivity](const Value& value) {
    const auto* i = std::get_if<int64_t>(&value.data);
    if (i == nullptr || (*i != 6 && *i != 18 && *i != 26)) return false;
    connectivity = static_cast<int>(*i);
    return true;
  };
  d.Add({"connectivity", "6, 18, 26",
         "neighbours share a face (6), also an edge (18), also a corner (26)", set,
         [&connectivity] { return Value{int64_t{connectivity}}; }});
}

void DeclareExtents(Declaration& d, WorldSize& size, const char* meaning) {
  d.Integer("x", size.w, 1, kMaxStructureExtent, meaning);
  d.Integer("y", size.h, 1, kMaxStructureExtent, "upwards");
  d.Integer("z", size.d, 1, kMaxStructureExtent, "");
}

// One without settings that rejects nothing.
template <House (*change)(const House&)>
class Simple : public Transform {
 public:
  Declaration Declare() override { return {}; }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    house = change(house);
    return absl::OkStatus();
  }
};

class MaxSizeFilter : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    DeclareExtents(d, max_, "cells");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    return AcceptIf(Fits(house.size, max_),
                    absl::StrCat(ToString(house.size), " is larger than ", ToString(max_)));
  }

 private:
  WorldSize max_{100, 100, 100};
};

class MinSizeFilter : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    DeclareExtents(d, min_, "cells");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    return AcceptIf(Fits(min_, house.size),
                    absl::StrCat(ToString(house.size), " is smaller than ", ToString(min_)));
  }

 private:
  WorldSize min_{1, 1, 1};
};

class DensityFilter : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Number("min_density", min_, 0, 1, "at least");
    d.Number("max_density", max_, 0, 1, "at most");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    const double density = Density(house);
    return AcceptIf(density >= min_ && density <= max_,
                    absl::StrFormat("density %.4g is outside [%g, %g]", density, min_, max_));
  }

 private:
  double min_ = 0, max_ = 1;
};

class SingleComponentFilter : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    DeclareConnectivity(d, connectivity_);
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    return AcceptIf(house.size == WorldSize{1, 1, 1} || IsGrounded(house, connectivity_),
                    "some blocks do not hang together with the ground");
  }

 private:
  int connectivity_ = 6;
};

class LargestComponentOnly : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    DeclareConnectivity(d, connectivity_);
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    house = LargestComponent(house, connectivity_);
    return absl::OkStatus();
  }

 private:
  int connectivity_ = 6;
};

class LowDensityBottomCrop : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Number("density_threshold", threshold_, 0, 1, "share of a dense layer");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    house = CropLowDensityBottomLayers(house, threshold_);
    return absl::OkStatus();
  }

 private:
  double threshold_ = 0.1;
};

class AreaSampler : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Number("max_scaling_factor", max_factor_, 1, 64,
             "rejects what is larger than this times the size");
    d.Flag("interpolate", how_.interpolate, "resample to a power of two times the size first");
    d.Integer("interpolation_order", how_.interpolation_order, 0, 1,
              "nearest cell (0) or linear (1)");
    d.Flag("scale_y_independently", how_.scale_y_independently, "else all axes shrink alike");
    d.Number("max_scaling_factor_ratio", how_.max_scaling_factor_ratio, 1, 64,
             "between upwards and sideways");
    d.Flag("preserve_paths", how_.preserve_paths, "doors and stairs stay passable");
    return d;
  }
  absl::Status Apply(const WorldSize& size, House& house, Rng&) const override {
    if (house.size.w > max_factor_ * size.w || house.size.h > max_factor_ * size.h ||
        house.size.d > max_factor_ * size.d) {
      return Rejected(absl::StrFormat("%s is more than %g times %s", ToString(house.size),
                                      max_factor_, ToString(size)));
    }
    house = AreaSample(house, size, how_);
    return absl::OkStatus();
  }

 private:
  double max_factor_ = 4;
  AreaSampling how_;
};

class SeamCarver : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Number("position_coefficient", position_, 0, 1e6, "cost of moving what stays");
    d.Number("density_coefficient", density_, 0, 1e6, "cost of the share of blocks in a slice");
    d.Integer("max_original_extent", max_extent_, 1, 100,
              "rejects what is larger in any direction");
    return d;
  }
  absl::Status Apply(const WorldSize& size, House& house, Rng&) const override {
    if (!Fits(house.size, {max_extent_, max_extent_, max_extent_})) {
      return Rejected(
          absl::StrCat(ToString(house.size), " is larger than ", max_extent_, " cells each way"));
    }
    house = SeamCarved(house, size, position_, density_);
    return absl::OkStatus();
  }

 private:
  double position_ = 1, density_ = 1;
  int max_extent_ = 100;
};

class RandomCrop : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Number("density_threshold", threshold_, 0, 1e6, "largest relative difference of densities");
    d.Flag("tethered_to_ground", tethered_, "from layer 0");
    d.Flag("wall", wall_, "one cell deep");
    return d;
  }
  absl::Status Apply(const WorldSize& size, House& house, Rng& rng) const override {
    if (IsAllAir(house)) return Rejected("only air");
    std::optional<House> crop = CroppedAtRandom(house, size, threshold_, tethered_, wall_, rng);
    if (!crop) return Rejected("no window with the density of the whole found");
    house = *std::move(crop);
    return absl::OkStatus();
  }

 private:
  double threshold_ = 0.25;
  bool tethered_ = true, wall_ = false;
};

class RandomPlacement : public Transform {
 public:
  Declaration Declare() override { return {}; }
  absl::Status Apply(const WorldSize& size, House& house, Rng& rng) const override {
    if (!Fits(house.size, size)) {
      return Rejected(absl::StrCat(ToString(house.size), " does not fit into ", ToString(size)));
    }
    house = RandomlyPlaced(house, size, rng);
    return absl::OkStatus();
  }
};

class Grass : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Choice("mode", mode_, {"surround", "replace", "concatenate"},
             "around the house; everywhere; as a layer below it");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    house = WithGrass(house, mode_);
    return absl::OkStatus();
  }
  int AddedLayers() const override { return mode_ == GrassMode::kConcatenate ? 1 : 0; }

 private:
  GrassMode mode_ = GrassMode::kSurround;
};

class UniformBlockType : public Transform {
 public:
  Declaration Declare() override {
    Declaration d;
    d.Choice("block_type", type_, {kBlockNames.begin() + kFirstPlaceable, kBlockNames.end()},
             "the type");
    return d;
  }
  absl::Status Apply(const WorldSize&, House& house, Rng&) const override {
    house = OfUniformType(house, static_cast<Block>(kFirstPlaceable + type_));
    return absl::OkStatus();
  }

 private:
  int type_ = 0;  // Index among those that can be placed.
};

template <typename T>
std::unique_ptr<Transform> Make() {
  return std::make_unique<T>();
}

constexpr TransformKind kKinds[] = {
    {"max_size_filter", "rejects what is larger in any direction", false, &Make<MaxSizeFilter>},
    {"min_size_filter", "rejects what is smaller in any direction", false, &Make<MinSizeFilter>},
    {"density_filter", "rejects by the share of cells that are not air", true,
     &Make<DensityFilter>},
    {"single_cc_filter", "rejects what does not hang together with layer 0", true,
     &Make<SingleComponentFilter>},
    {"largest_cc", "keeps the largest component; all that touches the ground is one", false,
     &Make<LargestComponentOnly>},
    {"crop_air", "keeps the bounding box of what is not air", false, &Make<Simple<&CropAir>>},
    {"crop_low_density_bottom_layers", "drops sparse layers below the first dense one", false,
     &Make<LowDensityBottomCrop>},
    {"area_sample", "scales down so that walls stay closed and ways open", false,
     &Make<AreaSampler>},
    {"seam_carve", "removes the least costly slices until the house fits", false,
     &Make<SeamCarver>},
    {"crop", "cuts out a random window that is as dense as the whole", false, &Make<RandomCrop>},
    {"mirror", "mirrors the half at low x onto the other", false, &Make<Simple<&Mirrored>>},
    {"randomly_place", "puts the house at a random x and z, for every episode anew", true,
     &Make<RandomPlacement>},
    {"add_grass", "puts dirt into layer 0", true, &Make<Grass>},
    {"remove_invisible_non_dirt", "turns blocks of layer 0 under opaque blocks into dirt", true,
     &Make<Simple<&WithHiddenDirt>>},
    {"uniform_block_type", "makes all blocks one type", true, &Make<UniformBlockType>},
};

}  // namespace

absl::Span<const TransformKind> TransformKinds() { return kKinds; }

const TransformKind* FindTransformKind(absl::string_view name) {
  for (const TransformKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

absl::Status Rejected(absl::string_view why) { return absl::FailedPreconditionError(why); }

bool Fits(const WorldSize& house, const WorldSize& size) {
  return house.w <= size.w && house.h <= size.h && house.d <= size.d;
}

std::string ToString(const WorldSize& size) {
  return absl::StrCat(size.w, "x", size.h, "x", size.d);
}

}  // namespace hod::env
