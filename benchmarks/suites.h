// The suites of `hod bench`: what each measures, and where its figures come from.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace hod::benchmarks {

struct Suite {
  const char* name;
  const char* description;
  void (*add)();  // Registers its benchmarks with Google Benchmark.
};

// Rules of the game, 11x10x10, two players, one core but for `batch_step/.../threads`:
//   step          a joint step of random valid actions
//   step_undo     the same with a note of what changed, and its undoing: a new edge of a search
//   apply_undo    a step taken again from that note, and its undoing: an edge walked before
//   touch_bytes   the floor of both: the bytes that those steps change, written and restored
//   mask, mask_los  valid actions of one player from scratch, without and with line of sight
//   observation   one player's
//   batch_step    a step of one environment of a batch that writes observations of both players
void AddEnvSuite();
// The search, 11x10x10, 100 simulations of the paper's settings; items are simulations:
//   simulations_free     with a network that costs nothing, one core
//   simulations_network  many games with a network of the default size; network_share is the part
//                        of the threads' time that it takes
//   simulations_paper    the same with the paper's network
//   single_game          one game with several leaves in flight
//   known_position       a look-up in the cache of evaluations; items are positions
//   advance              from one search to the next with the subtree it keeps; items are moves
void AddSearchSuite();
// Networks in the paper's world, all on real positions; items are positions. Names end in
// NETWORK/PRECISION/BATCH/THREADS: `hod` is the default network, `demo` that of the demo, `paper`
// the paper's; every thread has a batch of its own.
//   evaluate  predictions as the search asks for them, with encoding and decoding
//   forward   the network alone, from features to logits; also as libtorch computes it
//   peak      nothing but multiplications and additions in registers, of no network and batch
// Counters: operations of a position (MFLOP) and a second, of convolutions and linear maps
// (networks.h), without what meets the zeros around the world and nominal; their share (of_peak) of
// what as many threads reach that only multiply and add, measured right before; and the share of
// the time that is spent outside the network (encode_decode).
void AddNetworkSuite();
// Learning, 11x10x10; items are positions:
//   load/BATCH                 sampling a batch from the replay window, augmented
//   step/NETWORK/BATCH/THREADS a step of the learner: sampling a batch, both passes of the network
//                              and the update; load_seconds is the sampling's time, steps their
//                              rate. NETWORK is channels x blocks, or the paper's on a sequence
//   libtorch/...               the same with libtorch's trainer
//   passes/NETWORK/KERNELS     both passes of the network over one position, no losses or update
// Counters: operations a second, and their share (of_peak) of what as many threads reach that only
// multiply and add, measured right before.
void AddLearnerSuite();
// Convolutions of 64 positions, 11x10x10, on one thread, from and to rows or what oneDNN prefers to
// them; items are positions. Names are WHOSE/PASS/KERNEL/PRECISION, the kernel with its channels.
// `onednn` is there where it was found when Hod was built; it has forward passes for predictions
// and for learning.
// Counters: operations a second, of all taps at all voxels, zeros around the world included, though
// Hod computes nothing there; the peak of what only multiplies and adds, and their share of it.
void AddConvolutionSuite();
// Pictures of an episode, one after each step: drawn alone, and encoded too.
void AddDrawSuite();

const std::vector<Suite>& Suites();

struct RunOptions {
  bool json = false;    // Google Benchmark's JSON on stdout instead of a table.
  std::string filter;   // Regular expression of the names to run; empty: all.
  int repetitions = 5;  // Median and spread are taken over these.
};

// Runs a suite and prints its figures. Error: a filter that matches nothing.
absl::Status Run(const Suite& suite, const RunOptions& options);

}  // namespace hod::benchmarks
