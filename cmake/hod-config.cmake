# find_package(hod): hod::mcts and hod::env_..., a library for each folder under env and mcts.
# find_package(hod COMPONENTS engine): also those under models and engine. What learns needs
# libhod-torch.so at run time, which programs find in hod_MODULE_FOLDER by their run path.
include(CMakeFindDependencyMacro)

macro(hod_find_with_pkg_config prefix module)
  if(NOT TARGET PkgConfig::${prefix})
    pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${module})
  endif()
endmacro()

find_dependency(absl)
find_dependency(Eigen3)
find_dependency(nlohmann_json)
find_dependency(PkgConfig)
find_dependency(TBB)
find_dependency(ZLIB)
hod_find_with_pkg_config(CAIRO cairo)
hod_find_with_pkg_config(TOMLPLUSPLUS tomlplusplus)
hod_find_with_pkg_config(XXHASH libxxhash)
hod_find_with_pkg_config(ZSTD libzstd)
include(${CMAKE_CURRENT_LIST_DIR}/hod-mcts.cmake)

if("engine" IN_LIST hod_FIND_COMPONENTS)
  find_dependency(CLI11)
  find_dependency(fmt)
  find_dependency(spdlog)
  include(${CMAKE_CURRENT_LIST_DIR}/hod-engine.cmake)
  get_filename_component(hod_MODULE_FOLDER ${CMAKE_CURRENT_LIST_DIR}/../../hod ABSOLUTE)
  set(hod_engine_FOUND TRUE)
endif()
