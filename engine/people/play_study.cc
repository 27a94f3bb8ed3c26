#include "engine/people/play_study.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "engine/evaluation/assistant.h"
#include "env/base/random.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using Kind = StudyStage::Kind;

std::vector<std::vector<int>> AllOrders(int n) {
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::vector<int>> orders;
  do {
    orders.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

std::vector<std::vector<int>> LatinSquare(int n) {
  std::vector<std::vector<int>> orders;
  for (int row = 0; row < n; ++row) {
    std::vector<int> order;
    for (int place = 0; place < n; ++place) {
      // 0, 1, n - 1, 2, n - 2, ...
      const int step = place % 2 == 1 ? (place + 1) / 2 : (n - place / 2) % n;
      order.push_back((step + row) % n);
    }
    orders.push_back(std::move(order));
  }
  if (n % 2 == 1 && n > 1) {
    for (int row = 0; row < n; ++row) {
      orders.emplace_back(orders[row].rbegin(), orders[row].rend());
    }
  }
  return orders;
}

class StudyProgramme : public Programme {
 public:
  StudyProgramme(const PlayStudy& study, std::string fingerprint, int participant)
      : study_(study),
        fingerprint_(std::move(fingerprint)),
        participant_(participant),
        stages_(StagesOf(study, participant)) {}

  absl::Status Open() {
    for (const StudyCondition& condition : study_.conditions) {
      RETURN_IF_ERROR(Annotate(OpenCondition(condition), condition.name));
    }
    for (const std::string& assignment : study_.overrides) {
      RETURN_IF_ERROR(Override(config_, assignment));
    }
    RETURN_IF_ERROR(PrepareForPeople(config_.game, study_.horizon));
    ASSIGN_OR_RETURN(source_, env::MakeGoalSource(study_.goals, config_.game,
                                                  static_cast<uint64_t>(study_.seed)));
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<Stage>> At(int index) const override {
    if (index >= static_cast<int>(stages_.size())) return std::nullopt;
    const StudyStage& stage = stages_[index];
    switch (stage.kind) {
      case Kind::kConsent:
        return Stage(Consent());
      case Kind::kPractice:
      case Kind::kHouse:
        return Stage(House(index));
      case Kind::kIntroduction:
        return Stage(Introduction(stage));
      case Kind::kQuestions:
        return Stage(Questions(stage));
      case Kind::kComparison:
        return Stage(Comparison());
      case Kind::kThanks:
        return Stage(
            ScreenStage{"thanks", "Thank you", "That was all. You can close this page.", "", {}});
    }
    return std::nullopt;
  }

  std::string Fingerprint() const override {
    return absl::StrCat("participant ", participant_, " of\n", fingerprint_);
  }

 private:
  absl::Status OpenCondition(const StudyCondition& condition) {
    ASSIGN_OR_RETURN(const Assistant assistant, OpenAssistant(condition.assistant));
    ASSIGN_OR_RETURN(RunConfig config, ConfigOf(assistant));
    for (const auto* overrides : {&study_.overrides, &condition.overrides}) {
      for (const std::string& assignment : *overrides) {
        RETURN_IF_ERROR(Override(config, assignment));
      }
    }
    RETURN_IF_ERROR(PrepareForPeople(config.game, study_.horizon));
    ASSIGN_OR_RETURN(SeatedAssistant seated, SeatAssistant(config, assistant));
    seated_.push_back(seated.seat ? std::make_shared<const SeatedAssistant>(std::move(seated))
                                  : nullptr);
    return absl::OkStatus();
  }

  ScreenStage Consent() const {
    ScreenStage screen{"consent", study_.title, study_.consent, "I agree", {}};
    return screen;
  }

  ScreenStage Introduction(const StudyStage& stage) const {
    const bool alone = seated_[stage.condition] == nullptr;
    const std::string label = LabelOf(stage.place);
    const std::string what =
        alone ? "Next you build alone."
              : absl::StrCat("Next you build together with ", label,
                             ", who sees the world as you do, but not the plan.");
    return {
        absl::StrCat("introduction ", stage.place + 1), alone ? "Alone" : label, what, "Begin", {}};
  }

  HouseStage House(int index) const {
    const StudyStage& stage = stages_[index];
    HouseStage house;
    const bool practice = stage.kind == Kind::kPractice;
    house.title = practice ? "Practice" : absl::StrCat("House ", stage.goal);
    house.file = absl::StrFormat("%02d-%s.jsonl.gz", index, practice ? "practice" : "house");
    house.game = config_.game;
    house.goal = source_->Get(stage.goal);
    house.seed = Rng(static_cast<uint64_t>(study_.seed)).Fork(stage.goal)();
    if (practice || seated_[stage.condition] == nullptr) return house;
    const absl::Duration rhythm = absl::Seconds(study_.seconds_per_action);
    house.companion = std::make_shared<const Companion>(Companion{
        LabelOf(stage.place), seated_[stage.condition], rhythm, rhythm / 2, study_.shows_thoughts});
    return house;
  }

  ScreenStage Questions(const StudyStage& stage) const {
    const bool alone = seated_[stage.condition] == nullptr;
    const std::string label = alone ? "building alone" : LabelOf(stage.place);
    ScreenStage screen{absl::StrCat("questions ", stage.place + 1),
                       "How was it?",
                       alone ? "About building alone:" : absl::StrCat("About ", label, ":"),
                       "Go on",
                       {}};
    for (ScreenItem item : study_.questions) {
      item.text = absl::StrReplaceAll(item.text, {{"{label}", label}});
      screen.items.push_back(std::move(item));
    }
    return screen;
  }

  ScreenStage Comparison() const {
    ScreenStage screen{
        "comparison", "All in all", "Compare those you have built with.", "Go on", {}};
    for (ScreenItem item : study_.comparisons) {
      if (item.kind == ScreenItem::Kind::kChoice && item.choices.empty()) {
        for (const StudyStage& stage : stages_) {
          if (stage.kind != Kind::kIntroduction) continue;
          item.choices.push_back(seated_[stage.condition] == nullptr ? "alone"
                                                                     : LabelOf(stage.place));
        }
      }
      screen.items.push_back(std::move(item));
    }
    return screen;
  }

  const PlayStudy study_;
  const std::string fingerprint_;
  const int participant_;
  const std::vector<StudyStage> stages_;
  std::vector<std::shared_ptr<const SeatedAssistant>> seated_;  // Null: nobody helps.
  RunConfig config_;                                            // Its game is that of all.
  std::unique_ptr<env::GoalSource> source_;
};

}  // namespace

std::vector<std::vector<int>> OrdersOf(int n, StudyOrders orders) {
  return orders == StudyOrders::kAll ? AllOrders(n) : LatinSquare(n);
}

std::string LabelOf(int place) { return std::string(1, static_cast<char>('A' + place)); }

std::vector<StudyStage> StagesOf(const PlayStudy& study, int participant) {
  const auto orders = OrdersOf(static_cast<int>(study.conditions.size()), study.orders);
  const std::vector<int>& order = orders[(participant - 1) % orders.size()];
  std::vector<StudyStage> stages = {{Kind::kConsent}};
  if (study.practice) stages.push_back({Kind::kPractice});
  for (int place = 0; place < static_cast<int>(order.size()); ++place) {
    stages.push_back({Kind::kIntroduction, place, order[place]});
    for (int house = 0; house < study.houses; ++house) {
      stages.push_back({Kind::kHouse, place, order[place], 1 + place * study.houses + house});
    }
    if (!study.questions.empty()) stages.push_back({Kind::kQuestions, place, order[place]});
  }
  if (!study.comparisons.empty()) stages.push_back({Kind::kComparison});
  stages.push_back({Kind::kThanks});
  return stages;
}

absl::StatusOr<std::unique_ptr<Programme>> MakeStudyProgramme(const PlayStudy& study,
                                                              const std::string& text,
                                                              int participant) {
  auto programme = std::make_unique<StudyProgramme>(study, text, participant);
  RETURN_IF_ERROR(programme->Open());
  return programme;
}

}  // namespace hod::engine
