#include "env/base/json.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/base/json_events.h"
#include "env/base/status.h"

namespace hod {
namespace {

using nlohmann::json;

// The text as the parser reads it, telling how far it has come.
class Position {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  // `furthest` outlives this and its copies.
  Position(const char* at, const char*& furthest) : at_(at), furthest_(&furthest) {}

  const char& operator*() const { return *at_; }
  Position& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  bool operator==(const Position& other) const { return at_ == other.at_; }
  bool operator!=(const Position& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

// Builds the value. The library's own builder lets keys be given twice, and to look at keys with
// its callback takes time quadratic in their number.
class Builder : public JsonEvents {
 public:
  json TakeValue() { return std::move(root_); }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t&) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool start_object(size_t) override { return Enter(json::object()); }
  bool start_array(size_t) override { return Enter(json::array()); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& name) override {
    const auto [entry, is_new] = open_.back()->get_ref<json::object_t&>().emplace(name, nullptr);
    if (!is_new) return Fail(absl::StrCat("the same key \"", JsonExcerpt(name), "\" twice"));
    value_ = &entry->second;
    return true;
  }

 private:
  template <typename Value>
  json* Place(Value&& value) {
    if (open_.empty()) {
      root_ = std::forward<Value>(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      return &open_.back()->get_ref<json::array_t&>().emplace_back(std::forward<Value>(value));
    }
    *value_ = std::forward<Value>(value);
    return value_;
  }
  template <typename Value>
  bool Add(Value&& value) {
    Place(std::forward<Value>(value));
    return true;
  }
  bool Enter(json structure) {
    if (open_.size() == kMaxJsonDepth) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth, " levels"));
    }
    open_.push_back(Place(std::move(structure)));
    return true;
  }
  bool Leave() {
    open_.pop_back();
    return true;
  }

  json root_;
  std::vector<json*> open_;  // The way from the root to the array or object that is being read.
  json* value_ = nullptr;    // The value of the last key.
};

}  // namespace

bool JsonEvents::Fail(const std::string& what) {
  return Fail(what, static_cast<size_t>(at_ - begin_));
}

// The last of the bytes read is wrong; the end of the text counts as one of them.
bool JsonEvents::Fail(const std::string& what, size_t bytes_read) {
  error_ = absl::StrCat(what, " at byte ", std::max<size_t>(bytes_read, 1) - 1);
  return false;
}

bool JsonEvents::parse_error(size_t bytes_read, const std::string&, const json::exception& error) {
  // "[json.exception...] parse error at line 1, column 5: syntax error while ..."
  absl::string_view what = error.what();
  const size_t column = what.find("column ");
  const size_t colon = what.find(": ", column == absl::string_view::npos ? 0 : column);
  if (column != absl::string_view::npos && colon != absl::string_view::npos) {
    what.remove_prefix(colon + 2);
  } else {
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
  }
  return Fail(JsonExcerpt(what), bytes_read);  // The parser cites all it could not read.
}

std::string JsonExcerpt(absl::string_view text) { return FirstColumns(text, 200); }

absl::Status ReadJsonEvents(absl::string_view text, JsonEvents& events) {
  if (const size_t nul = text.find('\0'); nul != absl::string_view::npos) {
    // The parser would take it for the end.
    return absl::InvalidArgumentError(absl::StrCat("a NUL at byte ", nul));
  }
  if (absl::StartsWith(text, "\xEF\xBB\xBF")) {
    return absl::InvalidArgumentError("a byte order mark at byte 0");
  }
  events.begin_ = events.at_ = text.data();
  const Position begin(text.data(), events.at_), end(text.data() + text.size(), events.at_);
  nlohmann::json_sax<json>* const handler = &events;
  if (json::sax_parse(begin, end, handler)) return absl::OkStatus();
  return absl::InvalidArgumentError(events.error_);
}

absl::StatusOr<json> ParseJson(absl::string_view text) {
  Builder builder;
  RETURN_IF_ERROR(ReadJsonEvents(text, builder));
  return builder.TakeValue();
}

absl::StatusOr<json> ReadJsonFile(const std::string& path, size_t max_bytes) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, max_bytes));
  absl::StatusOr<json> parsed = ParseJson(text);
  RETURN_IF_ERROR(Annotate(parsed.status(), absl::StrCat(path, ": expected JSON")));
  return parsed;
}

absl::StatusOr<int64_t> IntegerFromJson(const json& value, int64_t lo, int64_t hi,
                                        const std::string& key) {
  const bool representable =
      value.is_number_integer() &&
      !(value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX));
  if (representable && value.get<int64_t>() >= lo && value.get<int64_t>() <= hi) {
    return value.get<int64_t>();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(key, ": expected a whole number from ", lo, " to ", hi, ", got ",
                   value.is_structured() ? std::string(value.type_name()) : DumpJson(value)));
}

}  // namespace hod
