# The vcpkg port, its registry, and the Conan recipe.
set(port_work "${work}/port")
if(BUILD_SHARED_LIBS)
  set(linkage dynamic)
  set(conan_linkage shared)
  set(triplet x64-linux-dynamic)
else()
  set(linkage static)
  set(conan_linkage static)
  set(triplet x64-linux)
endif()
# Few large pieces, not optimised: the check is of what is installed.
file(CONFIGURE OUTPUT "${port_work}.cmake" @ONLY CONTENT [[
set(CMAKE_CXX_COMPILER "@CMAKE_CXX_COMPILER@" CACHE FILEPATH "")
set(CMAKE_CXX_FLAGS "@CMAKE_CXX_FLAGS@" CACHE STRING "")
set(CMAKE_CXX_FLAGS_DEBUG -O0 CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O0 -DNDEBUG" CACHE STRING "")
set(CMAKE_UNITY_BUILD ON CACHE BOOL "")
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16 CACHE STRING "")
set(Boost_DIR "@Boost_DIR@" CACHE PATH "")
]])
set(check_port Python3::Interpreter -B "${checks}/port_test.py" "${PROJECT_SOURCE_DIR}" "${port_work}"
               "${linkage}" "${with_all}" "${port_work}.cmake")

# The port is checked as the registry has it.
package_test(registry Python3::Interpreter -B "${checks}/registry.py" "${PROJECT_SOURCE_DIR}" "${work}/registry")
set_tests_properties(package/registry PROPERTIES SKIP_RETURN_CODE 77)
package_test(port ${check_port} port)
set_tests_properties(package/port PROPERTIES FIXTURES_SETUP port DEPENDS package/registry)
package_test(port-finds-faults ${check_port} faults)
set_tests_properties(package/port-finds-faults PROPERTIES FIXTURES_REQUIRED port)

# With a real vcpkg, where VCPKG_ROOT names one, and a real Conan, where there is one.
package_test(vcpkg bash "${PROJECT_SOURCE_DIR}/cmake/vcpkg/check-vcpkg.sh" --system-deps ${triplet})
package_test(conan bash "${PROJECT_SOURCE_DIR}/cmake/conan/check-conan.sh" "${work}/conan"
             ${conan_linkage})
set_tests_properties(package/vcpkg package/conan PROPERTIES SKIP_RETURN_CODE 77)
