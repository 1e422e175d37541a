# This overlay port builds the checkout that it lies in; write-registry.py puts a download here. vcpkg does not
# see when the checkout changes: then remove curfew, or install it with --no-binarycaching.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

vcpkg_check_features(
    OUT_FEATURE_OPTIONS FEATURE_OPTIONS
    FEATURES
        spdlog CURFEW_SPDLOG
        testing CURFEW_TESTING
)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        ${FEATURE_OPTIONS}
        -DCURFEW_BUILD_BENCHMARKS=OFF
        -DCURFEW_BUILD_EXAMPLES=OFF
        -DCURFEW_BUILD_FUZZERS=OFF
        -DCURFEW_BUILD_TESTS=OFF
        -DCURFEW_INSTALL=ON
        -DCURFEW_WARNINGS_AS_ERRORS=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/curfew)
vcpkg_fixup_pkgconfig()
vcpkg_copy_pdbs()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
