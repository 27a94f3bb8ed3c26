#include "benchmarks/timeline_picture.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace hod::benchmarks {
namespace {

constexpr int kWidth = 960, kLeft = 80, kRight = 34, kTop = 44, kRow = 34, kBottom = 40;
constexpr env::Color kNetworkColor = {0.20, 0.45, 0.75}, kGamesColor = {0.93, 0.55, 0.15},
                     kIdleColor = {0.90, 0.90, 0.90};

}  // namespace

env::Canvas DrawTimeline(const engine::Timeline& timeline, double begin, double end) {
  const std::vector<engine::Timeline::Interval> intervals = timeline.intervals();
  int threads = 1;
  double network = 0, games = 0;
  for (const engine::Timeline::Interval& i : intervals) {
    threads = std::max(threads, i.thread + 1);
    const double seconds = std::max(0.0, std::min(end, i.end) - std::max(begin, i.begin));
    (i.work == engine::Work::kNetwork ? network : games) += seconds;
  }
  env::Canvas canvas(kWidth, kTop + threads * kRow + kBottom);
  const double scale = (kWidth - kLeft - kRight) / (end - begin);
  const auto x = [&](double seconds) {
    return kLeft + scale * (std::clamp(seconds, begin, end) - begin);
  };
  const auto bar = [&](double from, double to, double y, double height, env::Color color) {
    canvas.Polygon({{{from, y}, {to, y}, {to, y + height}, {from, y + height}}}, color);
  };
  const double total = threads * (end - begin);
  const auto legend = [&](double at, env::Color color, const char* name, double seconds) {
    bar(at, at + 14, 14, 14, color);
    canvas.Text({at + 20, 26}, absl::StrFormat("%s %.1f%%", name, 100 * seconds / total), {});
  };
  legend(kLeft, kNetworkColor, "network", network);
  legend(kLeft + 170, kGamesColor, "games and trees", games);
  legend(kLeft + 390, kIdleColor, "idle", std::max(0.0, total - network - games));

  for (int t = 0; t < threads; ++t) {
    const double y = kTop + t * kRow;
    bar(kLeft, kWidth - kRight, y, kRow - 8, kIdleColor);
    canvas.Text({kLeft - 8.0, y + 18}, absl::StrFormat("thread %d", t + 1),
                {.align = env::Align::kRight});
  }
  for (const engine::Work work : {engine::Work::kNetwork, engine::Work::kGames}) {
    const env::Color color = work == engine::Work::kNetwork ? kNetworkColor : kGamesColor;
    for (const engine::Timeline::Interval& i : intervals) {
      if (i.work != work || i.end <= begin || i.begin >= end) continue;
      bar(x(i.begin), x(i.end), kTop + i.thread * kRow, kRow - 8, color);
    }
  }
  const double bottom = kTop + threads * kRow + 14;
  constexpr int kTicks = 5;
  for (int k = 0; k <= kTicks; ++k) {
    const double at = begin + (end - begin) * k / kTicks;
    canvas.Text({x(at), bottom}, absl::StrFormat("%.0f ms", 1000 * (at - begin)),
                {.align = env::Align::kCenter});
  }
  return canvas;
}

}  // namespace hod::benchmarks
