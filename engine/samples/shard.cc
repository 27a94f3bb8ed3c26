#include "engine/samples/shard.h"

#include <unistd.h>
#include <xxhash.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/bytes.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/zstd.h"
#include "env/traces/config_json.h"

namespace hod::engine {
namespace {

constexpr char kMagic[] = "HODSHARD";
constexpr uint32_t kVersion = 1;
constexpr uint32_t kMaxHeaderBytes = 1 << 20;
// Limits one fragment, before compression. A fragment of 64 steps has 10 to 30 KB.
constexpr size_t kMaxFragmentBytes = 64 << 20;
constexpr size_t kMaxShardBytes = size_t{1} << 30;
constexpr int kCompressionLevel = 3;

uint64_t Checksum(absl::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

// The header's JSON, having checked magic, version and checksum.
absl::string_view ReadHeader(absl::string_view bytes, ByteReader& in) {
  if (in.Bytes(sizeof(kMagic) - 1, "magic") != kMagic) in.Fail(0, "not a shard: no ", kMagic);
  size_t begin = in.offset();
  if (const auto version = in.Fixed<uint32_t>("version"); version != kVersion) {
    in.Fail(begin, "version is ", version, ", expected ", kVersion);
  }
  begin = in.offset();
  const auto length = in.Fixed<uint32_t>("header length");
  if (length > kMaxHeaderBytes) {
    in.Fail(begin, "header length is ", length, ", expected at most ", kMaxHeaderBytes);
  }
  const absl::string_view json = in.Bytes(length, "header");
  begin = in.offset();
  const auto checksum = in.Fixed<uint64_t>("header checksum");
  if (in.ok() && checksum != Checksum(bytes.substr(0, begin))) {
    in.Fail(begin, "header checksum differs");
  }
  return json;
}

void ParseHeader(absl::string_view text, size_t offset, ByteReader& in, Shard& shard) {
  absl::StatusOr<nlohmann::json> header = ParseJson(text);
  if (!header.ok()) return in.Fail(offset, "header: ", header.status().message());
  if (!header->is_object() || header->size() != 2 || !header->contains("game") ||
      !header->contains("metadata")) {
    return in.Fail(offset, "header is not a JSON object of \"game\" and \"metadata\"");
  }
  absl::StatusOr<env::GameConfig> config = env::GameConfigFromJson((*header)["game"]);
  if (!config.ok()) return in.Fail(offset, "header: ", config.status().message());
  shard.config = *std::move(config);
  shard.metadata = std::move((*header)["metadata"]);
}

// Reads the record whose length was read from `begin`, and appends its fragment.
void ReadRecord(uint32_t length, size_t begin, ByteReader& in, Shard& shard) {
  const auto checksum = in.Fixed<uint64_t>("record checksum");
  const absl::string_view frame = in.Bytes(length, "record");
  if (!in.ok()) return;
  if (checksum != Checksum(frame)) return in.Fail(begin, "record checksum differs");
  const absl::StatusOr<std::string> bytes = ZstdDecompress(frame, kMaxFragmentBytes);
  if (!bytes.ok()) return in.Fail(begin, "record ", bytes.status().message());
  absl::StatusOr<Fragment> fragment = ParseFragment(shard.config, *bytes);
  if (!fragment.ok()) return in.Fail(begin, "fragment: ", fragment.status().message());
  shard.fragments.push_back(*std::move(fragment));
}

void ReadEnd(absl::string_view bytes, size_t begin, ByteReader& in, const Shard& shard) {
  const auto count = in.Fixed<uint64_t>("number of fragments");
  const size_t end = in.offset();
  const auto checksum = in.Fixed<uint64_t>("end checksum");
  if (!in.ok()) return;
  if (checksum != Checksum(bytes.substr(begin, end - begin))) {
    return in.Fail(begin, "end checksum differs");
  }
  if (count != shard.fragments.size()) {
    return in.Fail(begin, "number of fragments is ", count, ", but there are ",
                   shard.fragments.size());
  }
  if (in.remaining() > 0) in.Fail(in.offset(), in.remaining(), " bytes after the end");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ShardWriter>> ShardWriter::Create(const std::string& path,
                                                                 const env::GameConfig& config,
                                                                 const nlohmann::json& metadata) {
  const std::string json =
      DumpJson(nlohmann::json{{"game", env::ToJson(config)}, {"metadata", metadata}});
  if (json.size() > kMaxHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the header would have ", json.size(),
                                                   " bytes, the limit is ", kMaxHeaderBytes));
  }
  for (const std::string& name : {path, absl::StrCat(path, kTemporarySuffix)}) {
    if (access(name.c_str(), F_OK) == 0) {
      return absl::AlreadyExistsError(absl::StrCat(name, ": exists already"));
    }
  }
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  ByteWriter out;
  out.Bytes(kMagic);
  out.Fixed(kVersion);
  out.Fixed(static_cast<uint32_t>(json.size()));
  out.Bytes(json);
  out.Fixed(Checksum(out.bytes()));
  RETURN_IF_ERROR(file.Write(out.bytes()));
  return std::unique_ptr<ShardWriter>(new ShardWriter(std::move(file), config));
}

absl::Status ShardWriter::Append(const Fragment& fragment) {
  if (!file_) return Closed();
  absl::Status status = Write(fragment);
  if (!status.ok()) file_.reset();
  return status;
}

absl::Status ShardWriter::Finish() {
  if (!file_) return Closed();
  AtomicFile file = *std::move(file_);
  file_.reset();
  ByteWriter out;
  out.Fixed(uint32_t{0});
  out.Fixed(static_cast<uint64_t>(num_fragments_));
  out.Fixed(Checksum(out.bytes()));
  RETURN_IF_ERROR(file.Write(out.bytes()));
  return file.Commit();
}

absl::Status ShardWriter::Write(const Fragment& fragment) {
  ASSIGN_OR_RETURN(const std::string bytes, SerializeFragment(config_, fragment));
  if (bytes.size() > kMaxFragmentBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("fragment has ", bytes.size(), " bytes, the limit is ", kMaxFragmentBytes));
  }
  absl::StatusOr<std::string> frame = ZstdCompress(bytes, kCompressionLevel);
  if (!frame.ok()) return Annotate(frame.status(), "fragment");
  ByteWriter out;
  out.Fixed(static_cast<uint32_t>(frame->size()));
  out.Fixed(Checksum(*frame));
  out.Bytes(*frame);
  RETURN_IF_ERROR(file_->Write(out.bytes()));
  ++num_fragments_;
  return absl::OkStatus();
}

absl::Status ShardWriter::Closed() const {
  return absl::FailedPreconditionError(absl::StrCat(path_, ": already closed"));
}

int64_t Shard::num_timesteps() const {
  int64_t count = 0;
  for (const Fragment& fragment : fragments) count += static_cast<int64_t>(fragment.steps.size());
  return count;
}

absl::StatusOr<Shard> ReadShard(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kMaxShardBytes));
  return ParseShard(file, path);
}

absl::StatusOr<Shard> ParseShard(absl::string_view bytes, const std::string& path) {
  Shard shard;
  shard.path = path;
  ByteReader in(bytes);
  const absl::string_view header = ReadHeader(bytes, in);
  if (in.ok()) ParseHeader(header, header.data() - bytes.data(), in, shard);
  while (in.ok()) {
    const size_t begin = in.offset();
    const auto length = in.Fixed<uint32_t>("record length");
    if (!in.ok()) break;
    if (length == 0) {
      ReadEnd(bytes, begin, in, shard);
      break;
    }
    ReadRecord(length, begin, in, shard);
  }
  if (!in.ok()) {
    return absl::DataLossError(absl::StrCat(path, ": ", in.status().message()));
  }
  return shard;
}

}  // namespace hod::engine
