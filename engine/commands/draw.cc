// hod draw goal | state | episode: pictures, animations and text of houses and recorded games.
#include <sys/ioctl.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/files.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/draw/apng.h"
#include "env/draw/episode_moments.h"
#include "env/draw/frame.h"
#include "env/draw/text.h"
#include "env/houses/sources/source.h"
#include "env/recordings/recorded_episode.h"

namespace hod::engine {
namespace {

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

absl::Status DrawGoal(const Options& options) {
  const env::GameConfig config;
  ASSIGN_OR_RETURN(auto source,
                   env::MakeGoalSource(options.goals, config, static_cast<uint64_t>(options.seed)));
  const int size = source->size().value_or(options.index + 1);
  if (options.index >= size) return OutOfRange("--index", 0, size - 1, options.index);
  const env::Goal goal = source->Get(options.index);
  if (options.text) {
    std::fputs(env::GoalText(config.size, goal.blocks, goal.name, Terminal(options)).c_str(),
               stdout);
    return absl::OkStatus();
  }
  return env::DrawGoal(config.size, goal.blocks, goal.name, options.style().both_corners)
      .WritePng(options.out);
}

void PrintMoments(const Options& options, const env::RecordedEpisode& episode,
                  const env::DrawnSteps& steps) {
  env::ForEachMoment(episode, steps, [&](int t, const env::Moment& moment) {
    std::printf(
        "%s%s", t == steps.from ? "" : "\n",
        env::MomentText(episode.game, moment, options.style().goal, Terminal(options)).c_str());
  });
}

absl::Status DrawState(const Options& options) {
  ASSIGN_OR_RETURN(env::RecordedEpisode episode, env::ReadEpisode(options.trace, options.episode));
  const int length = static_cast<int>(episode.steps.size());
  const int step = options.step.value_or(length);
  if (step < 0 || step > length) return OutOfRange("--step", 0, length, step);
  const env::DrawnSteps only{step, step, 1};
  if (options.text) {
    PrintMoments(options, episode, only);
    return absl::OkStatus();
  }
  absl::Status status;
  env::ForEachMoment(episode, only, [&](int, const env::Moment& moment) {
    env::FramePainter painter(&episode.game, options.style());
    status = painter.Draw(moment).WritePng(options.out);
  });
  return status;
}

absl::StatusOr<env::DrawnSteps> StepsToDraw(const Options& options, int length, bool strip) {
  const int from = options.from.value_or(0), to = options.to.value_or(length);
  if (to < 0 || to > length) return OutOfRange("--to", 0, length, to);
  if (from < 0 || from > to) return OutOfRange("--from", 0, to, from);
  env::DrawnSteps steps = strip ? env::StripSteps(from, to) : env::DrawnSteps{from, to, 1};
  if (options.every) steps.every = *options.every;
  return steps;
}

absl::Status DrawAnimation(const Options& options, const env::RecordedEpisode& episode,
                           const env::DrawnSteps& steps) {
  env::FramePainter painter(&episode.game, options.style());
  std::optional<env::ApngEncoder> encoder;
  ProgressLine progress("drawing");
  env::ForEachMoment(episode, steps, [&](int t, const env::Moment& moment) {
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
  ASSIGN_OR_RETURN(env::RecordedEpisode episode, env::ReadEpisode(options.trace, options.episode));
  const int length = static_cast<int>(episode.steps.size());
  ASSIGN_OR_RETURN(env::DrawnSteps steps, StepsToDraw(options, length, /*strip=*/!animated));
  if (animated) return DrawAnimation(options, episode, steps);
  if (options.text) {
    PrintMoments(options, episode, steps);
    return absl::OkStatus();
  }
  return env::DrawStrip(episode, steps, options.style()).WritePng(options.out);
}

}  // namespace

void AddDraw(CLI::App& app, absl::Status& result) {
  CLI::App* command = app.add_subcommand("draw", "Pictures of houses and recorded games");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* help, const char* out_help,
                       const CLI::Validator& out_check, absl::Status (*run)(const Options&)) {
    CLI::App* sub = command->add_subcommand(name, help);
    CLI::Option_group* form = sub->add_option_group("form");
    form->add_option("--out", options->out, out_help)->check(out_check);
    form->add_flag("--text", options->text, "print text for terminals");
    form->require_option(1);
    sub->add_flag("--no-color", options->no_color, "text without colours");
    sub->add_option("--view", options->view, "pictures from one corner or both")
        ->check(CLI::IsMember({"one", "both"}));
    sub->callback([options, run, &result] { result = run(*options); });
    return sub;
  };
  const auto add_trace = [&](CLI::App* sub) {
    sub->add_option("trace", options->trace, "recorded episodes, of Hod or of people (.jsonl.gz)")
        ->required()
        ->check(Path());
    sub->add_option("--episode", options->episode, "number in the file, from 0")
        ->check(WholeNumber(0, INT_MAX));
    sub->add_option("--goal", options->goal,
                    "ghost: missing blocks translucent; beside: the goal beside the world; hide")
        ->check(CLI::IsMember({"ghost", "beside", "hide"}));
  };

  CLI::App* goal = add("goal", "Draw a house", "the picture (.png)", OutputPicture(), DrawGoal);
  goal->add_option("--goals", options->goals, env::kGoalSpecs);
  goal->add_option("--index", options->index, "number of the house, from 0")
      ->check(WholeNumber(0, INT_MAX));
  goal->add_option("--seed", options->seed, "of generated houses")->check(WholeNumber());

  CLI::App* state =
      add("state", "Draw one step of an episode", "the picture (.png)", OutputPicture(), DrawState);
  add_trace(state);
  state->add_option("--step", options->step, "actions played, from 0 (default: all)")
      ->check(WholeNumber(0, INT_MAX));

  CLI::App* episode =
      add("episode", "Draw an episode as animation, strip or text",
          "the animation (.apng), or a strip of moments (.png)", OutputFile(), DrawEpisode);
  add_trace(episode);
  episode->add_option("--from", options->from, "first step (default: 0)")
      ->check(WholeNumber(0, INT_MAX));
  episode->add_option("--to", options->to, "last step (default: the end)")
      ->check(WholeNumber(0, INT_MAX));
  episode->add_option("--every", options->every, "steps a picture (default: 1; seven of a strip)")
      ->check(WholeNumber(1, 1000000));
  episode->add_option("--fps", options->fps, "steps drawn a second")->check(WholeNumber(1, 50));
}

}  // namespace hod::engine
