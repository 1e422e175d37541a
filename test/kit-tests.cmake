# What a test program that hangs does: a program of its own, since it is ended.
add_executable(curfew_hanging_test testing/hangs.cpp)
target_link_libraries(curfew_hanging_test PRIVATE curfew::testing)
set_target_properties(curfew_hanging_test PROPERTIES CXX_EXTENSIONS OFF)
curfew_warnings(curfew_hanging_test)
add_test(NAME testing/real_clock_hang COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/checks/hangs.py"
                                              $<TARGET_FILE:curfew_hanging_test>)
set_tests_properties(testing/real_clock_hang PROPERTIES TIMEOUT 120)
