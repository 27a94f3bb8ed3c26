#include "env/base/progress.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/utf8.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

// A terminal of some width, or none, and a clock set by hand.
class Screen : public ProgressOutput {
 public:
  explicit Screen(int columns) : columns(columns) {}
  int Columns() const override { return columns; }
  void Write(absl::string_view text) override {
    absl::StrAppend(&stream, text);
    Show(text);
  }
  // The rows that are not empty.
  std::vector<std::string> Rows() const {
    std::vector<std::string> shown;
    for (const std::string& row : rows_) {
      if (row.find_first_not_of(' ') != std::string::npos) shown.push_back(row);
    }
    return shown;
  }
  // A narrower terminal wraps what stands in rows, as most do; the cursor stays where it was in the
  // text.
  void Narrow(int to) {
    std::string all = rows_[row_];
    columns = to;
    rows_.resize(row_);
    const size_t cursor = rows_.size() + column_ / to;
    for (size_t i = 0; i <= all.size(); i += to) rows_.push_back(all.substr(i, to));
    row_ = cursor;
    column_ %= to;
  }

  int columns;
  std::string stream;
  MonotonicTime now = MonotonicTime() + absl::Hours(1);
  std::function<MonotonicTime()> Clock() {
    return [this] { return now; };
  }

 private:
  void Show(absl::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (absl::StartsWith(text.substr(i), "\033[K")) {
        if (column_ < static_cast<int>(rows_[row_].size())) rows_[row_].resize(column_);
        i += 2;
      } else if (absl::StartsWith(text.substr(i), "\033[J")) {
        rows_[row_].resize(column_);
        rows_.resize(row_ + 1);
        i += 2;
      } else if (text[i] == '\r') {
        column_ = 0;
      } else if (text[i] == '\n') {
        NextRow();
      } else {
        if (columns > 0 && column_ == columns) {
          NextRow();
          column_ = 0;
        }
        std::string& row = rows_[row_];
        if (static_cast<int>(row.size()) <= column_) row.resize(column_ + 1, ' ');
        row[column_++] = text[i];
      }
    }
  }
  void NextRow() {
    if (++row_ == rows_.size()) rows_.emplace_back();
    if (columns == 0) column_ = 0;
  }

  std::vector<std::string> rows_ = {""};
  size_t row_ = 0;
  int column_ = 0;
};

TEST_CASE("On a terminal the line is rewritten in place") {
  Screen screen(80);
  {
    ProgressLine line("training", screen, screen.Clock());
    line.Update(0, "none yet");
    CHECK(screen.Rows() ==
          std::vector<std::string>{"training   0%  0 s elapsed, ? left  none yet"});
    screen.now += absl::Seconds(30);
    line.Update(0.25, "5 steps/s");
    CHECK(screen.Rows() ==
          std::vector<std::string>{"training  25%  30 s elapsed, 90 s left  5 steps/s"});
    screen.now += absl::Milliseconds(100);
    line.Update(0.5, "not yet");
    CHECK(screen.Rows()[0].find("25%") != std::string::npos);
  }
  CHECK(screen.Rows() ==
        std::vector<std::string>{"training  50%  30 s elapsed, 30 s left  not yet"});
  CHECK(absl::EndsWith(screen.stream, "\n"));
}

TEST_CASE("A terminal of any width keeps one row") {
  for (const int columns : {1, 2, 10, 40, 60, 61, 62, 80, 200}) {
    Screen screen(columns);
    {
      ProgressLine line("training", screen, screen.Clock());
      for (int i = 0; i <= 100; ++i) {
        line.Update(i / 100.0, "some details\nof several lines " + std::string(i % 7, '.'));
        screen.now += absl::Seconds(1);
      }
    }
    REQUIRE(screen.Rows().size() == 1);
    CHECK(static_cast<int>(screen.Rows()[0].size()) <= std::max(1, columns - 1));
  }
}

TEST_CASE("A terminal made narrower keeps one row") {
  Screen screen(100);
  ProgressLine line("training", screen, screen.Clock());
  for (const int columns : {100, 60, 20, 7}) {
    screen.Narrow(columns);
    for (int i = 0; i < 3; ++i) {
      screen.now += absl::Seconds(1);
      line.Update(0.5, "many details that fill the line up to its end");
      CHECK(screen.Rows().size() == 1);
    }
  }
}

TEST_CASE("Without a terminal there is a line now and then, whole, and the last") {
  Screen screen(0);
  {
    ProgressLine line("training", screen, screen.Clock());
    for (int i = 0; i <= 25; ++i) {
      line.Update(i / 50.0, std::string(200, 'x'));
      screen.now += absl::Seconds(1);
    }
  }
  REQUIRE(screen.Rows().size() == 3);
  CHECK(screen.Rows()[0].find("20%  10 s elapsed, 40 s left") != std::string::npos);
  CHECK(screen.Rows()[1].find("40%  20 s elapsed, 30 s left") != std::string::npos);
  CHECK(screen.Rows()[2].find("50%") != std::string::npos);
  CHECK(absl::EndsWith(screen.Rows()[2], std::string(200, 'x')));
  CHECK(screen.stream.find_first_of("\r\033") == std::string::npos);
}

TEST_CASE("Work done by an earlier process does not count for the time left") {
  Screen screen(100);
  ProgressLine line("training", screen, screen.Clock());
  line.Update(0.5, "");
  screen.now += absl::Seconds(10);
  line.Update(0.75, "");
  CHECK(screen.Rows()[0].find("10 s left") != std::string::npos);
}

TEST_CASE("Work that never began leaves nothing") {
  Screen screen(80);
  { ProgressLine line("training", screen, screen.Clock()); }
  CHECK(screen.stream.empty());
}

TEST_CASE("Several threads report to one line") {
  Screen screen(100);
  {
    SharedProgress progress("scoring", 400, screen, screen.Clock());
    screen.now += absl::Seconds(20);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 100; ++j) progress.Add(1, "x");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(screen.Rows() ==
        std::vector<std::string>{"scoring 100%  20 s elapsed, 0 s left  20 positions/s  x"});
}

TEST_CASE("Durations are written to be read") {
  CHECK(DurationText(absl::Milliseconds(75400)) == "75 s");
  CHECK(DurationText(absl::Seconds(250)) == "4 min 10 s");
  CHECK(DurationText(absl::Minutes(125)) == "2 h 05 min");
}

}  // namespace
}  // namespace hod
