# cmake -DCOMPILER= -DFLAGS= -DPREFIX= -DLIBRARIES=<folder> -DSOURCE= -DWORK= -P no-build-system.cmake
# A program with nothing but include/ and every library: no macro, no build system.
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
file(GLOB libraries "${LIBRARIES}/*.a" "${LIBRARIES}/*.so")
if(NOT libraries)
  message(FATAL_ERROR "there is no library in ${LIBRARIES}")
endif()
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
execute_process(
  COMMAND "${COMPILER}" ${flags} -std=c++20 "-I${PREFIX}/include" "${SOURCE}" -Wl,--start-group ${libraries} -Wl,--end-group
          "-Wl,-rpath,${LIBRARIES}" -pthread -o "${WORK}/program" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}/program" COMMAND_ERROR_IS_FATAL ANY)
