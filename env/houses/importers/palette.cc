#include "env/houses/importers/palette.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/legacy_names.h"

namespace hod::env {
namespace {

constexpr int64_t kFirstVersionOf113 = 1451;  // 17w47a, in which blocks lost their numbers.

// The first state of each age.
struct Evidence {
  const PaletteEntry *old_name = nullptr, *new_name = nullptr, *either = nullptr;
};

Evidence EvidenceIn(const Palette& palette) {
  Evidence evidence;
  for (const std::optional<PaletteEntry>& entry : palette) {
    if (!entry) continue;
    const NameAge age = AgeOfState(entry->state);
    if (age == NameAge::kOld && evidence.old_name == nullptr) evidence.old_name = &*entry;
    if (age == NameAge::kNew && evidence.new_name == nullptr) evidence.new_name = &*entry;
    if (age == NameAge::kEither && evidence.either == nullptr) evidence.either = &*entry;
  }
  return evidence;
}

// "facing=east,half=top"
absl::StatusOr<std::string> JoinProperties(const NbtValue& properties) {
  std::string joined;
  RETURN_IF_ERROR(
      properties.ForEachField([&](absl::string_view key, const NbtValue& value) -> absl::Status {
        absl::StrAppend(&joined, joined.empty() ? "" : ",", key, "=");
        if (value.type() == NbtType::kString) {
          absl::StrAppend(&joined, value.Text().value());
          return absl::OkStatus();
        }
        ASSIGN_OR_RETURN(const int64_t number, value.Integer());
        absl::StrAppend(&joined, number);
        return absl::OkStatus();
      }));
  return joined;
}

}  // namespace

StatedVersion VersionOf(int64_t data_version) {
  return data_version < kFirstVersionOf113 ? StatedVersion::kBefore113 : StatedVersion::kSince113;
}

absl::StatusOr<StatedVersion> StatedIn(const NbtValue& compound, absl::string_view field) {
  if (!compound.Has(field)) return StatedVersion::kNone;
  ASSIGN_OR_RETURN(const NbtValue value, compound.Field(field));
  ASSIGN_OR_RETURN(const int64_t version, value.Integer());
  return VersionOf(version);
}

absl::StatusOr<Palette> ReadPalette(const NbtValue& list, const StateFields& fields) {
  Palette palette;
  RETURN_IF_ERROR(list.ForEachElement([&](const NbtValue& state) -> absl::Status {
    if (palette.size() == kMaxPalette) return state.Error(0, "more than ", kMaxPalette, " states");
    ASSIGN_OR_RETURN(const NbtValue name_field, state.Field(fields.name));
    ASSIGN_OR_RETURN(const absl::string_view name, name_field.Text());
    std::string text(name);
    if (state.Has(fields.properties)) {
      ASSIGN_OR_RETURN(const NbtValue properties, state.Field(fields.properties));
      ASSIGN_OR_RETURN(const std::string joined, JoinProperties(properties));
      if (!joined.empty()) absl::StrAppend(&text, "[", joined, "]");
    }
    palette.push_back(PaletteEntry{std::move(text), std::nullopt});
    return absl::OkStatus();
  }));
  return palette;
}

absl::Status Resolve(StatedVersion stated, Palette& palette) {
  const Evidence evidence = EvidenceIn(palette);
  const bool mixed = evidence.old_name != nullptr && evidence.new_name != nullptr;
  if (mixed && evidence.either != nullptr && stated == StatedVersion::kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat("the palette has names from before Minecraft 1.13 (", evidence.old_name->state,
                     ") and since (", evidence.new_name->state, "), so that ",
                     evidence.either->state, " may be either of two blocks"));
  }
  bool is_old = stated != StatedVersion::kSince113;
  if (!mixed && evidence.new_name != nullptr) is_old = false;
  if (!mixed && evidence.old_name != nullptr) is_old = true;
  for (std::optional<PaletteEntry>& entry : palette) {
    if (!entry) continue;
    const bool by_old_name = is_old || AgeOfState(entry->state) == NameAge::kOld;
    entry->block = by_old_name ? BlockFromLegacyState(entry->state) : BlockFromName(entry->state);
  }
  return absl::OkStatus();
}

}  // namespace hod::env
