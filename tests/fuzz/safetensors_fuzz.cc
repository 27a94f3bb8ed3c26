// Files of named tensors.
#include "models/files/safetensors.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  const auto read = hod::models::ReadSafeTensors(file.path());
  hod::fuzz::ExpectNamed(read.status(), file);
  if (!read.ok()) return 0;
  for (const auto& [name, tensor] : read->tensors) {
    hod::fuzz::Expect(hod::models::NumBytes(tensor.dtype, tensor.shape) ==
                          static_cast<int64_t>(tensor.data.size()),
                      "as many bytes as the shape says");
  }
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using models::Dtype;
  models::SafeTensors file;
  file.tensors["weights"] = {Dtype::kF32, {2, 3}, std::string(24, '\1')};
  file.tensors["scalar"] = {Dtype::kI64, {}, std::string(8, '\2')};
  file.tensors["halves"] = {Dtype::kF4, {2, 3}, std::string(3, '\3')};
  file.tensors["empty"] = {Dtype::kBF16, {4, 0}, ""};
  file.metadata = {{"format", "x"}, {"run", "{}"}};
  return {Written([&](const std::string& path) { return models::WriteSafeTensors(path, file); })};
}
