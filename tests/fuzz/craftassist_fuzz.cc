// CraftAssist houses: .npy files of numbers and data values.
#include "env/houses/importers/craftassist.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/npy_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadCraftAssist(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  const std::string header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 3, 2), }   \n";
  std::string pairs;
  for (const int id : {1, 53, 17, 89, 0, 5, 0, 20, 2, 3, 0, 4}) pairs += {static_cast<char>(id), 0};
  return {env::NpyBytes(header, pairs), env::NpyBytes(header, pairs, 2)};
}
