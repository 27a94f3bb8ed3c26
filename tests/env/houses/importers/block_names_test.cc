// The names of all blocks of Minecraft. Each line of a list beside this file is a type, or "auto",
// and names that are of it.
#include "env/houses/importers/block_names.h"

#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "env/houses/transforms/auto_fill.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

std::map<std::string, Block> TypesByName() {
  std::map<std::string, Block> types = {{"auto", kAuto}};
  for (int block = 0; block < kNumBlocks; ++block) {
    types[kBlockNames[static_cast<size_t>(block)]] = static_cast<Block>(block);
  }
  return types;
}

// Checks all names of a list, and returns how many they are.
size_t CheckAll(const std::string& list,
                const std::function<std::optional<Block>(absl::string_view)>& type_of) {
  const std::map<std::string, Block> types = TypesByName();
  std::set<std::string> names;
  const std::string text = ReadBytes(SourceDir() + "/tests/env/houses/importers/" + list);
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    for (size_t i = 1; i < words.size(); ++i) {
      INFO(words[i]);
      CHECK(type_of(absl::StrCat("minecraft:", words[i])) == types.at(words[0]));
      CHECK(names.insert(words[i]).second);
    }
  }
  return names.size();
}

TEST_CASE("blocks: all names of the Java edition from 1.13 to 26.3, snapshot 2") {
  CHECK(CheckAll("java_blocks.txt", BlockFromName) == 1258);
}

}  // namespace
}  // namespace hod::env
