# A toolchain for Windows from elsewhere: MinGW-w64 compiles, Wine runs what comes out where it is there.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
# On Debian the one whose threads are those of the standard library has a name of its own.
find_program(CURFEW_MINGW NAMES x86_64-w64-mingw32-g++-posix x86_64-w64-mingw32-g++ REQUIRED)
mark_as_advanced(CURFEW_MINGW)
set(CMAKE_CXX_COMPILER "${CURFEW_MINGW}")
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
# The compiler's libraries need not be found by Wine.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
find_program(CURFEW_WINE NAMES wine64 wine PATHS /usr/lib/wine)
mark_as_advanced(CURFEW_WINE)
if(CURFEW_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${CURFEW_WINE}")
endif()
