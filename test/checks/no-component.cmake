# cmake -DSTAGE=<prefix> -DWORK= -P no-component.cmake -- <configure arguments>
# What a user is told who asks for a component that his curfew was built without, or that there is not.
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

file(REMOVE_RECURSE "${WORK}")
file(COPY "${STAGE}/" DESTINATION "${WORK}/prefix")
file(GLOB_RECURSE components "${WORK}/prefix/curfew-*Targets*.cmake")
file(REMOVE ${components})
file(WRITE "${WORK}/project/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.25)
project(asking LANGUAGES CXX)
separate_arguments(COMPONENTS)
find_package(curfew ${VERSION} CONFIG ${HOW} ${COMPONENTS})
if(WANTED AND NOT curfew_FOUND)
  message(FATAL_ERROR "curfew was not found: ${curfew_NOT_FOUND_MESSAGE}")
endif()
]])

# ask(<what is said, or empty for success> <cmake arguments>)
function(ask said)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${WORK}/project" -B "${WORK}/build" "-Dcurfew_ROOT=${WORK}/prefix" ${arguments} ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(said STREQUAL "")
    if(NOT result EQUAL 0)
      message(SEND_ERROR "${ARGN}: ${output}")
    endif()
  elseif(result EQUAL 0 OR NOT output MATCHES "${said}")
    message(SEND_ERROR "${ARGN}: this was to be said: ${said}\nbut it was: ${output}")
  endif()
endfunction()
ask("" -DVERSION=0.1 -DHOW=REQUIRED -DCOMPONENTS=)
ask("curfew was built without spdlog; build it with -DCURFEW_SPDLOG=ON" -DVERSION=0.1 -DHOW=REQUIRED
    "-DCOMPONENTS=COMPONENTS spdlog")
ask("curfew was built without testing; build it with -DCURFEW_TESTING=ON" -DVERSION=0.1 -DHOW=QUIET
    "-DCOMPONENTS=COMPONENTS testing" -DWANTED=ON)
ask("curfew has no component tester; its components are spdlog and testing" -DVERSION=0.1 -DHOW=REQUIRED
    "-DCOMPONENTS=COMPONENTS tester")
ask("" -DVERSION=0.1 -DHOW=REQUIRED "-DCOMPONENTS=OPTIONAL_COMPONENTS spdlog testing tester")
# Before 1.0 each minor version is another library.
ask("compatible with requested version \"0.2\"" -DVERSION=0.2 -DHOW=REQUIRED -DCOMPONENTS=)
ask("compatible with requested version \"1.0\"" -DVERSION=1.0 -DHOW=REQUIRED -DCOMPONENTS=)
