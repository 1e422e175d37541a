# Tests that count allocations, or let them fail, and one that counts exceptions.
add_executable(curfew_allocation_tests main.cpp ${allocation_sources})
target_include_directories(curfew_allocation_tests PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(curfew_allocation_tests PRIVATE curfew::testing ${CMAKE_DL_LIBS})
if(TARGET Boost::unit_test_framework)
  target_link_libraries(curfew_allocation_tests PRIVATE Boost::unit_test_framework)
else()
  target_compile_definitions(curfew_allocation_tests PRIVATE CURFEW_TEST_HEADER_ONLY=1)
endif()
set_target_properties(curfew_allocation_tests PROPERTIES CXX_EXTENSIONS OFF)
curfew_warnings(curfew_allocation_tests)

set(allocation_suites)
foreach(source IN LISTS allocation_sources)
  cmake_path(GET source STEM suite)
  string(REGEX REPLACE "_test$" "" suite "${suite}")
  list(APPEND allocation_suites "${suite}")
  add_test(NAME mechanisms/${suite} COMMAND curfew_allocation_tests --run_test=${suite})
  set_tests_properties(mechanisms/${suite} PROPERTIES TIMEOUT 120)
endforeach()
add_test(NAME allocation-suites
         COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/checks/suites.py"
                 $<TARGET_FILE:curfew_allocation_tests> ${allocation_suites})
