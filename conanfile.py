import json
from pathlib import Path

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"


class CurfewRecipe(ConanFile):
    name = "curfew"
    description = "Deadlines and structured cancellation for Boost.Asio coroutines"
    license = "BSL-1.0"
    topics = ("asio", "coroutines", "cancellation", "timeout")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "with_spdlog": [True, False], "with_testing": [True, False]}
    default_options = {"shared": False, "fPIC": True, "with_spdlog": False, "with_testing": False}
    implements = ["auto_shared_fpic"]
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/curfew*", "cmake/*.hpp.in", "include/*", "src/*"
    test_package_folder = "test/consumer"

    def set_version(self):
        port = Path(self.recipe_folder, "cmake/vcpkg/ports/curfew/vcpkg.json")
        self.version = self.version or json.loads(load(self, str(port)))["version"]

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("boost/[>=1.81]", transitive_headers=True)
        if self.options.with_spdlog:
            self.requires("spdlog/[>=1.10]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CURFEW_SPDLOG"] = "ON" if self.options.with_spdlog else "OFF"
        toolchain.cache_variables["CURFEW_TESTING"] = bool(self.options.with_testing)
        toolchain.cache_variables["CURFEW_INSTALL"] = True
        for part in ("TESTS", "EXAMPLES", "BENCHMARKS", "FUZZERS"):
            toolchain.cache_variables[f"CURFEW_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, str(Path(self.package_folder, "licenses")))
        CMake(self).install()
        # CMakeDeps and PkgConfigDeps write their own.
        rmdir(self, str(Path(self.package_folder, "lib/cmake")))
        rmdir(self, str(Path(self.package_folder, "lib/pkgconfig")))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "curfew")
        self.cpp_info.set_property("cmake_config_version_compat", "SameMinorVersion")
        self._component("curfew", "curfew", ["boost::headers"])
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.components["curfew"].system_libs = ["pthread"]
        if self.options.with_testing:
            self._component("testing", "curfew-testing", ["curfew"])
        if self.options.with_spdlog:
            self._component("spdlog", "curfew-spdlog", ["curfew", "spdlog::spdlog"])

    def _component(self, name, module, requires):
        component = self.cpp_info.components[name]
        component.set_property("cmake_target_name", f"curfew::{name}")
        component.set_property("pkg_config_name", module)
        component.libs = [module.replace("-", "_")]
        component.requires = requires
