# cmake -DSOURCE= -DBUILD= -DGENERATOR= -DCONFIG= [-DKEEP=ON] -P run-consumer.cmake -- <configure arguments>
# Starts from nothing, unless it is told to KEEP what is compiled: a cache of an earlier run hides faults.
set(arguments)
set(mine FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(mine)
    list(APPEND arguments "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(mine TRUE)
  endif()
endforeach()

cmake_path(GET CMAKE_COMMAND PARENT_PATH bin)
if(KEEP)
  file(REMOVE "${BUILD}/CMakeCache.txt")
else()
  file(REMOVE_RECURSE "${BUILD}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" -G "${GENERATOR}" ${arguments}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" --config "${CONFIG}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${bin}/ctest" --test-dir "${BUILD}" -C "${CONFIG}" --output-on-failure --no-tests=error
                COMMAND_ERROR_IS_FATAL ANY)
