# What a machine can say about the source files themselves.
function(source_test name)
  add_test(NAME source/${name} COMMAND ${ARGN})
  set_tests_properties(source/${name} PROPERTIES LABELS source)
endfunction()

set(checks "${CMAKE_CURRENT_SOURCE_DIR}/checks")
source_test(layers Python3::Interpreter "${checks}/layers.py" "${PROJECT_SOURCE_DIR}")
source_test(layers-finds-faults Python3::Interpreter -B "${checks}/layers_test.py")
source_test(snippets Python3::Interpreter "${checks}/snippets.py" "${PROJECT_SOURCE_DIR}")
source_test(snippets-finds-faults Python3::Interpreter -B "${checks}/snippets_test.py")
source_test(conformance-finds-faults Python3::Interpreter -B "${checks}/conformance_test.py")
source_test(sizes Python3::Interpreter "${checks}/sizes.py" "${PROJECT_SOURCE_DIR}")
source_test(file-lists "${CMAKE_COMMAND}" "-DROOT=${PROJECT_SOURCE_DIR}" -P "${checks}/file-lists.cmake")

# Each header compiles on its own. Alone, because it builds in this very folder.
set(header_sets curfew_verify_interface_header_sets curfew_testing_verify_interface_header_sets)
if(TARGET curfew_spdlog)
  list(APPEND header_sets curfew_spdlog_verify_interface_header_sets)
endif()
source_test(headers "${CMAKE_COMMAND}" --build "${PROJECT_BINARY_DIR}" --config $<CONFIG> --target
            ${header_sets})
set_tests_properties(source/headers PROPERTIES RUN_SERIAL TRUE)

# The table of the conformance suite says what the program does.
add_test(NAME conformance/table COMMAND Python3::Interpreter "${checks}/conformance.py" --check
                                        "${PROJECT_SOURCE_DIR}" $<TARGET_FILE:curfew_tests>)
set_tests_properties(conformance/table PROPERTIES LABELS conformance TIMEOUT 300)
