#include "env/base/status.h"

#include <map>
#include <memory>
#include <string>

#include "tests/support/catch.h"

namespace hod {
namespace {

absl::Status Checked(absl::Status status, int& reached) {
  RETURN_IF_ERROR(status);
  ++reached;
  return absl::OkStatus();
}

absl::StatusOr<int> Doubled(absl::StatusOr<int> number) {
  ASSIGN_OR_RETURN(const int value, number);
  RETURN_IF_ERROR(absl::OkStatus());
  return 2 * value;
}

absl::StatusOr<std::map<int, int>> Counts() { return std::map<int, int>{{1, 2}}; }

TEST_CASE("An error is returned at once, and nothing else happens") {
  int reached = 0;
  CHECK(Checked(absl::OkStatus(), reached).ok());
  CHECK(reached == 1);
  CHECK(Checked(absl::DataLossError("lost"), reached) == absl::DataLossError("lost"));
  CHECK(reached == 1);
  CHECK(*Doubled(21) == 42);
  CHECK(Doubled(absl::NotFoundError("none")).status() == absl::NotFoundError("none"));
}

TEST_CASE("The macro is one statement, also below an `if` without braces") {
  const auto run = [](bool asked) -> absl::Status {
    if (asked)
      RETURN_IF_ERROR(absl::CancelledError("asked"));
    else
      return absl::CancelledError("not asked");
    return absl::OkStatus();
  };
  CHECK(run(true).message() == "asked");
  CHECK(run(false).message() == "not asked");
}

TEST_CASE("A value is assigned, declared, bound by name, or only moved") {
  const auto run = []() -> absl::Status {
    int assigned = 0;
    ASSIGN_OR_RETURN(assigned, Doubled(1));
    CHECK(assigned == 2);
    ASSIGN_OR_RETURN((std::map<int, int> declared), Counts());
    CHECK(declared.at(1) == 2);
    ASSIGN_OR_RETURN((const auto [a, b]), (absl::StatusOr<std::pair<int, int>>({3, 4})));
    CHECK(a == 3);
    CHECK(b == 4);
    ASSIGN_OR_RETURN(std::unique_ptr<int> owned,
                     absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(5)));
    CHECK(*owned == 5);
    return absl::OkStatus();
  };
  CHECK(run().ok());
}

TEST_CASE("An error says where it happened and stays of its kind") {
  const absl::Status error = Annotate(absl::NotFoundError("no such key"), "file.json");
  CHECK(error == absl::NotFoundError("file.json: no such key"));
  CHECK(Annotate(absl::OkStatus(), "file.json").ok());
}

}  // namespace
}  // namespace hod
