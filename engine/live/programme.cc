#include "engine/live/programme.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "env/base/json.h"
#include "env/base/random.h"
#include "env/base/status.h"

namespace hod::engine {

using nlohmann::json;

namespace {

constexpr size_t kMaxRemark = 10000;  // Bytes of an answer in words.

class FreePlayProgramme : public Programme {
 public:
  explicit FreePlayProgramme(FreePlay play) : play_(std::move(play)) {}

  absl::StatusOr<std::optional<Stage>> At(int index) const override {
    HouseStage house;
    house.title = absl::StrCat("House ", index + 1);
    house.file = absl::StrFormat("house-%03d.jsonl.gz", index + 1);
    house.game = play_.game;
    house.goal = play_.source->Get(index);
    house.seed = Rng(play_.seed).Fork(index)();
    house.companion = play_.companion;
    return Stage(std::move(house));
  }

  std::string Fingerprint() const override {
    const env::WorldSize& size = play_.game.size;
    return absl::StrCat("goals ", play_.goals, ", assistant ", play_.assistant, ", world ", size.w,
                        "x", size.h, "x", size.d, ", seed ", play_.seed);
  }

 private:
  const FreePlay play_;
};

absl::Status CheckAnswer(const ScreenItem& item, const json& answer) {
  const auto expected = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat("answers.", item.id, ": expected ", what));
  };
  switch (item.kind) {
    case ScreenItem::Kind::kScale:
      return IntegerFromJson(answer, item.from, item.to, absl::StrCat("answers.", item.id))
          .status();
    case ScreenItem::Kind::kChoice: {
      const bool known =
          answer.is_string() && std::find(item.choices.begin(), item.choices.end(),
                                          answer.get<std::string>()) != item.choices.end();
      if (known) return absl::OkStatus();
      return expected(absl::StrCat("one of ", absl::StrJoin(item.choices, ", ")));
    }
    case ScreenItem::Kind::kText:
      if (answer.is_string() && answer.get_ref<const std::string&>().size() <= kMaxRemark) {
        return absl::OkStatus();
      }
      return expected(absl::StrCat("text of at most ", kMaxRemark, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareForPeople(env::GameConfig& game, int horizon) {
  game.horizon = horizon;
  game.randomize_first_episode_length = false;
  game.truncate_on_no_progress_timesteps.reset();
  RETURN_IF_ERROR(env::Validate(game));
  if (!game.abilities.teleportation && game.abilities.inf_blocks) return absl::OkStatus();
  return absl::InvalidArgumentError("expected a game without teleportation or finite blocks");
}

json ToJson(const ScreenStage& screen) {
  json items = json::array();
  for (const ScreenItem& item : screen.items) {
    json entry = {{"id", item.id}, {"text", item.text}};
    switch (item.kind) {
      case ScreenItem::Kind::kScale:
        entry.update({{"kind", "scale"},
                      {"from", item.from},
                      {"to", item.to},
                      {"low", item.low},
                      {"high", item.high}});
        break;
      case ScreenItem::Kind::kChoice:
        entry.update({{"kind", "choice"}, {"choices", item.choices}});
        break;
      case ScreenItem::Kind::kText:
        entry["kind"] = "text";
    }
    items.push_back(std::move(entry));
  }
  return {{"type", "screen"},
          {"title", screen.title},
          {"text", screen.text},
          {"button", screen.button},
          {"items", items}};
}

absl::Status CheckAnswers(const ScreenStage& screen, const json& answers) {
  for (const auto& [id, answer] : answers.items()) {
    const auto item = std::find_if(screen.items.begin(), screen.items.end(),
                                   [&](const ScreenItem& i) { return i.id == id; });
    if (item == screen.items.end()) {
      return absl::InvalidArgumentError(absl::StrCat("answers.", id, ": nobody asked for it"));
    }
    RETURN_IF_ERROR(CheckAnswer(*item, answer));
  }
  for (const ScreenItem& item : screen.items) {
    if (item.kind != ScreenItem::Kind::kText && !answers.contains(item.id)) {
      return absl::InvalidArgumentError(absl::StrCat("answers.", item.id, ": is missing"));
    }
  }
  return absl::OkStatus();
}

std::unique_ptr<Programme> MakeFreePlay(FreePlay play) {
  return std::make_unique<FreePlayProgramme>(std::move(play));
}

}  // namespace hod::engine
