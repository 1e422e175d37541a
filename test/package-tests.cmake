# The ways in which a user gets curfew: each configures, builds and runs test/consumer.
set(work "${PROJECT_BINARY_DIR}/package")
set(stage "${work}/prefix")
set(checks "${CMAKE_CURRENT_SOURCE_DIR}/checks")

# Installed into one folder, then moved to another: an absolute path in the package breaks here.
add_test(NAME package/install
         COMMAND "${CMAKE_COMMAND}" "-DBUILD=${PROJECT_BINARY_DIR}" "-DSOURCE=${PROJECT_SOURCE_DIR}"
                 -DCONFIG=$<CONFIG> "-DSTAGE=${stage}" -P "${checks}/install-and-move.cmake")
set_tests_properties(package/install PROPERTIES LABELS package FIXTURES_SETUP prefix)

function(consumer_test way)
  add_test(
    NAME package/${way}
    COMMAND
      "${CMAKE_COMMAND}" -E env --unset=CMAKE_PREFIX_PATH
      "${CMAKE_COMMAND}" "-DBUILD=${work}/${way}" "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer"
      "-DGENERATOR=${CMAKE_GENERATOR}" -DCONFIG=$<CONFIG> -P "${checks}/run-consumer.cmake" --
      -DHOW=${way} ${ARGN} -DCMAKE_BUILD_TYPE=$<CONFIG> "-DBUILD_SHARED_LIBS=${BUILD_SHARED_LIBS}"
      "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}"
      "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}" "-DBoost_DIR=${Boost_DIR}")
  set_tests_properties(
    package/${way} PROPERTIES LABELS package FIXTURES_REQUIRED prefix RUN_SERIAL TRUE
                              TIMEOUT 600)
endfunction()
set(with_spdlog OFF)
if(TARGET curfew_spdlog)
  set(with_spdlog ON)
endif()
consumer_test(find_package "-Dcurfew_ROOT=${stage}" -DWITH_SPDLOG=${with_spdlog})
consumer_test(add_subdirectory "-DCURFEW_SOURCE=${PROJECT_SOURCE_DIR}")
find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
  consumer_test(pkg-config "-DPC_DIR=${stage}/${CMAKE_INSTALL_LIBDIR}/pkgconfig"
                "-DPKG_CONFIG_EXECUTABLE=${PKG_CONFIG}")
endif()
