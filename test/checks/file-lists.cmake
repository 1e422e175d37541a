# The lists in cmake/curfew-files.cmake hold what the folders hold, no more and no less.
cmake_minimum_required(VERSION 3.25)
include("${ROOT}/cmake/curfew-files.cmake")

file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/include/*.hpp" "${ROOT}/src/*.cpp")
set(listed ${CURFEW_HEADERS} ${CURFEW_SOURCES} ${CURFEW_SPDLOG_HEADERS} ${CURFEW_SPDLOG_SOURCES}
           ${CURFEW_TESTING_HEADERS} ${CURFEW_TESTING_SOURCES})

foreach(file IN LISTS files)
  if(NOT file IN_LIST listed)
    message(SEND_ERROR "${file} is not in cmake/curfew-files.cmake")
  endif()
endforeach()
foreach(file IN LISTS listed)
  if(NOT file IN_LIST files)
    message(SEND_ERROR "cmake/curfew-files.cmake lists ${file}, which is not there")
  endif()
endforeach()
