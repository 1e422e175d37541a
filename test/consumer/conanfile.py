from pathlib import Path

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout


class ConsumerRecipe(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires(self.tested_reference_str)

    def generate(self):
        curfew = self.dependencies["curfew"]
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["HOW"] = "find_package"
        toolchain.cache_variables["WITH"] = ",".join(
            name for name in ("spdlog", "testing") if curfew.options.get_safe(f"with_{name}"))
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            for program in ("main", "kit", "logging"):
                path = Path(self.cpp.build.bindir, program)
                if path.exists():
                    self.run(str(path), env="conanrun")
