// House files in folders: what is found, once each, and what is left out.
#include "env/houses/importers/find_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

FoundFiles Find(const std::vector<std::string>& paths,
                std::optional<HouseFormat> only = std::nullopt) {
  absl::StatusOr<FoundFiles> found = FindHouseFiles(paths, only);
  INFO(found.status().message());
  REQUIRE(found.ok());
  return *std::move(found);
}

std::vector<std::string> NamesOf(const FoundFiles& found) {
  std::vector<std::string> names;
  for (const HouseFile& file : found.files) names.push_back(file.name);
  return names;
}

// The reasons by path within the folder.
std::map<std::string, std::string> ReasonsOf(const FoundFiles& found, const TempDir& dir) {
  std::map<std::string, std::string> reasons;
  for (const LeftOut& left_out : found.left_out) {
    reasons[fs::path(left_out.path).lexically_relative(dir.path()).string()] = left_out.reason;
  }
  return reasons;
}

using Names = std::vector<std::string>;

TEST_CASE("find: every format, in any case of letters") {
  const TempDir dir;
  fs::create_directories(dir / "ID");
  fs::create_directories(dir / "id2");
  std::map<std::string, HouseFormat> formats = {{"ID/Schematic.NPY", HouseFormat::kCraftAssist},
                                                {"id2/schematic.npy", HouseFormat::kCraftAssist},
                                                {"a.SCHEM", HouseFormat::kSchematic},
                                                {"b.Schematic", HouseFormat::kSchematic},
                                                {"c.LiteMatic", HouseFormat::kLitematic},
                                                {"d.NBT", HouseFormat::kStructure},
                                                {"e.mcSTRUCTURE", HouseFormat::kMcstructure},
                                                {"f.Npy", HouseFormat::kNpy},
                                                {"g.JSON", HouseFormat::kGrabCraft},
                                                {"h.json", HouseFormat::kGrabCraft}};
  for (const auto& [name, format] : formats) dir.Write(name, "");
  dir.Write("g.MetaData.json", "");
  dir.Write("h.metadata.JSON", "");
  dir.Write("i.json", "");
  dir.Write("j.metadata.json", "");
  dir.Write("schem", "");
  const FoundFiles found = Find({dir.path()});
  CHECK(NamesOf(found) == Names{"ID", "a", "b", "c", "d", "e", "f", "g", "h", "id2"});
  for (const HouseFile& file : found.files) {
    const std::string name = fs::path(file.path).lexically_relative(dir.path()).string();
    CHECK(formats.at(name) == file.format);
    // The same where the file is named itself.
    CHECK(Find({file.path}).files.at(0).format == file.format);
  }
  CHECK(ReasonsOf(found, dir) ==
        std::map<std::string, std::string>{{"i.json", "of no known format"},
                                           {"j.metadata.json", "of no known format"},
                                           {"schem", "of no known format"}});
}

TEST_CASE("find: one format only, and the others are listed") {
  const TempDir dir;
  dir.Write("a.schem", "");
  dir.Write("b.npy", "");
  const FoundFiles found = Find({dir.path()}, HouseFormat::kNpy);
  CHECK(NamesOf(found) == Names{"b"});
  CHECK(ReasonsOf(found, dir)["a.schem"] == "of another format than asked for");
}

TEST_CASE("find: folders that overlap, and links, give each file once") {
  const TempDir dir;
  fs::create_directories(dir / "all/one");
  fs::create_directories(dir / "all/two");
  fs::create_directories(dir / "beside");
  dir.Write("all/one/a.npy", "");
  dir.Write("all/two/b.npy", "");
  dir.Write("beside/c.npy", "");

  const auto all = dir / "all";
  CHECK(NamesOf(Find({all, dir / "all/one"})) == Names{"one/a", "two/b"});
  const FoundFiles part_first = Find({dir / "all/one", dir / "all/one/a.npy", all});
  CHECK(NamesOf(part_first) == Names{"a", "two/b"});
  CHECK(ReasonsOf(part_first, dir)["all/one"] ==
        absl::StrCat("the same folder as ", dir / "all/one"));
  CHECK(ReasonsOf(part_first, dir)["all/one/a.npy"] ==
        absl::StrCat("the same file as ", dir / "all/one/a.npy"));
  CHECK(NamesOf(Find({all, all + "/", dir / "all/two/../one"})) == Names{"one/a", "two/b"});

  // A link is followed, but what it leads to goes by its own path if that is there, too.
  fs::create_directory_symlink(dir / "beside", dir / "all/linked");
  fs::create_directory_symlink(dir / "all/two", dir / "all/again");
  fs::create_directory_symlink(dir / "all", dir / "all/two/up");
  fs::create_symlink(dir / "beside/c.npy", dir / "all/c.npy");
  fs::create_symlink(dir / "nowhere", dir / "all/gone.npy");
  fs::create_symlink(dir / "all/loop", dir / "all/loop");
  const FoundFiles linked = Find({all});
  CHECK(linked.files.size() == 3);
  CHECK(NamesOf(linked)[1] == "one/a");
  std::map<std::string, std::string> reasons = ReasonsOf(linked, dir);
  CHECK(reasons["all/again"] == absl::StrCat("the same folder as ", dir / "all/two"));
  CHECK(reasons["all/two/up"] == absl::StrCat("the same folder as ", all));
  CHECK_THAT(reasons["all/gone.npy"], Contains("a link that leads nowhere"));
  CHECK_THAT(reasons["all/loop"], Contains("a link that leads nowhere"));
  CHECK(linked.left_out.size() == 5);
}

TEST_CASE("find: files that would be of one name get longer ones") {
  const TempDir dir;
  for (const char* folder : {"A/h1", "A/h2", "B/h1", "B/h3"}) {
    fs::create_directories(dir / folder);
    dir.Write(absl::StrCat(folder, "/schematic.npy"), "");
  }
  const std::string a = dir / "A", b = dir / "B";
  // A file that is given itself is the house that it is in its folder's folder.
  CHECK(NamesOf(Find({a})) == Names{"h1", "h2"});
  CHECK(NamesOf(Find({a + "/h1/schematic.npy", a + "/h2/schematic.npy"})) == Names{"h1", "h2"});
  CHECK(NamesOf(Find({a + "/h1", a + "/h2/"})) == Names{"h1", "h2"});
  // Folders tell apart what lies below several paths; other names stay.
  CHECK(NamesOf(Find({a, b})) == Names{a + "/h1", "h2", b + "/h1", "h3"});
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  CHECK(NamesOf(Find({"A", "B"})) == Names{"A/h1", "h2", "B/h1", "h3"});
  fs::current_path("A/h1");
  CHECK(NamesOf(Find({"schematic.npy"})) == Names{"h1"});
  CHECK(NamesOf(Find({"."})) == Names{"h1"});
  fs::current_path(before);

  // Within a folder, endings do; and whole paths where nothing else does.
  const TempDir other;
  fs::create_directories(other / "C");
  fs::create_directories(other / "D");
  for (const char* name : {"C/a.SCHEMATIC", "C/a.schem", "C/b.npy", "D/a.schem"}) {
    other.Write(name, "");
  }
  const std::string c = other / "C", d = other / "D";
  CHECK(NamesOf(Find({c})) == Names{"a.SCHEMATIC", "a.schem", "b"});
  CHECK(NamesOf(Find({c, d})) == Names{"a.SCHEMATIC", c + "/a", "b", d + "/a"});
  other.Write("D/a.schematic", "");
  CHECK(NamesOf(Find({c, d})) == Names{"a.SCHEMATIC", c + "/a", "b", d + "/a", "a.schematic"});
  other.Write("C/a.schematic", "");
  CHECK(NamesOf(Find({c, d})) == Names{"a.SCHEMATIC", c + "/a.schem", c + "/a.schematic", "b",
                                       d + "/a.schem", d + "/a.schematic"});
}

TEST_CASE("find: hard links to a file give it once") {
  const TempDir dir;
  fs::create_directories(dir / "test");
  fs::create_directories(dir / "train");
  dir.Write("train/a.schem", "");
  dir.Write("train/b.schem", "");  // The same bytes, but another file.
  fs::create_hard_link(dir / "train/a.schem", dir / "test/a.schem");
  fs::create_hard_link(dir / "train/a.schem", dir / "train/c.schem");
  const FoundFiles found = Find({dir.path()});
  REQUIRE(found.files.size() == 2);
  CHECK(found.left_out.size() == 2);
  for (const LeftOut& left_out : found.left_out) {
    CHECK_THAT(left_out.reason, Contains("the same file as "));
  }
  CHECK(Find({dir / "test/a.schem", dir / "train"}).files.size() == 2);
}

TEST_CASE("find: what is no file, or cannot be read, does not end the search") {
  const TempDir dir;
  fs::create_directories(dir / "closed");
  fs::create_directories(dir / "open");
  dir.Write("closed/a.npy", "");
  dir.Write("open/b.npy", "");
  REQUIRE(mkfifo((dir / "pipe.npy").c_str(), 0600) == 0);
  fs::permissions(dir.path(), fs::perms::all);
  fs::permissions(dir / "open", fs::perms::all);
  fs::permissions(dir / "closed", fs::perms::none);
  // Root may read everything, so that it has to be somebody else for a while.
  const uid_t user = geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) REQUIRE(seteuid(kNobody) == 0);
  const auto found = FindHouseFiles({dir.path()}, std::nullopt);
  const auto root = FindHouseFiles({dir / "closed"}, std::nullopt);
  if (user == 0) REQUIRE(seteuid(user) == 0);
  fs::permissions(dir / "closed", fs::perms::all);

  REQUIRE(found.ok());
  CHECK(NamesOf(*found) == Names{"open/b"});
  std::map<std::string, std::string> reasons = ReasonsOf(*found, dir);
  CHECK_THAT(reasons["closed"], Contains("cannot be read: "));
  CHECK(reasons["pipe.npy"] == "neither a file nor a folder");
  CHECK_THAT(std::string(root.status().message()), Contains("closed: cannot read the directory"));
}

TEST_CASE("find: wrong paths are errors") {
  const TempDir dir;
  dir.Write("notes.txt", "");
  const auto message = [&](const std::string& name) {
    return std::string(FindHouseFiles({dir / name}, std::nullopt).status().message());
  };
  CHECK_THAT(message("none"), Contains("none: cannot read the directory"));
  CHECK_THAT(message("notes.txt"), Contains("notes.txt: no known format"));
  REQUIRE(mkfifo((dir / "pipe.schem").c_str(), 0600) == 0);
  fs::create_symlink(dir / "pipe.schem", dir / "link.schem");
  for (const char* name : {"pipe.schem", "link.schem"}) {
    CHECK_THAT(message(name),
               Contains(std::string(name) + ": neither a file nor a folder, expected one of them"));
  }
  // A format that is asked for is taken at its word.
  CHECK(FindHouseFiles({dir / "notes.txt"}, HouseFormat::kNpy)->files.size() == 1);
}

}  // namespace
}  // namespace hod::env
