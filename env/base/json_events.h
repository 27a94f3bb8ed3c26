// JSON as it is read, for who keeps only a part of it or knows what to expect.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace hod {

// What hears of every value, key and bracket of a text (nlohmann::json_sax). A function that
// returns Fail() ends the reading.
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 protected:
  // Keeps what is wrong with what has just been read, and returns false.
  bool Fail(const std::string& what);

 private:
  friend absl::Status ReadJsonEvents(absl::string_view text, JsonEvents& events);

  bool binary(binary_t&) final { return false; }  // JSON has none.
  bool parse_error(size_t bytes_read, const std::string& token,
                   const nlohmann::json::exception& error) final;
  bool Fail(const std::string& what, size_t bytes_read);

  const char* begin_ = nullptr;
  const char* at_ = nullptr;  // How far the text has been read.
  std::string error_;
};

// Reads as ParseJson() does, but for what the events have to refuse: depth, and keys given twice.
// Takes memory for one string or number.
absl::Status ReadJsonEvents(absl::string_view text, JsonEvents& events);

// A part of a text that is short enough for a message, in valid UTF-8.
std::string JsonExcerpt(absl::string_view text);

}  // namespace hod
