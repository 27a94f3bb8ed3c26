// Passing errors on: absl::Status and absl::StatusOr without a line of `if` for each call.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// Evaluates an absl::Status and returns it if it is an error. The function around it returns a
// Status or a StatusOr.
#define RETURN_IF_ERROR(...)                                         \
  do {                                                               \
    if (absl::Status hod_status = (__VA_ARGS__); !hod_status.ok()) { \
      return hod_status;                                             \
    }                                                                \
  } while (false)

// ASSIGN_OR_RETURN(lhs, expression): evaluates an absl::StatusOr, returns its error if it is one,
// and otherwise moves its value to `lhs`, which may declare a variable. A declaration with a comma
// is put in parentheses: ASSIGN_OR_RETURN((std::map<int, int> counts), Count()). This is several
// statements, so an `if` or a loop around it needs braces.
#define ASSIGN_OR_RETURN(lhs, ...) \
  HOD_ASSIGN_OR_RETURN(HOD_CONCATENATE(hod_status_or_, __LINE__), lhs, (__VA_ARGS__))

#define HOD_ASSIGN_OR_RETURN(status_or, lhs, expression)     \
  auto status_or = expression;                               \
  if (!status_or.ok()) return std::move(status_or).status(); \
  HOD_WITHOUT_PARENTHESES(lhs) = *std::move(status_or)
#define HOD_CONCATENATE(a, b) HOD_CONCATENATE_EXPANDED(a, b)
#define HOD_CONCATENATE_EXPANDED(a, b) a##b
// Both `x` and `(x)` give `x`: HOD_ISH consumes parentheses if there are any, and what remains of
// it, joined to HOD_VAN, is a macro that stands for nothing.
#define HOD_WITHOUT_PARENTHESES(x) HOD_VANISH_FIRST(HOD_ISH x)
#define HOD_ISH(...) HOD_ISH __VA_ARGS__
#define HOD_VANISH_FIRST(...) HOD_VANISH_FIRST_EXPANDED(__VA_ARGS__)
#define HOD_VANISH_FIRST_EXPANDED(...) HOD_VAN_##__VA_ARGS__
#define HOD_VAN_HOD_ISH

namespace hod {

// The same error with "where: " before its message. OK stays OK.
inline absl::Status Annotate(const absl::Status& status, absl::string_view where) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(where, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    annotated.SetPayload(type, payload);
  });
  return annotated;
}

}  // namespace hod
