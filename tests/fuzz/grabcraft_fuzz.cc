// GrabCraft houses: JSON with coordinates as keys.
#include "env/houses/importers/grabcraft.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadGrabCraft(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  return {R"json({"1": {"1": {"1": {"name": "Stone", "x": 1}, "2": {"name": "Oak Stairs (East)"}},
                    "3": {"2": {"name": "Torch"}}},
              "2": {"1": {"1": {"name": "Glass"}, "4": {"name": "Grass"}}}})json"};
}
