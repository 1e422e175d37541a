# What must not compile, and the words that say why. With the compilers whose options are known.
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT MSVC)
  get_target_property(boost_includes Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
  set(compile_flags -std=c++20 "-I${PROJECT_SOURCE_DIR}/include" "-I${curfew_generated}")
  foreach(include IN LISTS boost_includes)
    # A folder that the compiler looks in anyway must not change its place in the order.
    if(include AND NOT include IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      list(APPEND compile_flags "-isystem${include}")
    endif()
  endforeach()
  # What nearly all of them include is read once.
  set(common "${CMAKE_CURRENT_BINARY_DIR}/compile_fail/common.hpp")
  file(CONFIGURE OUTPUT "${common}" CONTENT "#include <boost/asio.hpp>\n#include <curfew/curfew.hpp>\n")
  add_test(NAME compile_fail/common COMMAND "${CMAKE_CXX_COMPILER}" ${compile_flags} -x c++-header "${common}"
                                            -o "${common}.gch")
  set_tests_properties(compile_fail/common PROPERTIES LABELS source FIXTURES_SETUP compile_fail)
  file(GLOB snippets CONFIGURE_DEPENDS compile_fail/*.cpp)
  foreach(snippet IN LISTS snippets)
    cmake_path(GET snippet STEM name)
    add_test(NAME compile_fail/${name}
             COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.py"
                     "${snippet}" "${CMAKE_CXX_COMPILER}" ${compile_flags} -include "${common}")
    set_tests_properties(compile_fail/${name} PROPERTIES LABELS source TIMEOUT 300 FIXTURES_REQUIRED compile_fail)
  endforeach()
endif()
