// The transforms that a pipeline may be made of, each with its settings.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "env/base/random.h"
#include "env/houses/house.h"
#include "env/settings/declaration.h"

namespace hod::env {

// One transform with values of its settings.
class Transform {
 public:
  virtual ~Transform() = default;
  virtual settings::Declaration Declare() = 0;
  // Changes the house for the wanted size; an error, FailedPrecondition, is why it is rejected.
  virtual absl::Status Apply(const WorldSize& size, House& house, Rng& rng) const = 0;
  // Layers that the house grows by, for which what comes before leaves room.
  virtual int AddedLayers() const { return 0; }
};

struct TransformKind {
  const char* name;
  const char* meaning;
  // Whether it may follow randomly_place: accepts or rejects regardless of the place.
  bool fits_after_placement;
  std::unique_ptr<Transform> (*make)();
};

// Names, settings and defaults are the reference's, but for max_size_filter, which is the limit of
// 100 cells that the reference's area_sample sets.
absl::Span<const TransformKind> TransformKinds();
// Null if there is none of that name.
const TransformKind* FindTransformKind(absl::string_view name);

// FailedPrecondition: the house is not taken.
absl::Status Rejected(absl::string_view why);
bool Fits(const WorldSize& house, const WorldSize& size);
std::string ToString(const WorldSize& size);

}  // namespace hod::env
