// A chain of transforms that turns structures into houses of a wanted size, or rejects them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/base/random.h"
#include "env/houses/house.h"

namespace hod::env {

// transform_kinds.h
class Transform;
struct TransformKind;

class Pipeline {
 public:
  // Parses transforms written "name" or "name(parameter=value,...)"; parameters left out have their
  // defaults. Errors name the transform, the parameter and what was expected.
  static absl::StatusOr<Pipeline> Parse(const std::vector<std::string>& transforms);
  // That of the paper, for training and evaluation.
  static Pipeline Paper();

  // A house set stores what the transforms before the first randomly_place make of a structure, and
  // the rest places it anew for every episode.
  enum class Part { kImport, kPlacement };

  // Applies the transforms of one part in order. An error of the code FailedPrecondition is a
  // rejection: the message begins with the transform's name and says what is wrong with the house,
  // which is then as the transforms before left it. Without an error, the house after both parts is
  // at most `size` and not empty. Whether placement accepts a house does not depend on the place.
  absl::Status Run(Part part, const WorldSize& size, House& house, Rng& rng) const;

  // Every transform with all its parameters; Parse() gives the same pipeline.
  std::vector<std::string> ToStrings() const;

 private:
  struct Stage {
    const TransformKind* kind;
    std::shared_ptr<Transform> transform;
  };
  std::vector<Stage> stages_;
  size_t placement_ = 0;  // Index of the first stage of that part.
};

// Every transform with its parameters, their ranges, defaults and meaning, and the paper's
// pipeline: a text for people.
std::string DescribeTransforms();

}  // namespace hod::env
