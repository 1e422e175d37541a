# Tests of curfew::spdlog, where it is built.
if(NOT TARGET curfew_spdlog)
  return()
endif()
add_executable(curfew_spdlog_tests main.cpp application/spdlog_test.cpp)
target_include_directories(curfew_spdlog_tests PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(curfew_spdlog_tests PRIVATE curfew::testing curfew::spdlog)
if(TARGET Boost::unit_test_framework)
  target_link_libraries(curfew_spdlog_tests PRIVATE Boost::unit_test_framework)
else()
  target_compile_definitions(curfew_spdlog_tests PRIVATE CURFEW_TEST_HEADER_ONLY=1)
endif()
set_target_properties(curfew_spdlog_tests PROPERTIES CXX_EXTENSIONS OFF)
curfew_warnings(curfew_spdlog_tests)
add_test(NAME application/spdlog COMMAND curfew_spdlog_tests --run_test=spdlog)
set_tests_properties(application/spdlog PROPERTIES TIMEOUT 120)
add_test(NAME spdlog-suites
         COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/checks/suites.py"
                 $<TARGET_FILE:curfew_spdlog_tests> spdlog)
