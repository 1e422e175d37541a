# What is installed, and the ways in which a user gets curfew.
set(work "${PROJECT_BINARY_DIR}/package")
set(stage "${work}/prefix")
set(checks "${CMAKE_CURRENT_SOURCE_DIR}/checks")
set(components)
foreach(component IN ITEMS spdlog testing)
  if(TARGET curfew_${component})
    list(APPEND components ${component})
  endif()
endforeach()
string(JOIN "," with_all ${components})
# They compile by themselves, with every processor there is.
include(ProcessorCount)
ProcessorCount(processors)

function(package_test name)
  add_test(NAME package/${name} COMMAND ${ARGN})
  set_tests_properties(package/${name} PROPERTIES LABELS package TIMEOUT 1200 PROCESSORS ${processors})
endfunction()

# Installed into one folder, then moved to another: an absolute path in the package breaks here.
package_test(install "${CMAKE_COMMAND}" "-DBUILD=${PROJECT_BINARY_DIR}" "-DSOURCE=${PROJECT_SOURCE_DIR}"
             -DCONFIG=$<CONFIG> "-DSTAGE=${stage}" -P "${checks}/install-and-move.cmake")
set_tests_properties(package/install PROPERTIES FIXTURES_SETUP prefix)

# Quick to compile: what is optimised is no question of packaging.
set(quick -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0)
set(here "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}" "-DBoost_DIR=${Boost_DIR}")

# consumer_test(<way> <folder> <arguments of CMake>)
function(consumer_test way folder)
  package_test(
    ${way} "${CMAKE_COMMAND}" -E env --unset=CMAKE_PREFIX_PATH
    "${CMAKE_COMMAND}" "-DBUILD=${work}/${folder}" "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer"
    "-DGENERATOR=${CMAKE_GENERATOR}" -DCONFIG=Debug -DKEEP=${KEEP} -P "${checks}/run-consumer.cmake" --
    -DHOW=${way} ${quick} ${here} "-DBUILD_SHARED_LIBS=${BUILD_SHARED_LIBS}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}" ${ARGN})
endfunction()
consumer_test(find_package find_package "-Dcurfew_ROOT=${stage}" "-DWITH=${with_all}")
find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
  consumer_test(pkg-config pkg-config "-DPC_DIR=${stage}/${CMAKE_INSTALL_LIBDIR}/pkgconfig"
                "-DPKG_CONFIG_EXECUTABLE=${PKG_CONFIG}" "-DWITH=${with_all}")
  set_tests_properties(package/pkg-config PROPERTIES FIXTURES_REQUIRED prefix)
endif()
package_test(no-build-system "${CMAKE_COMMAND}" "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DFLAGS=${CMAKE_CXX_FLAGS}"
             "-DPREFIX=${stage}" "-DLIBRARIES=${stage}/${CMAKE_INSTALL_LIBDIR}"
             "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/consumer/main.cpp" "-DWORK=${work}/no-build-system"
             -P "${checks}/no-build-system.cmake")
package_test(no-component "${CMAKE_COMMAND}" "-DSTAGE=${stage}" "-DWORK=${work}/no-component"
             -P "${checks}/no-component.cmake" -- -G "${CMAKE_GENERATOR}" ${here})
set_tests_properties(package/find_package package/no-build-system package/no-component
                     PROPERTIES FIXTURES_REQUIRED prefix)

# As a subproject curfew is compiled anew, once for both ways, and in few large pieces.
set(subproject "-DFETCHCONTENT_SOURCE_DIR_CURFEW=${PROJECT_SOURCE_DIR}" -DCMAKE_UNITY_BUILD=ON
               -DCMAKE_UNITY_BUILD_BATCH_SIZE=16)
consumer_test(fetchcontent subproject ${subproject} -DWITH=testing)
set_tests_properties(package/fetchcontent PROPERTIES FIXTURES_SETUP subproject)
set(KEEP ON)
consumer_test(add_subdirectory subproject ${subproject} -DWITH=)
set_tests_properties(package/add_subdirectory PROPERTIES FIXTURES_REQUIRED subproject)

# What parent projects may rely on.
package_test(cmake-rules Python3::Interpreter "${checks}/cmake_rules.py" "${PROJECT_SOURCE_DIR}")
package_test(cmake-rules-finds-faults Python3::Interpreter -B "${checks}/cmake_rules_test.py")

include(port-tests.cmake)
