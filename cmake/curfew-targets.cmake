# What curfew's own targets have in common.

function(curfew_library_properties target)
  set_target_properties(
    ${target}
    PROPERTIES CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               VERSION "${PROJECT_VERSION}"
               # Before 1.0 a minor version may break the ABI.
               SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}"
               VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  # A shared component finds curfew beside it, wherever the package is moved.
  if(NOT DEFINED CMAKE_INSTALL_RPATH)
    if(APPLE)
      set_property(TARGET ${target} PROPERTY INSTALL_RPATH "@loader_path")
    else()
      set_property(TARGET ${target} PROPERTY INSTALL_RPATH "$ORIGIN")
    endif()
  endif()
endfunction()

# Private, and for curfew's developers only: no user ever sees them.
function(curfew_warnings target)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(
      ${target}
      PRIVATE $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Woverloaded-virtual;-Wold-style-cast>
              $<$<CXX_COMPILER_ID:MSVC>:/W4;/permissive->
              # g++ 12 takes any "text" + std::string for an overlapping copy where it optimises most.
              $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
    set_property(TARGET ${target} PROPERTY COMPILE_WARNING_AS_ERROR ${CURFEW_WARNINGS_AS_ERRORS})
  endif()
endfunction()
