#include "engine/explain/explanation_picture.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/bars.h"
#include "engine/explain/explanation_text.h"
#include "env/draw/frame.h"
#include "env/draw/layers.h"
#include "env/draw/legend.h"
#include "env/draw/world.h"

namespace hod::engine {
namespace {

constexpr int kMargin = 12, kLineHeight = 19, kPanelWidth = 540, kMaxTurns = 6;
constexpr double kTextSize = 14, kSmallText = 12;
constexpr float kFullEntropy = 2;  // Bits; of three blocks, none is likelier: 1.6.
constexpr float kFaintest = 0.1;   // Less probable blocks are not drawn.
constexpr env::Color kGrey{0.35, 0.35, 0.35};
constexpr env::Color kPriorColor{0.62, 0.71, 0.82}, kVisitsColor{0.13, 0.42, 0.88},
    kValueColor{0.16, 0.62, 0.45}, kHumanColor{0.86, 0.20, 0.16};

// A picture that grows downwards.
class Page {
 public:
  explicit Page(int width) : width_(width) {}

  void Add(env::Canvas part, int left = 0) {
    const int height = part.height();
    parts_.push_back({std::move(part), left, height_});
    height_ += height;
  }
  void AddBeside(env::Canvas left, env::Canvas right, int right_left) {
    const int height = std::max(left.height(), right.height());
    parts_.push_back({std::move(left), 0, height_});
    parts_.push_back({std::move(right), right_left, height_});
    height_ += height;
  }
  env::Canvas Finish() const {
    env::Canvas canvas(width_, height_, env::kSky);
    for (const Part& part : parts_) canvas.Paste(part.canvas, part.x, part.y);
    return canvas;
  }

 private:
  struct Part {
    env::Canvas canvas;
    int x, y;
  };
  int width_, height_ = 0;
  std::vector<Part> parts_;
};

struct Line {
  std::string text;
  env::TextStyle style;
};

env::Canvas Lines(int width, const std::vector<Line>& lines) {
  env::Canvas canvas(width, kMargin / 2 + static_cast<int>(lines.size()) * kLineHeight, env::kSky);
  for (size_t i = 0; i < lines.size(); ++i) {
    canvas.Text({1.0 * kMargin, kMargin / 2.0 + (static_cast<double>(i) + 0.75) * kLineHeight},
                lines[i].text, lines[i].style);
  }
  return canvas;
}

env::Canvas Heading(int width, const ExplainedMoment& moment, const Explanation& e) {
  std::vector<Line> lines = {
      {env::DescribeProgress(moment.game, moment.moment.state), {.size = kTextSize, .bold = true}}};
  int place = 0;
  for (const std::string& move : env::DescribeMoves(moment.game, moment.moment)) {
    lines.push_back({move, {.size = kTextSize, .color = env::PlayerColor(place++).Shaded(0.85)}});
  }
  const env::TextStyle grey = {.size = kSmallText, .color = kGrey};
  lines.push_back(
      {absl::StrFormat("The assistant expects %.1f missing and %.1f wrong blocks. It is "
                       "%s.",
                       e.goal.expected_missing, e.goal.expected_wrong,
                       DescribeAccuracy(e.accuracy)),
       grey});
  lines.push_back({absl::StrCat("Of the human it expects: ", DescribeTypes(e.human), "."), grey});
  return Lines(width, lines);
}

// What is drawn as the goal: in a voxel of air the likeliest block, however likely, elsewhere what
// is likeliest.
struct Ghosts {
  std::vector<env::Block> goal;
  std::vector<float> opacity;
};
Ghosts GhostsOf(const ExplainedMoment& moment, const GoalBelief& belief) {
  Ghosts ghosts = {belief.likely, std::vector<float>(belief.likely.size(), 1.0f)};
  for (const int i : belief.by_entropy) {
    if (moment.moment.state.blocks[i] != env::kAir) continue;
    const mcts::GoalDistribution& posterior = belief.posterior[i];
    const float filled = 1 - posterior[env::kAir];
    const auto block = std::max_element(posterior.begin() + 1, posterior.end());
    ghosts.goal[i] =
        filled < kFaintest ? env::kAir : static_cast<env::Block>(block - posterior.begin());
    ghosts.opacity[i] = filled;
  }
  return ghosts;
}

// A panel with a caption above.
env::Canvas Captioned(const std::string& caption, const env::Canvas& drawing, int width) {
  env::Canvas panel(width, kLineHeight + kMargin + drawing.height(), env::kSky);
  panel.Text({1.0 * kMargin, kLineHeight - 3.0}, caption, {.size = kSmallText, .color = kGrey});
  panel.Paste(drawing, kMargin, kLineHeight + kMargin / 2);
  return panel;
}

void AddScale(env::Canvas& layers) {
  constexpr int kSteps = 40, kWidth = 4, kHeight = 10;
  const double top = layers.height() - kHeight - 2, left = 44;
  layers.Text({0, top + kHeight}, "0 bits", {.size = kSmallText, .color = kGrey});
  for (int i = 0; i < kSteps; ++i) {
    const double x = left + i * kWidth;
    layers.Polygon({{x, top}, {x + kWidth, top}, {x + kWidth, top + kHeight}, {x, top + kHeight}},
                   env::HeatColor((i + 0.5) / kSteps));
  }
  layers.Text({left + kSteps * kWidth + 6, top + kHeight},
              absl::StrFormat("%.0f and more", kFullEntropy), {.size = kSmallText, .color = kGrey});
}

BarTable ActionBars(const ExplainedMoment& moment, const Explanation& e, int top) {
  BarTable table = {.title = "assistant: " + DescribeSearch(e),
                    .columns = {{"prior", kPriorColor},
                                {"visits", kVisitsColor},
                                {"value, above least", kValueColor},
                                {"reward", kValueColor}},
                    .rows = {}};
  const std::vector<ActionEstimate> shown = ShownActions(e, top);
  // Bars from 0 would all look alike.
  double least = std::numeric_limits<double>::infinity();
  for (const ActionEstimate& a : shown) {
    if (a.visits > 0) least = std::min(least, a.value);
  }
  for (const ActionEstimate& a : shown) {
    table.rows.push_back(
        {.name = absl::StrCat(env::DescribeAction(moment.game.size(), a.action),
                              a.played ? " (played)" : ""),
         .bars = {{a.prior, absl::StrFormat("%.1f%%", 100 * a.prior)},
                  {1.0 * a.visits, absl::StrCat(a.visits)},
                  {a.value - least, a.visits > 0 ? absl::StrFormat("%.2f", a.value) : "-"},
                  {a.expected_reward, absl::StrFormat("%+.2f", a.expected_reward)}},
         .bold = a.chosen});
  }
  return table;
}

BarTable HumanBars(const ExplainedMoment& moment, const HumanExpectation& human, int top) {
  BarTable table = {
      .title = "human, expected next", .columns = {{"probability", kHumanColor}}, .rows = {}};
  const auto add = [&](const ExpectedAction& expected, bool played, const std::string& note) {
    table.rows.push_back(
        {.name = absl::StrCat(env::DescribeAction(moment.game.size(), expected.action), note),
         .bars = {{expected.probability, absl::StrFormat("%.1f%%", 100 * expected.probability)}},
         .bold = played});
  };
  const int count = std::min(top, static_cast<int>(human.actions.size()));
  for (int i = 0; i < count; ++i) {
    const bool played = human.played_rank == i + 1;
    add(human.actions[i], played, played ? " (played)" : "");
  }
  if (human.played && human.played_rank.value_or(count + 1) > count) {
    add(*human.played, true,
        human.played_rank ? absl::StrFormat(" (played, number %d)", *human.played_rank)
                          : " (played)");
  }
  return table;
}

env::Canvas Variation(int width, const ExplainedMoment& moment, const Explanation& e) {
  std::vector<Line> lines = {{"principal variation", {.size = kTextSize, .bold = true}}};
  for (const ExpectedTurn& turn : e.principal_variation) {
    if (lines.size() > kMaxTurns) break;
    lines.push_back({absl::StrCat(lines.size(), ".  ", DescribeTurn(moment.game.size(), turn)),
                     {.size = kSmallText}});
  }
  return Lines(width, lines);
}

}  // namespace

env::Canvas DrawExplanation(const ExplainedMoment& moment, const Explanation& e, int top) {
  const env::WorldSize& size = moment.game.size();
  const std::vector<env::Block>& blocks = moment.moment.state.blocks;
  const Ghosts ghosts = GhostsOf(moment, e.goal);
  env::WorldStyle style = env::StyleOf(moment.game, moment.moment, env::GoalDisplay::kGhost);
  style.goal = ghosts.goal;
  style.missing_opacity = ghosts.opacity;
  env::WorldPainter painter(size, env::TileFor(size));
  const int panel = std::max(kPanelWidth, painter.width() + 2 * kMargin), width = 2 * panel;
  env::Canvas world(painter.width(), painter.height(), env::kSky);
  painter.Paint(blocks, style, world, 0, 0);
  env::Canvas layers = env::DrawLayers(size,
                                       {.values = e.goal.entropy,
                                        .full = kFullEntropy,
                                        .blocks = blocks,
                                        .goal = e.goal.likely,
                                        .players = style.players},
                                       panel - 2 * kMargin, world.height() - kLineHeight);
  env::Canvas heat(layers.width(), world.height(), env::kSky);
  heat.Paste(layers, 0, 0);
  AddScale(heat);

  Page page(width);
  page.Add(Heading(width, moment, e));
  page.AddBeside(
      Captioned(
          "the likely house: blocks to come are as opaque as probable; crossed ones seem wrong",
          world, panel),
      Captioned(
          absl::StrFormat(
              "%.1f bits of uncertainty (x right, z down). Squares stand, contours are likely",
              e.goal.total_entropy),
          heat, panel),
      panel);
  page.Add(env::DrawLegend(width, {.marks = true, .num_players = moment.game.num_players()}));
  const int human_width = width * 2 / 5;
  page.AddBeside(DrawBars(ActionBars(moment, e, top), width - human_width),
                 DrawBars(HumanBars(moment, e.human, top), human_width), width - human_width);
  if (!e.principal_variation.empty()) page.Add(Variation(width, moment, e));
  return page.Finish();
}

}  // namespace hod::engine
