# cmake -DPROGRAM= [-DEMULATOR=] [-DARGUMENT=] -DEXPECTED= -P compare-output.cmake
execute_process(COMMAND ${EMULATOR} "${PROGRAM}" ${ARGUMENT} OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\r\n" "\n" output "${output}")  # on Windows
file(READ "${EXPECTED}" expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "expected:\n${expected}\nbut it printed:\n${output}")
endif()
