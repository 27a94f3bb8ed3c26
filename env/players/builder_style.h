// How one heuristic builder differs from another: its tastes, pace and carefulness. The defaults
// and ranges are tuned so that a population of builders behaves like recorded people
// (statistics.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/base/random.h"
#include "env/settings/declaration.h"

namespace hod::env {

// Defaults are the middle of the population; the ranges say what makes sense.
struct BuilderStyle {
  // Choice of the next edit: a softmax over all useful edits, of the sum of these terms.
  double near_edit = 0.8;       // Cost per voxel (L1) from the last edit; 0.4 to 1.5.
  double near_body = 0.15;      // Cost per voxel (L1) from the own feet; 0 to 0.5.
  double same_direction = 2.1;  // Bonus for going on in the direction of the last two; 0 to 3.
  double low_layer = 0.5;       // Cost per layer above the lowest unfinished one; 0 to 1.5.
  double same_type = 6.0;       // Cost of another block type than the last placed; 2 to 8.
  double fill_in = 1.0;         // Bonus per block around the cell, cost when digging; 0 to 2.
  double tidy = 0.6;            // Cost per neighbour that still lacks the same block; 0 to 1.
  double repair = 8.0;          // Bonus for breaking a wrong block once it is noticed; 4 to 12.
  double notice_delay = 1.3;    // Median own actions until it is noticed; 0 to 8.

  // Where to stand. Discomforts are in moves: the builder walks while that saves more than it
  // costs.
  double eye_distance = 1.9;  // Preferred distance from the eye to the cell's centre; 1.5 to 2.8.
  double closeness = 0.65;    // Discomfort per squared voxel off that distance; 0.1 to 2.
  double follow = 2.2;        // Discomfort of another offset to the work than last time; 0 to 3.
  double laziness = 0.7;      // Edits from a worse place with probability exp(-excess / laziness).
  double fidget = 0.17;       // Share of moves that lead nowhere; 0 to 0.3.
  double look_around = 0.12;  // Probability to walk off for a look after an edit; 0 to 0.25.

  double pause = 0.075;  // Probability that a pause begins after an action; 0 to 0.6.
  double slip = 0.07;    // Share of edits that go wrong where they can; 0 to 0.2.
};

// A builder of the population: most are brisk, one in ten is slow and careless.
BuilderStyle DrawStyle(Rng& rng);

// Declares every trait under its name, with the range given above.
void DeclareStyle(settings::Declaration& declaration, BuilderStyle& style);

// Gives a style the traits that texts "key=value" name. Errors name the text, and what was
// expected.
absl::Status SetTraits(const std::vector<std::string>& traits, BuilderStyle& style);

}  // namespace hod::env
