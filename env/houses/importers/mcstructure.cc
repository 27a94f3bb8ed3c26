#include "env/houses/importers/mcstructure.h"

#include <cstdint>
#include <optional>

#include "env/base/status.h"
#include "env/houses/importers/bedrock_names.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/nbt_structure.h"
#include "env/houses/importers/palette.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr int kVersion = 1;  // The format has no other.
constexpr int kMaxLayers = 2;

// The cell at a place in the order of the indices.
Cell CellAt(const WorldSize& size, int i) {
  return {i / (size.d * size.h), i / size.d % size.h, i % size.d};
}

// Older entries of a palette have a data value in place of states. Some programs write a 0 beside
// the states, which says nothing.
absl::Status ApplyData(const NbtValue& entry, std::string& state) {
  if (!entry.Has("val")) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NbtValue field, entry.Field("val"));
  ASSIGN_OR_RETURN(const int64_t data, field.Integer());
  if (!ParseState(state).properties.empty()) {
    if (data == 0) return absl::OkStatus();
    return field.Error(0, "val is ", data, " beside the states of ", state, ", expected 0");
  }
  const std::optional<std::string> translated = BedrockStateOf(state, data);
  if (!translated) return field.Error(0, "val is ", data, ", which ", state, " does not have");
  state = *translated;
  return absl::OkStatus();
}

absl::StatusOr<Palette> ReadBedrockPalette(const NbtValue& structure) {
  ASSIGN_OR_RETURN(const NbtValue palettes, structure.Field("palette"));
  ASSIGN_OR_RETURN(const NbtValue only, palettes.Field("default"));
  ASSIGN_OR_RETURN(const NbtValue list, only.Field("block_palette"));
  ASSIGN_OR_RETURN(Palette palette, ReadPalette(list, {"name", "states"}));
  auto entry = palette.begin();
  RETURN_IF_ERROR(list.ForEachElement([&](const NbtValue& element) -> absl::Status {
    RETURN_IF_ERROR(ApplyData(element, (*entry)->state));
    (*entry)->block = BlockFromBedrockState((*entry)->state);
    ++entry;
    return absl::OkStatus();
  }));
  return palette;
}

// Puts the blocks of a layer where there are none yet.
absl::Status AddLayer(const std::string& path, const NbtValue& layer, const Palette& palette,
                      House& house) {
  int i = 0;
  const int volume = house.size.Volume();
  RETURN_IF_ERROR(layer.ForEachElement([&](const NbtValue& value) -> absl::Status {
    if (i == volume) return value.Error(0, "more than ", volume, " block_indices");
    ASSIGN_OR_RETURN(const int64_t index, value.Integer());
    const Cell c = CellAt(house.size, i++);
    if (index == -1) return absl::OkStatus();
    if (index < 0 || index >= static_cast<int64_t>(palette.size())) {
      return value.Error(0, "palette index ", index, ", which the palette does not have");
    }
    const PaletteEntry& entry = *palette[index];
    if (!entry.block) return UnknownBlock(path, entry.state, c);
    if (house.At(c) == kAir) house.Set(c, *entry.block);
    return absl::OkStatus();
  }));
  if (i < volume) return layer.Error(0, i, " block_indices, expected ", volume);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<House> ReadMcstructure(const std::string& path) {
  ASSIGN_OR_RETURN(const NbtDocument document, NbtDocument::Read(path, NbtOrder::kLittleEndian));
  const NbtValue root = document.root();
  ASSIGN_OR_RETURN(const NbtValue version_field, root.Field("format_version"));
  ASSIGN_OR_RETURN(const int64_t version, version_field.Integer());
  if (version != kVersion) {
    return version_field.Error(0, "format_version ", version, ", expected ", kVersion);
  }
  ASSIGN_OR_RETURN(const NbtValue size_field, root.Field("size"));
  ASSIGN_OR_RETURN(const WorldSize size, SizeFromList(size_field));
  ASSIGN_OR_RETURN(const NbtValue structure, root.Field("structure"));
  ASSIGN_OR_RETURN(const Palette palette, ReadBedrockPalette(structure));
  ASSIGN_OR_RETURN(const NbtValue layers, structure.Field("block_indices"));
  House house = AirHouse(size);
  int num_layers = 0;
  RETURN_IF_ERROR(layers.ForEachElement([&](const NbtValue& layer) -> absl::Status {
    if (++num_layers > kMaxLayers) return layer.Error(0, "more than ", kMaxLayers, " layers");
    return AddLayer(path, layer, palette, house);
  }));
  if (num_layers == 0) return layers.Error(0, "block_indices is empty");
  FillAuto(house);
  return house;
}

}  // namespace hod::env
