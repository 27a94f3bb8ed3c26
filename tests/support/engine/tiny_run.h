// A run small enough to train in seconds, and episodes of it.
#pragma once

#include <memory>
#include <string>

#include "engine/config/run_config.h"
#include "engine/play/episode.h"

namespace hod::engine {

// tiny.toml: a 6x6x6 world, 60 timesteps an episode, 30 steps of training. The assistant's rewards
// change over training.
std::string TinyToml();
RunConfig TinyConfig();

// Episode `seed` of self-play in that run, at its start; needs an evaluator unless `assisted` is
// false.
EpisodeSetup TinySetup(uint64_t seed, bool assisted = true);
std::unique_ptr<Episode> TinyEpisode(EpisodeSetup setup);

// Plays it to its end with mcts::TraceEvaluator.
void PlayToEnd(Episode& episode);

bool Contains(const std::string& text, const std::string& part);

}  // namespace hod::engine
