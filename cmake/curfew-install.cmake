include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(CURFEW_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/curfew"
    CACHE STRING "Where curfew's CMake package goes, relative to the prefix")
mark_as_advanced(CURFEW_INSTALL_CMAKEDIR)

# Each component has an export file of its own, which the package loads on demand.
function(curfew_install target export)
  install(
    TARGETS ${target}
    EXPORT ${export}
    RUNTIME COMPONENT curfew_Runtime
    LIBRARY COMPONENT curfew_Runtime NAMELINK_COMPONENT curfew_Development
    ARCHIVE COMPONENT curfew_Development
    FILE_SET HEADERS COMPONENT curfew_Development
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}") # CMake < 3.23 skips file sets
  install(EXPORT ${export} NAMESPACE curfew:: DESTINATION "${CURFEW_INSTALL_CMAKEDIR}"
          COMPONENT curfew_Development)
endfunction()
curfew_install(curfew curfewTargets)
if(TARGET curfew_testing)
  curfew_install(curfew_testing curfew-testingTargets)
endif()
if(TARGET curfew_spdlog)
  curfew_install(curfew_spdlog curfew-spdlogTargets)
endif()

configure_package_config_file(
  cmake/curfewConfig.cmake.in curfewConfig.cmake
  INSTALL_DESTINATION "${CURFEW_INSTALL_CMAKEDIR}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(curfewConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/curfewConfig.cmake" "${PROJECT_BINARY_DIR}/curfewConfigVersion.cmake"
  DESTINATION "${CURFEW_INSTALL_CMAKEDIR}"
  COMPONENT curfew_Development)

# The prefix is written relative to the .pc file, so that the package can be moved.
file(RELATIVE_PATH pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
cmake_path(APPEND pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
if(CURFEW_SHARED)
  set(pc_threads "")
else()
  set(pc_threads " -pthread")
endif()

# curfew_pkgconfig(<name> <library> <description> <what it requires>)
function(curfew_pkgconfig pc_name pc_library pc_description pc_requires)
  configure_file(cmake/curfew.pc.in ${pc_name}.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${pc_name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
          COMPONENT curfew_Development)
endfunction()
curfew_pkgconfig(curfew curfew "${PROJECT_DESCRIPTION}" "")
if(TARGET curfew_testing)
  curfew_pkgconfig(curfew-testing curfew_testing "Tests of code that uses curfew, in virtual time"
                   "curfew = ${PROJECT_VERSION}")
endif()
if(TARGET curfew_spdlog)
  curfew_pkgconfig(curfew-spdlog curfew_spdlog "What curfew does, as lines of an spdlog logger"
                   "curfew = ${PROJECT_VERSION} spdlog")
endif()
