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
source_test(links-finds-faults Python3::Interpreter -B "${checks}/links_test.py")
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

# The headers as a shared library has them, compiled with the tests.
block()
  set(CURFEW_SHARED 1)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/export.hpp.in" "${PROJECT_BINARY_DIR}/shared/curfew/export.hpp" @ONLY)
endblock()
add_library(curfew_shared_headers OBJECT checks/shared_headers.cpp)
target_include_directories(curfew_shared_headers BEFORE PRIVATE "${PROJECT_BINARY_DIR}/shared")
target_link_libraries(curfew_shared_headers PRIVATE curfew::testing)
set_target_properties(curfew_shared_headers PROPERTIES CXX_EXTENSIONS OFF)
curfew_warnings(curfew_shared_headers)

# The table of the conformance suite says what the program does.
add_test(NAME conformance/table COMMAND Python3::Interpreter "${checks}/conformance.py" --check
                                        "${PROJECT_SOURCE_DIR}" $<TARGET_FILE:curfew_tests>)
set_tests_properties(conformance/table PROPERTIES LABELS conformance TIMEOUT 300)

# The site of the guide and the reference. Skipped where there is no Chromium; Doxygen's warnings are errors.
find_program(CURFEW_DOXYGEN doxygen)
mark_as_advanced(CURFEW_DOXYGEN)
if(CURFEW_DOXYGEN)
  set(site "${PROJECT_BINARY_DIR}/docs")
  add_test(NAME docs/build COMMAND Python3::Interpreter -B "${PROJECT_SOURCE_DIR}/doc/site/build.py"
                                   "${PROJECT_SOURCE_DIR}" "${site}")
  set_tests_properties(docs/build PROPERTIES LABELS docs FIXTURES_SETUP docs)
  add_test(NAME docs/links-and-pages COMMAND Python3::Interpreter -B "${checks}/links.py" "${site}")
  set_tests_properties(docs/links-and-pages PROPERTIES LABELS docs FIXTURES_REQUIRED docs SKIP_RETURN_CODE 77 TIMEOUT 300)
endif()
