// Names in studies: of rows, columns and files.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace hod::engine {

// A name as part of a file's name.
std::string FileNameOf(const std::string& name);

// An error unless there are items, each with a `name` of its own and a file's name of its own.
// `key` is that of the items in the study's file.
template <typename T>
absl::Status CheckNames(const char* key, const std::vector<T>& items) {
  if (items.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(key, ": expected at least one"));
  }
  for (const T& item : items) {
    const auto same = [&](const T& other) {
      return FileNameOf(other.name) == FileNameOf(item.name);
    };
    if (std::count_if(items.begin(), items.end(), same) > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(key, ": two are called \"", item.name, "\", expected different names"));
    }
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
