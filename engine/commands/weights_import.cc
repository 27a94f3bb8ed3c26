// hod weights import: networks of the reference implementation, as Hod keeps them.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/status.h"
#include "models/reference/import.h"
#include "models/reference/weights.h"

namespace hod::engine {
namespace {

struct Options {
  std::string weights, config, out;
};

std::string Describe(const models::ReferenceConfig& config) {
  const env::WorldSize& size = config.world_size;
  return absl::StrFormat(
      "%s of %d layers, %d of them LSTMs, %d channels; %s; sees %s; %s",
      config.IsTransformer() ? "transformer" : "convolutional network", config.layers.size(),
      config.NumLstms(), config.hidden_size,
      config.IsTransformer() ? absl::StrFormat("worlds of %dx%dx%d", size.w, size.h, size.d)
                             : "worlds of any size",
      config.mask_goal ? "no goal" : "the goal",
      config.predicts_others ? "predicts others' actions" : "predicts nobody else's actions");
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const models::ReferenceWeights weights,
                   models::ImportReference(options.weights, options.config));
  RETURN_IF_ERROR(models::SaveReference(options.out, weights));
  std::printf("%s: %s\n", options.out.c_str(), Describe(weights.config).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddWeightsImport(CLI::App& weights, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      weights.add_subcommand("import", "Convert a network of the reference implementation");
  command->add_option("--weights", options->weights, "its state dictionary, .safetensors")
      ->required()
      ->check(Path());
  command->add_option("--config", options->config, "its model configuration, JSON")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "where the .safetensors file of Hod goes")
      ->required()
      ->check(OutputFile());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
