#include "env/draw/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/draw/marks.h"
#include "env/draw/texture.h"

namespace hod::env {
namespace {

constexpr std::array<char, kNumBlocks> kLetters = {'.', '#', 'D', 'C', 'G',
                                                   'L', 'P', 'S', 'B', 'W'};
constexpr int kGap = 2;  // Columns between layers.
constexpr Color kWrongRed{0.80, 0.05, 0.05};

// Sets the colours of what follows; without a colour it is the terminal's own.
std::string Escape(std::optional<Color> ink, std::optional<Color> paper) {
  const auto code = [](int kind, const Color& color) {
    const auto byte = [](double channel) { return std::lround(255 * channel); };
    return absl::StrFormat(";%d;2;%d;%d;%d", kind, byte(color.r), byte(color.g), byte(color.b));
  };
  return absl::StrCat("\033[0", ink ? code(38, *ink) : "", paper ? code(48, *paper) : "", "m");
}

// Black or white, whichever can be read on `paper`.
Color InkOn(const Color& paper) {
  return 0.3 * paper.r + 0.59 * paper.g + 0.11 * paper.b > 0.5 ? kBlack : kWhite;
}

class WorldWriter {
 public:
  WorldWriter(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style,
              const TerminalStyle& terminal)
      : size_(size), blocks_(blocks), style_(style), terminal_(terminal) {}

  std::string Run() {
    int num_layers = size_.h;
    while (num_layers > 2 && IsEmpty(num_layers - 1)) --num_layers;
    const int per_row = std::max(1, (terminal_.columns + kGap) / (2 * size_.w + kGap));
    std::string text;
    for (int begin = 1; begin < num_layers; begin += per_row) {  // Bedrock is left out.
      const int end = std::min(begin + per_row, num_layers);
      absl::StrAppend(&text, "\n");
      for (int y = begin; y < end; ++y) {
        const std::string title = absl::StrCat("y=", y);
        absl::StrAppend(&text,
                        y == end - 1 ? title : absl::StrFormat("%-*s", 2 * size_.w + kGap, title));
      }
      absl::StrAppend(&text, "\n");
      for (int z = 0; z < size_.d; ++z) {
        for (int y = begin; y < end; ++y) {
          if (y > begin) text.append(kGap, ' ');
          for (int x = 0; x < size_.w; ++x) Append(text, {x, y, z});
        }
        absl::StrAppend(&text, "\n");
      }
    }
    return text;
  }

 private:
  Block At(Cell c) const { return blocks_[size_.Index(c)]; }
  Block GoalAt(Cell c) const { return style_.goal.empty() ? At(c) : style_.goal[size_.Index(c)]; }
  bool IsMissing(Cell c) const {
    return style_.show_missing && MarkOf(At(c), GoalAt(c)) == Mark::kMissing;
  }
  std::optional<int> PlayerIn(Cell c) const {
    for (size_t i = 0; i < style_.players.size(); ++i) {
      const Cell feet = style_.players[i];
      if (c == feet || c == feet + Cell{0, 1, 0}) return static_cast<int>(i);
    }
    return std::nullopt;
  }
  bool IsEmpty(int y) const {
    for (int x = 0; x < size_.w; ++x) {
      for (int z = 0; z < size_.d; ++z) {
        const Cell c{x, y, z};
        if (At(c) != kAir || IsMissing(c) || PlayerIn(c)) return false;
      }
    }
    return true;
  }

  void Append(std::string& text, Cell c) const {
    const bool is_missing = IsMissing(c);
    const Block block = is_missing ? GoalAt(c) : At(c);
    const std::optional<Color> color =
        block == kAir ? std::nullopt : std::optional<Color>(kBlockColors[block]);
    const std::optional<Color> paper = is_missing ? std::nullopt : color;

    char sign = ' ';
    std::optional<Color> sign_paper = paper;
    if (const std::optional<int> player = PlayerIn(c)) {
      sign = static_cast<char>('1' + *player);
      sign_paper = PlayerColor(*player);
    } else if (MarkOf(At(c), GoalAt(c)) == Mark::kWrong) {
      sign = '!';
      sign_paper = kWrongRed;
    }
    const char letter = is_missing ? absl::ascii_tolower(kLetters[block]) : kLetters[block];
    if (!terminal_.color) {
      text += sign;
      text += letter;
      return;
    }
    const auto ink = [&](const std::optional<Color>& on) {
      return on ? std::optional<Color>(InkOn(*on)) : color;
    };
    absl::StrAppend(&text, Escape(ink(sign_paper), sign_paper), std::string(1, sign),
                    Escape(ink(paper), paper), std::string(1, letter), Escape({}, {}));
  }

  const WorldSize size_;
  const absl::Span<const Block> blocks_;
  const WorldStyle& style_;
  const TerminalStyle& terminal_;
};

}  // namespace

std::string LegendText(int num_players, bool marks, const TerminalStyle& terminal) {
  std::string text = "\n";
  for (Block block = kFirstPlaceable; block < kNumBlocks; ++block) {
    const std::string letter(1, kLetters[block]);
    const Color paper = kBlockColors[block];
    absl::StrAppend(&text, block == kFirstPlaceable ? "" : "  ",
                    terminal.color ? Escape(InkOn(paper), paper) : "", letter,
                    terminal.color ? Escape({}, {}) : "", " ", kBlockNames[block]);
  }
  absl::StrAppend(&text, "\n");
  if (marks) absl::StrAppend(&text, "small: missing  !: wrong  ");
  for (int i = 0; i < num_players; ++i) absl::StrAppend(&text, i + 1, ": ", PlayerName(i), "  ");
  return absl::StrCat(text, "x to the right, z down\n");
}

std::string WorldText(const WorldSize& size, absl::Span<const Block> blocks,
                      const WorldStyle& style, const TerminalStyle& terminal) {
  return WorldWriter(size, blocks, style, terminal).Run();
}

std::string MomentText(const Game& game, const Moment& moment, GoalDisplay goal,
                       const TerminalStyle& terminal) {
  std::string text = DescribeProgress(game, moment.state) + "\n";
  for (const std::string& move : DescribeMoves(game, moment)) absl::StrAppend(&text, move, "\n");
  const WorldStyle style = StyleOf(game, moment, goal);
  return absl::StrCat(
      text, WorldText(game.size(), moment.state.blocks, style, terminal),
      LegendText(static_cast<int>(style.players.size()), goal != GoalDisplay::kHidden, terminal));
}

std::string GoalText(const WorldSize& size, absl::Span<const Block> goal,
                     const std::string& caption, const TerminalStyle& terminal) {
  return absl::StrCat(caption, "\n", WorldText(size, goal, {}, terminal),
                      LegendText(0, false, terminal));
}

}  // namespace hod::env
