// Speed of drawing. Items are frames.
#include <benchmark/benchmark.h>

#include <optional>
#include <utility>
#include <vector>

#include "benchmarks/positions.h"
#include "benchmarks/suites.h"
#include "env/draw/apng.h"
#include "env/draw/frame.h"

namespace hod::benchmarks {
namespace {

constexpr int kFrames = 100;

// Frames of an episode, one after each step, with or without their encoding.
void DrawFrames(benchmark::State& bench, bool encode) {
  const Episode episode = MakeEpisode(1, kFrames);
  std::vector<env::Moment> moments = {{episode.start, {}}};
  for (int t = 0; t + 1 < kFrames; ++t) {
    moments.push_back(moments.back());
    env::Advance(episode.game, episode.JointAction(t), moments.back());
  }
  for (auto _ : bench) {
    env::FramePainter painter(&episode.game, {});
    std::optional<env::ApngEncoder> encoder;
    for (const env::Moment& moment : moments) {
      const env::Canvas& frame = painter.Draw(moment);
      if (!encode) continue;
      if (!encoder) encoder.emplace(frame.width(), frame.height());
      encoder->Add(frame, 100);
    }
    if (encoder) benchmark::DoNotOptimize(std::move(*encoder).Finish());
  }
  bench.SetItemsProcessed(bench.iterations() * kFrames);
}

}  // namespace

void AddDrawSuite() {
  benchmark::RegisterBenchmark("draw_frame", DrawFrames, /*encode=*/false);
  benchmark::RegisterBenchmark("draw_frame_apng", DrawFrames, /*encode=*/true);
}

}  // namespace hod::benchmarks
