#include "engine/samples/shard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "env/base/bytes.h"
#include "env/base/status.h"
#include "env/traces/config_json.h"

namespace hod::engine {
namespace {

constexpr char kMagic[] = "HODSHARD";
constexpr uint32_t kVersion = 1;
constexpr uint32_t kMaxHeaderBytes = 1 << 20;
// Of one fragment, before compression. A fragment of 64 steps has 10 to 30 KB.
constexpr size_t kMaxFragmentBytes = 64 << 20;
constexpr uint64_t kMaxShardBytes = uint64_t{1} << 30;
constexpr int kCompressionLevel = 3;

uint64_t Checksum(absl::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

absl::Status FileError(const std::string& path, const char* what) {
  const int error = errno;
  return absl::ErrnoToStatus(error, absl::StrCat(path, ": cannot ", what));
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string directory = (std::filesystem::path(path).parent_path() / ".").string();
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileError(directory, "open");
  const absl::Cleanup closer = [fd] { close(fd); };
  return fsync(fd) == 0 ? absl::OkStatus() : FileError(directory, "sync");
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat(path, ": cannot read"));
  if (size > kMaxShardBytes) {
    return absl::DataLossError(
        absl::StrCat(path, ": has ", size, " bytes, expected at most ", kMaxShardBytes));
  }
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) {
    return absl::DataLossError(absl::StrCat(path, ": cannot read its ", size, " bytes"));
  }
  return bytes;
}

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
  nlohmann::json header = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!header.is_object() || header.size() != 2 || !header.contains("game") ||
      !header.contains("metadata")) {
    in.Fail(offset, "header is not a JSON object of \"game\" and \"metadata\"");
    return;
  }
  absl::StatusOr<env::GameConfig> config = env::GameConfigFromJson(header["game"]);
  if (!config.ok()) {
    in.Fail(offset, "header: ", config.status().message());
    return;
  }
  shard.config = *std::move(config);
  shard.metadata = std::move(header["metadata"]);
}

// Reads the record whose length was read from `begin`, and appends its fragment.
void ReadRecord(uint32_t length, size_t begin, ByteReader& in, Shard& shard) {
  const auto checksum = in.Fixed<uint64_t>("record checksum");
  const absl::string_view frame = in.Bytes(length, "record");
  if (!in.ok()) return;
  if (checksum != Checksum(frame)) return in.Fail(begin, "record checksum differs");
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > kMaxFragmentBytes) {  // Also true of the codes for "unknown" and "no frame".
    return in.Fail(begin, "record is not a zstd frame of at most ", kMaxFragmentBytes, " bytes");
  }
  std::string bytes(size, '\0');
  const size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) {
    return in.Fail(begin, "record does not decompress to ", size, " bytes");
  }
  absl::StatusOr<Fragment> fragment = ParseFragment(shard.config, bytes);
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

ShardWriter::ShardWriter(std::string path, env::GameConfig config)
    : path_(std::move(path)),
      temporary_(absl::StrCat(path_, kTemporarySuffix)),
      config_(std::move(config)) {}

ShardWriter::~ShardWriter() {
  if (file_ >= 0) Abandon(absl::OkStatus()).IgnoreError();
}

absl::StatusOr<std::unique_ptr<ShardWriter>> ShardWriter::Create(const std::string& path,
                                                                 const env::GameConfig& config,
                                                                 const nlohmann::json& metadata) {
  const nlohmann::json header = {{"game", env::ToJson(config)}, {"metadata", metadata}};
  const std::string json = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (json.size() > kMaxHeaderBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the header would have ", json.size(),
                                                   " bytes, the limit is ", kMaxHeaderBytes));
  }
  if (access(path.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": exists already"));
  }
  std::unique_ptr<ShardWriter> writer(new ShardWriter(path, config));
  writer->file_ = open(writer->temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (writer->file_ < 0) return FileError(writer->temporary_, "create");
  ByteWriter out;
  out.Bytes(kMagic);
  out.Fixed(kVersion);
  out.Fixed(static_cast<uint32_t>(json.size()));
  out.Bytes(json);
  out.Fixed(Checksum(out.bytes()));
  RETURN_IF_ERROR(writer->Write(out.bytes()));
  return writer;
}

absl::Status ShardWriter::Append(const Fragment& fragment) {
  absl::StatusOr<std::string> bytes = SerializeFragment(config_, fragment);
  if (!bytes.ok()) return Abandon(bytes.status());
  if (bytes->size() > kMaxFragmentBytes) {
    return Abandon(absl::InvalidArgumentError(
        absl::StrCat("fragment has ", bytes->size(), " bytes, the limit is ", kMaxFragmentBytes)));
  }
  std::string frame(ZSTD_compressBound(bytes->size()), '\0');
  const size_t length =
      ZSTD_compress(frame.data(), frame.size(), bytes->data(), bytes->size(), kCompressionLevel);
  if (ZSTD_isError(length)) {
    return Abandon(absl::InternalError(absl::StrCat("zstd: ", ZSTD_getErrorName(length))));
  }
  frame.resize(length);
  ByteWriter out;
  out.Fixed(static_cast<uint32_t>(length));
  out.Fixed(Checksum(frame));
  out.Bytes(frame);
  RETURN_IF_ERROR(Write(out.bytes()));
  ++num_fragments_;
  return absl::OkStatus();
}

absl::Status ShardWriter::Finish() {
  ByteWriter out;
  out.Fixed(uint32_t{0});
  out.Fixed(static_cast<uint64_t>(num_fragments_));
  out.Fixed(Checksum(out.bytes()));
  RETURN_IF_ERROR(Write(out.bytes()));
  if (fsync(file_) != 0) return Abandon(FileError(temporary_, "sync"));
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return Abandon(FileError(path_, "rename to"));
  close(std::exchange(file_, -1));
  return SyncDirectoryOf(path_);
}

absl::Status ShardWriter::Write(const std::string& bytes) {
  if (file_ < 0) return absl::FailedPreconditionError(absl::StrCat(path_, ": already closed"));
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = write(file_, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Abandon(FileError(temporary_, "write"));
    written += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

absl::Status ShardWriter::Abandon(absl::Status why) {
  if (file_ < 0) return absl::FailedPreconditionError(absl::StrCat(path_, ": already closed"));
  close(std::exchange(file_, -1));
  unlink(temporary_.c_str());
  return why;
}

int64_t Shard::num_timesteps() const {
  int64_t count = 0;
  for (const Fragment& fragment : fragments) count += static_cast<int64_t>(fragment.steps.size());
  return count;
}

absl::StatusOr<Shard> ReadShard(const std::string& path) {
  ASSIGN_OR_RETURN(std::string file, ReadFile(path));
  const absl::string_view bytes = file;
  Shard shard;
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
