// hod draw goal | state | episode: pictures, animations and text of houses and recorded games.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/cli/command.h"
#include "engine/io/files.h"
#include "engine/io/progress.h"
#include "env/draw/apng.h"
#include "env/draw/frame.h"
#include "env/draw/text.h"
#include "env/houses/source.h"
#include "env/traces/gzip_lines.h"
#include "env/traces/json_line.h"
#include "env/traces/trace_reader.h"

namespace hod::engine {
namespace {

constexpr int kStripSteps = 6;  // Between the seven moments of a strip.
constexpr int kLastFrameMilliseconds = 2000;

struct Options {
  // What to draw.
  std::string goals = "generated", trace;
  int index = 0, episode = 0;
  int64_t seed = 1;
  std::optional<int> step, from, to, every;
  // How.
  std::string out;
  bool text = false, no_color = false;
  std::string view = "one", goal = "ghost";
  int fps = 10;

  env::FrameStyle style() const {
    const env::GoalDisplay display = goal == "ghost"    ? env::GoalDisplay::kGhost
                                     : goal == "beside" ? env::GoalDisplay::kBeside
                                                        : env::GoalDisplay::kHidden;
    return {display, view == "both"};
  }
};

absl::Status OutOfRange(const char* option, int low, int high, int64_t value) {
  return absl::OutOfRangeError(
      absl::StrFormat("%s: expected %d to %d, got %d", option, low, high, value));
}

env::TerminalStyle Terminal(const Options& options) {
  env::TerminalStyle terminal;
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org
  terminal.color = !options.no_color && (no_color == nullptr || *no_color == '\0');
  winsize window;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    terminal.columns = window.ws_col;
  }
  return terminal;
}

absl::Status WritePicture(const env::Canvas& canvas, const std::string& path) {
  if (!absl::EndsWith(path, ".png")) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": expected a name that ends in .png"));
  }
  return WriteFileAtomically(path, canvas.PngBytes());
}

// Episode number `index` of a trace file. Errors name the file and the line.
absl::StatusOr<env::RecordedEpisode> ReadEpisode(const std::string& path, int index) {
  absl::StatusOr<env::GzipLineReader> reader = env::GzipLineReader::Open(path);
  if (!reader.ok()) return reader.status();
  const auto at_line = [&](const auto& what) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": line ", reader->line_number(), ": ", std::string(what)));
  };
  std::optional<env::RecordedEpisode> episode;
  int num_episodes = 0;
  std::string text;
  for (;;) {
    absl::StatusOr<bool> more = reader->Next(text);
    if (!more.ok()) return more.status();
    if (!*more && episode) return at_line("the file ends in the middle of an episode");
    if (!*more) {
      return absl::OutOfRangeError(absl::StrCat("--episode: ", path, " holds ", num_episodes,
                                                num_episodes == 1 ? " episode" : " episodes",
                                                ", numbered from 0; got ", index));
    }
    absl::StatusOr<nlohmann::json> line = env::ParseJsonLine(text);
    if (!line.ok()) return at_line(line.status().message());
    try {  // nlohmann::json reports missing keys and wrong types by exceptions.
      if (!episode) {
        if (line->at("type") != "reset" || num_episodes++ != index) continue;
        absl::StatusOr<env::EpisodeStart> start = env::EpisodeStartFromJson(*line);
        if (!start.ok()) return at_line(start.status().message());
        episode = env::RecordedEpisode{std::move(start->game), std::move(start->state), {}};
        continue;
      }
      auto actions = env::ActionsFromJson(episode->game, line->at("actions"));
      if (!actions.ok()) return at_line(actions.status().message());
      episode->actions.push_back(*std::move(actions));
      if (line->at("done").get<bool>()) return *std::move(episode);
    } catch (const nlohmann::json::exception& error) {
      return at_line(error.what());
    }
  }
}

absl::Status DrawGoal(const Options& options) {
  const env::GameConfig config;
  auto source = env::MakeGoalSource(options.goals, config, static_cast<uint64_t>(options.seed));
  if (!source.ok()) return source.status();
  const int size = (*source)->size().value_or(options.index + 1);
  if (options.index >= size) return OutOfRange("--index", 0, size - 1, options.index);
  const env::Goal goal = (*source)->Get(options.index);
  if (options.text) {
    std::fputs(env::GoalText(config.size, goal.blocks, goal.name, Terminal(options)).c_str(),
               stdout);
    return absl::OkStatus();
  }
  return WritePicture(
      env::DrawGoal(config.size, goal.blocks, goal.name, options.style().both_corners),
      options.out);
}

absl::Status DrawState(const Options& options) {
  absl::StatusOr<env::RecordedEpisode> episode = ReadEpisode(options.trace, options.episode);
  if (!episode.ok()) return episode.status();
  const int length = static_cast<int>(episode->actions.size());
  const int step = options.step.value_or(length);
  if (step < 0 || step > length) return OutOfRange("--step", 0, length, step);
  env::Moment moment{episode->start, {}};
  for (int t = 0; t < step; ++t) env::Advance(episode->game, episode->actions[t], moment);
  if (options.text) {
    std::fputs(
        env::MomentText(episode->game, moment, options.style().goal, Terminal(options)).c_str(),
        stdout);
    return absl::OkStatus();
  }
  env::FramePainter painter(&episode->game, options.style());
  return WritePicture(painter.Draw(moment), options.out);
}

// The steps of an episode to draw: every so many, and the last.
struct Steps {
  int from, to, every;

  static absl::StatusOr<Steps> Of(const Options& options, int length, int default_every) {
    const Steps steps{options.from.value_or(0), options.to.value_or(length),
                      options.every.value_or(default_every)};
    if (steps.to < 0 || steps.to > length) return OutOfRange("--to", 0, length, steps.to);
    if (steps.from < 0 || steps.from > steps.to) {
      return OutOfRange("--from", 0, steps.to, steps.from);
    }
    return steps;
  }
  bool Holds(int t) const { return t == to || (t >= from && (t - from) % every == 0); }
};

// Calls visit(moment) at each of the steps.
template <typename Visit>
void ForEachMoment(const env::RecordedEpisode& episode, const Steps& steps, const Visit& visit) {
  env::Moment moment{episode.start, {}};
  for (int t = 0;; ++t) {
    if (steps.Holds(t)) visit(t, moment);
    if (t == steps.to) return;
    env::Advance(episode.game, episode.actions[t], moment);
  }
}

absl::Status DrawAnimation(const Options& options, const env::RecordedEpisode& episode,
                           const Steps& steps) {
  env::FramePainter painter(&episode.game, options.style());
  std::optional<env::ApngEncoder> encoder;
  ProgressLine progress("drawing");
  ForEachMoment(episode, steps, [&](int t, const env::Moment& moment) {
    const env::Canvas& frame = painter.Draw(moment);
    if (!encoder) encoder.emplace(frame.width(), frame.height());
    encoder->Add(frame, t == steps.to ? kLastFrameMilliseconds : 1000 / options.fps);
    progress.Update((t - steps.from + 1.0) / (steps.to - steps.from + 1),
                    absl::StrFormat("step %d of %d", t, steps.to));
  });
  progress.Finish();
  return WriteFileAtomically(options.out, std::move(*encoder).Finish());
}

absl::Status DrawEpisode(const Options& options) {
  const bool animated = absl::EndsWith(options.out, ".apng");
  if (!options.text && !animated && !absl::EndsWith(options.out, ".png")) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.out, ": expected a name that ends in .apng (animation) or .png (strip)"));
  }
  absl::StatusOr<env::RecordedEpisode> episode = ReadEpisode(options.trace, options.episode);
  if (!episode.ok()) return episode.status();
  const int length = static_cast<int>(episode->actions.size());
  const int span = options.to.value_or(length) - options.from.value_or(0);
  absl::StatusOr<Steps> steps = Steps::Of(
      options, length, animated ? 1 : std::max(1, (span + kStripSteps - 1) / kStripSteps));
  if (!steps.ok()) return steps.status();
  if (animated) return DrawAnimation(options, *episode, *steps);
  if (options.text) {
    ForEachMoment(*episode, *steps, [&](int t, const env::Moment& moment) {
      std::printf(
          "%s%s", t == steps->from ? "" : "\n",
          env::MomentText(episode->game, moment, options.style().goal, Terminal(options)).c_str());
    });
    return absl::OkStatus();
  }
  std::vector<env::Moment> moments;
  ForEachMoment(*episode, *steps,
                [&](int, const env::Moment& moment) { moments.push_back(moment); });
  return WritePicture(env::DrawStrip(episode->game, moments, options.style()), options.out);
}

}  // namespace

void AddDraw(CLI::App& app, absl::Status& result) {
  CLI::App* command = app.add_subcommand("draw", "Pictures of houses and recorded games");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* help, const char* out_help,
                       absl::Status (*run)(const Options&)) {
    CLI::App* sub = command->add_subcommand(name, help);
    CLI::Option_group* form = sub->add_option_group("form");
    form->add_option("--out", options->out, out_help);
    form->add_flag("--text", options->text, "print text for terminals");
    form->require_option(1);
    sub->add_flag("--no-color", options->no_color, "text without colours");
    sub->add_option("--view", options->view, "pictures from one corner or both")
        ->check(CLI::IsMember({"one", "both"}));
    sub->callback([options, run, &result] { result = run(*options); });
    return sub;
  };
  const auto add_trace = [&](CLI::App* sub) {
    sub->add_option("trace", options->trace, "recorded episodes (.jsonl.gz)")->required();
    sub->add_option("--episode", options->episode, "number in the file, from 0")
        ->check(CLI::NonNegativeNumber);
    sub->add_option("--goal", options->goal,
                    "ghost: missing blocks translucent; beside: the goal beside the world; hide")
        ->check(CLI::IsMember({"ghost", "beside", "hide"}));
  };

  CLI::App* goal = add("goal", "Draw a house", "the picture (.png)", DrawGoal);
  goal->add_option("--goals", options->goals, env::kGoalSpecs);
  goal->add_option("--index", options->index, "number of the house, from 0")
      ->check(CLI::NonNegativeNumber);
  goal->add_option("--seed", options->seed, "of generated houses")->check(CLI::NonNegativeNumber);

  CLI::App* state = add("state", "Draw one step of an episode", "the picture (.png)", DrawState);
  add_trace(state);
  state->add_option("--step", options->step, "actions played, from 0 (default: all)");

  CLI::App* episode = add("episode", "Draw an episode as animation, strip or text",
                          "the animation (.apng), or a strip of moments (.png)", DrawEpisode);
  add_trace(episode);
  episode->add_option("--from", options->from, "first step (default: 0)");
  episode->add_option("--to", options->to, "last step (default: the end)");
  episode->add_option("--every", options->every, "steps a picture (default: 1; seven of a strip)")
      ->check(CLI::Range(1, 1000000));
  episode->add_option("--fps", options->fps, "steps drawn a second")->check(CLI::Range(1, 50));
}

}  // namespace hod::engine
