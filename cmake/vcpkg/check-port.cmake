# Runs a portfile of curfew where there is no vcpkg. The helpers that it calls are small
# stand-ins that do the same work: they configure, build and install a debug and a release
# tree. The package that comes out is held to the rules of vcpkg's post-build checks, moved,
# and used. That vcpkg itself accepts the port is shown by check-vcpkg.sh, where there is one.
#   cmake -DWORK=<folder> [-DROOT=<checkout>] [-DPORT_DIR=<port>] [-DLINKAGE=static|dynamic]
#         [-DFEATURES=spdlog;testing] [-DCACHE=<file for cmake -C>] [-DKEEP=ON] [-DUSER=OFF] [-DCOMPILE=OFF]
#         -P check-port.cmake
# KEEP leaves what an earlier run in WORK has compiled. Without a USER the package stays where it is;
# without COMPILE its user is configured only.
cmake_minimum_required(VERSION 3.25)
set(PORT curfew)
if(NOT ROOT)
  get_filename_component(ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
endif()
if(NOT LINKAGE)
  set(LINKAGE static)
endif()
set(cache)
if(CACHE)
  set(cache -C "${CACHE}")
endif()
if(NOT DEFINED COMPILE)
  set(COMPILE ON)
endif()
set(checks "${CMAKE_CURRENT_LIST_DIR}/check-port")

function(fault text)
  set_property(GLOBAL APPEND PROPERTY faults "${text}")
  message(NOTICE "FAULT: ${text}")
endfunction()
# What comes later makes no sense after a fault.
macro(stop_at_faults)
  get_property(faults GLOBAL PROPERTY faults)
  if(faults)
    message(FATAL_ERROR "port ${PORT}: not fit to ship")
  endif()
endmacro()

# As vcpkg does, the sources are copied to a folder of the build, with their times.
if(KEEP)
  file(REMOVE "${WORK}/build/Debug/CMakeCache.txt" "${WORK}/build/Release/CMakeCache.txt")
else()
  file(REMOVE_RECURSE "${WORK}")
endif()
file(REMOVE_RECURSE "${WORK}/sources" "${WORK}/packages" "${WORK}/installed")
file(COPY "${ROOT}/CMakeLists.txt" "${ROOT}/LICENSE" "${ROOT}/cmake" "${ROOT}/include" "${ROOT}/src"
     DESTINATION "${WORK}/sources")
set(sources "${WORK}/sources")
if(PORT_DIR)
  set(CURRENT_PORT_DIR "${PORT_DIR}")
else()
  set(CURRENT_PORT_DIR "${sources}/cmake/vcpkg/ports/${PORT}")
endif()
set(CURRENT_PACKAGES_DIR "${WORK}/packages")
set(CURRENT_BUILDTREES_DIR "${WORK}/build")
set(TARGET_TRIPLET check)
set(VCPKG_TARGET_IS_LINUX ON)
set(VCPKG_LIBRARY_LINKAGE "${LINKAGE}")
set(VCPKG_CRT_LINKAGE dynamic)

include("${checks}/manifest.cmake")
include("${checks}/helpers.cmake")
stop_at_faults()
include("${CURRENT_PORT_DIR}/portfile.cmake")
stop_at_faults()
include("${checks}/package.cmake")
stop_at_faults()
if(NOT DEFINED USER OR USER)
  include("${checks}/user.cmake")
  stop_at_faults()
endif()
list(JOIN FEATURES "," features)
message(STATUS "port ${PORT}[${features}] ${VERSION}, ${LINKAGE}: the stand-in checks pass; vcpkg itself was not run")
