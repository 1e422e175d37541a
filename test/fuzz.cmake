# Runs until it is stopped: `build/fuzz/fuzz_programs -max_len=400`.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "CURFEW_BUILD_FUZZERS needs clang, and not ${CMAKE_CXX_COMPILER_ID}: "
                      "see the preset \"fuzz\"")
endif()

set(model_folder "${CMAKE_CURRENT_LIST_DIR}/model")
add_executable(
  fuzz_programs
  "${model_folder}/fuzz_programs.cpp" "${model_folder}/compare.cpp"
  "${model_folder}/interpreter.cpp" "${model_folder}/model.cpp" "${model_folder}/program.cpp"
  "${model_folder}/shrink.cpp" "${model_folder}/simulation.cpp")
target_link_libraries(fuzz_programs PRIVATE curfew::testing)
target_compile_options(fuzz_programs PRIVATE -fsanitize=fuzzer)
target_link_options(fuzz_programs PRIVATE -fsanitize=fuzzer)
set_target_properties(fuzz_programs PROPERTIES CXX_EXTENSIONS OFF)
curfew_warnings(fuzz_programs)
