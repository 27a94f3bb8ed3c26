// Reads the file of a study.
#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/studies/network_study.h"
#include "env/base/status.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"
#include "models/reference/initial.h"

namespace hod::engine {
namespace {

enum class Kind { kHod, kReference };

// A table [[network]].
struct NetworkTable {
  StudiedNetwork network;
  Kind kind = Kind::kHod;
  int channels = 64, blocks = 4, kernel = 5;
  models::BlockKind block = models::BlockKind::kFactorised;
};

// Makes the network's configuration of what the table says.
absl::Status Configure(const settings::Declaration& given, NetworkTable& table) {
  const auto expect_none = [&](const char* key, const char* kind) {
    if (!given.Given(key)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(key, ": not of a network of kind ", kind));
  };
  if (table.kind == Kind::kHod) {
    RETURN_IF_ERROR(expect_none("kernel", "hod"));
    table.network.config = models::NetworkConfig{
        .channels = table.channels, .blocks = table.blocks, .block = table.block};
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(expect_none("blocks", "reference"));
  RETURN_IF_ERROR(expect_none("block", "reference"));
  RETURN_IF_ERROR(expect_none("ema_decay", "reference"));
  models::ReferenceConfig config = models::PaperConfig();
  config.hidden_size = table.channels;
  for (models::ReferenceLayer& layer : config.layers) {
    if (layer.kernel > 1) layer.kernel = table.kernel;
  }
  table.network.config = config;
  return models::Validate(config);
}

void DeclareNetwork(settings::Declaration& d, NetworkTable& t) {
  d.Text("name", t.network.name, "a text", "what the network is called").required = true;
  d.Choice("kind", t.kind, {"hod", "reference"},
           "Hod's network, or the reference's convolutional one")
      .required = true;
  d.Integer("channels", t.channels, 1, models::kMaxChannels, "channels of the trunk");
  d.Integer("blocks", t.blocks, 0, models::kMaxBlocks, "residual blocks; of kind hod only");
  d.Choice("block", t.block, {"factorised", "dense"},
           "convolutions of a block: 3x1x3 and 1x3x1, or two of 3x3x3; of kind hod only");
  d.Integer("kernel", t.kernel, 1, 11, "extent of the convolutions, odd; of kind reference only");
  d.Number("ema_decay", t.network.ema_decay, 0, 1,
           "of a moving average of the parameters, which is judged in place of the newest; 0: "
           "none; of kind hod only");
  d.Number("learning_rate", t.network.learning_rate, 1e-9, 1, "of the first gradient step");
  d.Number("final_learning_rate", t.network.final_learning_rate, 0, 1,
           "of the last, to which the rate falls linearly");
  d.Check([&t](const settings::Declaration& given) { return Configure(given, t); });
}

struct StudyFile {
  NetworkStudy study;
  std::vector<NetworkTable> networks;
};

// Puts the networks into the study, and checks the whole.
absl::Status Complete(StudyFile& file) {
  NetworkStudy& study = file.study;
  if (study.warm_up >= study.data.sequence_length) {
    return absl::InvalidArgumentError("warm_up: expected less than sequence_length");
  }
  for (const NetworkTable& table : file.networks) study.networks.push_back(table.network);
  const auto named = std::count_if(study.networks.begin(), study.networks.end(),
                                   [&](const auto& n) { return n.name == study.baseline; });
  if (named != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("baseline: \"", study.baseline, "\" names no network of this study, or two"));
  }
  return absl::OkStatus();
}

settings::Declaration Declare(StudyFile& file) {
  settings::Declaration d;
  NetworkStudy& s = file.study;
  d.Text("baseline", s.baseline, "the name of a network of the study",
         "what all networks are compared with, in pairs of episodes")
      .required = true;
  d.Integer("seed", s.data.seed, 0, std::numeric_limits<int>::max(), "of all that is random");
  d.Integer("sequence_length", s.data.sequence_length, 1, 4096, "timesteps of a sequence");
  d.Integer("train_sequences", s.data.train_sequences, 1, 1000000,
            "sequences to learn from, of each source of play");
  d.Integer("test_sequences", s.data.test_sequences, 1, 1000000,
            "held-out sequences, of each source of play");
  d.Integers("held_out_participants", s.data.held_out_participants, 0,
             std::numeric_limits<int>::max(), "of recordings of people, who is held out");
  d.Number("held_out_share", s.data.held_out_share, 0, 1,
           "of other play, the share of episodes that are held out");
  d.Integer("batch_sequences", s.batch_sequences, 1, 4096, "sequences of a gradient step");
  d.Integer("epochs", s.epochs, 1, 1000, "passes over the sequences");
  d.Flag("mirror", s.mirror, "mirror and swap sequences at random");
  d.Integer("warm_up", s.warm_up, 0, 4095,
            "timesteps of held-out sequences that fill memories and are not counted");
  d.Integer("speed_batch", s.speed_batch, 1, 4096,
            "positions of an evaluation whose speed is measured");
  d.Integer("speed_rounds", s.speed_rounds, 1, 1000,
            "how often it is measured, in turns with the other networks");
  d.Tables("network", file.networks, &DeclareNetwork, "a network that is studied");
  d.Check([&file](const settings::Declaration&) { return Complete(file); });
  return d;
}

}  // namespace

absl::StatusOr<NetworkStudy> LoadNetworkStudy(const std::string& path) {
  StudyFile file;
  settings::Declaration declaration = Declare(file);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return file.study;
}

std::string DescribeNetworkStudy() {
  StudyFile defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
