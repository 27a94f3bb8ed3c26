// The module hod._hod, which the package hod wraps.
#include "bindings/data.h"
#include "bindings/drawing.h"
#include "bindings/environments.h"
#include "bindings/evaluation.h"
#include "bindings/game.h"
#include "bindings/houses.h"
#include "bindings/models.h"
#include "bindings/players.h"
#include "bindings/search.h"
#include "bindings/settings.h"
#include "env/base/version.h"

PYBIND11_MODULE(_hod, m) {
  using namespace hod::bindings;
  m.doc() = "The engine of Hod. Import the package hod instead.";
  m.attr("__version__") = hod::kVersion;
  m.attr("git_revision") = hod::kGitRevision;
  BindConfig(m);
  BindGame(m);
  BindHouses(m);
  BindPlayers(m);
  BindEnvironments(m);
  BindModels(m);
  BindSafetensors(m);
  BindSearch(m);
  BindShards(m);
  BindEpisodes(m);
  BindDrawing(m);
  BindEvaluation(m);
}
