#include "env/players/builder_style.h"

#include "env/settings/toml.h"

namespace hod::env {

BuilderStyle DrawStyle(Rng& rng) {
  const auto between = [&](double lo, double hi) { return lo + (hi - lo) * rng.Uniform(); };
  BuilderStyle style;
  style.near_edit = between(0.6, 1.0);
  style.near_body = between(0.05, 0.25);
  style.same_direction = between(1.7, 2.5);
  style.low_layer = between(0.1, 0.9);
  style.same_type = between(5.0, 7.0);
  style.fill_in = between(0.8, 1.2);
  style.tidy = between(0.4, 0.8);
  style.repair = between(7.0, 9.0);
  style.notice_delay = between(0.6, 2.0);
  style.eye_distance = between(1.6, 2.1);
  style.closeness = between(0.4, 0.9);
  style.follow = between(1.9, 2.5);
  style.laziness = between(0.4, 1.0);
  style.fidget = between(0.1, 0.24);
  style.look_around = between(0.06, 0.22);
  const bool slow = rng.Chance(0.1);
  style.pause = slow ? between(0.3, 0.6) : between(0.03, 0.12);
  style.slip = slow ? between(0.1, 0.2) : between(0.04, 0.1);
  return style;
}

void DeclareStyle(settings::Declaration& d, BuilderStyle& style) {
  d.Number("near_edit", style.near_edit, 0.4, 1.5, "cost per voxel from the last edit");
  d.Number("near_body", style.near_body, 0, 0.5, "cost per voxel from the own feet");
  d.Number("same_direction", style.same_direction, 0, 3,
           "bonus for going on in the direction of the last two edits");
  d.Number("low_layer", style.low_layer, 0, 1.5, "cost per layer above the lowest unfinished one");
  d.Number("same_type", style.same_type, 2, 8, "cost of another block type than the last placed");
  d.Number("fill_in", style.fill_in, 0, 2, "bonus per block around the voxel");
  d.Number("tidy", style.tidy, 0, 1, "cost per neighbour that still lacks the same block");
  d.Number("repair", style.repair, 4, 12, "bonus for breaking a wrong block once it is noticed");
  d.Number("notice_delay", style.notice_delay, 0, 8, "median own actions until it is noticed");
  d.Number("eye_distance", style.eye_distance, 1.5, 2.8,
           "preferred distance from the eye to the voxel");
  d.Number("closeness", style.closeness, 0.1, 2, "discomfort per squared voxel off that distance");
  d.Number("follow", style.follow, 0, 3, "discomfort of another offset to the work than last time");
  d.Number("laziness", style.laziness, 0.1, 3, "how readily it edits from a worse place");
  d.Number("fidget", style.fidget, 0, 0.3, "share of moves that lead nowhere");
  d.Number("look_around", style.look_around, 0, 0.25,
           "probability to walk off for a look after an edit");
  d.Number("pause", style.pause, 0, 0.6, "probability that a pause begins after an action");
  d.Number("slip", style.slip, 0, 0.2, "share of edits that go wrong where they can");
}

absl::Status SetTraits(const std::vector<std::string>& traits, BuilderStyle& style) {
  settings::Declaration declaration;
  DeclareStyle(declaration, style);
  return settings::AssignTexts(declaration, traits);
}

}  // namespace hod::env
