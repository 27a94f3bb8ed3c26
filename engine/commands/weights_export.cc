// hod weights export: the network of a training checkpoint, without what its training needs.
#include <memory>
#include <string>

#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

absl::Status Run(const std::string& checkpoint, const std::string& out) {
  ASSIGN_OR_RETURN(models::LoadedNetwork file, models::OpenHodNetwork(checkpoint));
  return models::SaveNetwork(
      out, {std::get<models::Network>(std::move(file.network)), std::move(file.run)});
}

}  // namespace

void AddWeightsExport(CLI::App& weights, absl::Status& result) {
  struct Options {
    std::string checkpoint, out;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = weights.add_subcommand(
      "export", "The network of a checkpoint that acts, without what its training needs");
  command->add_option("CHECKPOINT", options->checkpoint, "a checkpoint of a run")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "where the .safetensors file goes")
      ->required()
      ->check(OutputFile());
  command->callback([options, &result] { result = Run(options->checkpoint, options->out); });
}

}  // namespace hod::engine
