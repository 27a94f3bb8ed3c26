// House sets: an input is the manifest, a NUL and the file of houses.
#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/houses/files/house_set.h"
#include "tests/fuzz/target.h"

namespace {

// One for all inputs.
const std::string& Directory() {
  static const std::string directory = [] {
    char pattern[] = "/tmp/hod-fuzz-XXXXXX";
    hod::fuzz::Expect(mkdtemp(pattern) != nullptr, "a temporary directory");
    return std::string(pattern);
  }();
  return directory;
}

void Write(const char* name, const std::string& bytes) {
  std::ofstream(absl::StrCat(Directory(), "/", name), std::ios::binary) << bytes;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = bytes.find('\0');
  Write(hod::env::kManifestFile, bytes.substr(0, end));
  Write(hod::env::kHousesFile, end == std::string::npos ? "" : bytes.substr(end + 1));
  const auto set = hod::env::ReadHouseSet(Directory());
  hod::fuzz::Expect(set.ok() || absl::StrContains(set.status().message(), Directory()),
                    "the name of a file");
  if (set.ok()) {
    hod::fuzz::Expect(hod::env::SerializeHouseSet(*set).ok(), "that what is read can be written");
  }
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using env::House;
  using env::HouseSplit;
  env::HouseSet set;
  set.name = "small";
  set.source = {"here"};
  set.license = "none";
  set.size = {9, 8, 8};
  set.pipeline = env::Pipeline::Paper();
  set.houses = {{"a", HouseSplit::kTrain, House{{2, 2, 2}, std::vector<env::Block>(8, 5)}},
                {"b", HouseSplit::kTest, House{{1, 2, 3}, std::vector<env::Block>(6, 9)}}};
  set.import = {{"rejected", 0}};
  const env::HouseSetFiles files = env::SerializeHouseSet(set).value();
  return {files.manifest + '\0' + files.houses};
}
