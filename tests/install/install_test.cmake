# Installs from BUILD into FOLDER, configures and builds EXAMPLE against that, with FLAGS, and runs it.
file(REMOVE_RECURSE ${FOLDER})
set(ENV{DESTDIR})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --component hod-mcts --prefix ${FOLDER}/installed)
run(${CMAKE_COMMAND} -S ${EXAMPLE} -B ${FOLDER}/build -G Ninja
  -D CMAKE_PREFIX_PATH=${FOLDER}/installed -D CMAKE_CXX_COMPILER=${COMPILER}
  -D CMAKE_CXX_FLAGS=${FLAGS} -D CMAKE_DISABLE_FIND_PACKAGE_Torch=ON)
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${FOLDER}/build/own_evaluator)
