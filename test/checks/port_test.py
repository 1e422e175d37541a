"""Checks the vcpkg port with cmake/vcpkg/check-port.cmake, or plants faults and expects it to find each.

    port_test.py <root of the project> <work folder> static|dynamic <features> <file for cmake -C> port|faults

The features are separated by commas. `faults` goes on with what `port` has compiled.
"""

import filecmp
import re
import shutil
import subprocess
import sys
from pathlib import Path

PORTFILE = "cmake/vcpkg/ports/curfew/portfile.cmake"
MANIFEST = "cmake/vcpkg/ports/curfew/vcpkg.json"
CONFIG = "cmake/curfewConfig.cmake.in"
LIGHT_HEADER = "include/curfew/stage.hpp"

# What is wrong, where, the text and what it becomes, and what is said of it.
FAULTS = [
    ("no copyright", PORTFILE, 'vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")', "", "lacks share/curfew/copyright"),
    ("no config fixup", PORTFILE, "vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/curfew)", "", "the package has lib/cmake"),
    ("debug/include", PORTFILE, 'file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")', "", "has debug/include"),
    ("no pkg-config fixup", PORTFILE, "vcpkg_fixup_pkgconfig()", "", "debug/lib/pkgconfig says -I"),
    ("an option that CMakeLists.txt does not have", PORTFILE, "-DCURFEW_INSTALL=ON", "-DCURFEW_INSTALL=ON -DCURFEW_GONE=OFF",
     "options that CMakeLists.txt does not have: CURFEW_GONE"),
    ("an option that the portfile does not switch", "CMakeLists.txt", "option(CURFEW_INSTALL", 'option(CURFEW_NEW "New" OFF)\noption(CURFEW_INSTALL',
     "does not switch CURFEW_NEW"),
    ("another version", "CMakeLists.txt", "  VERSION 0.", "  VERSION 9.", r"vcpkg.json is at 0\..*, CMakeLists.txt at 9\."),
    ("an old helper", PORTFILE, "vcpkg_cmake_install()", "vcpkg_install_cmake()", 'Unknown CMake command "vcpkg_install_cmake"'),
    ("no host dependency", MANIFEST, '"name": "vcpkg-cmake-config",\n      "host": true', '"name": "vcpkg-cmake-config"',
     "needs vcpkg-cmake-config as a host dependency"),
    ("no licence", MANIFEST, '  "license": "BSL-1.0",\n', "", "has no license"),
    ("a feature of which the portfile knows nothing", MANIFEST, '"testing": {', '"testing": {\n      "description": "A"\n    },\n    "zoo": {',
     "features that switch nothing: zoo"),
    ("spdlog for everybody", MANIFEST, '"boost-system",', '"boost-system",\n    "spdlog",', "spdlog is to be a dependency of the feature"),
    ("an absolute path", CONFIG, 'set(curfew_reasons "")', 'set(curfew_source "@PROJECT_SOURCE_DIR@")', "curfewConfig.cmake holds the absolute path"),
    ("a flag for users", "cmake/curfew-install.cmake", "include(GNUInstallDirs)",
     "include(GNUInstallDirs)\ntarget_compile_options(curfew INTERFACE $<INSTALL_INTERFACE:-Wall>)", "exports a compiler flag"),
    ("a header that is not installed", "cmake/curfew-files.cmake", "    include/curfew/stage.hpp\n", "", "includes curfew/stage.hpp, which the package lacks"),
    ("no find_dependency of Threads", CONFIG, "  find_dependency(Threads)", "  set(nothing)", "this failed: .*consumer"),
    ("no find_dependency of Boost", CONFIG, "  find_dependency(Boost 1.81 CONFIG OPTIONAL_COMPONENTS asio_core)", "  set(nothing)",
     "this failed: .*consumer"),
    ("no find_package of spdlog", CONFIG, "    find_package(spdlog CONFIG QUIET)", "    set(nothing)", "needs spdlog, which was not found"),
]


class Port:
    def __init__(self, root, work, linkage, features, cache):
        self.root, self.work, self.linkage, self.cache = root, work, linkage, cache
        self.features = features.split(",")

    def check(self, *, root=None, features=(), **options):
        """Whether check-port.cmake is content, and what it says."""
        values = {"WORK": self.work, "ROOT": root or self.root, "LINKAGE": self.linkage, "FEATURES": ";".join(features),
                  "CACHE": self.cache, **options}
        script = self.root / "cmake/vcpkg/check-port.cmake"
        done = subprocess.run(["cmake", *(f"-D{k}={v}" for k, v in values.items()), "-P", str(script)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode == 0, done.stdout


def check_port(port):
    core = port.work.with_name(port.work.name + "-core")
    right, said = port.check(USER="OFF")
    print(said)
    if not right:
        return False
    shutil.rmtree(core, ignore_errors=True)
    shutil.move(port.work / "packages", core)

    # The port of the registry, where one was written, is the overlay's but for the download.
    registry = port.work.parent / "registry/ports/curfew"
    options = {"PORT_DIR": registry} if registry.is_dir() else {}
    right, said = port.check(features=port.features, KEEP="ON", **options)
    print(said)
    if not right:
        return False
    changed = [str(path.relative_to(core)) for path in sorted(core.rglob("*")) if path.is_file()
               and not same(path, port.work / "installed" / path.relative_to(core))]
    if changed:
        print("the features change what is there without them:", *changed)
    return not changed


def same(path, other):
    return other.is_file() and filecmp.cmp(path, other, shallow=False)


def copy_of(root, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("CMakeLists.txt", "LICENSE"):
        shutil.copy2(root / name, folder)
    for name in ("cmake", "include", "src", "test/consumer"):
        shutil.copytree(root / name, folder / name)
    return folder


def plant(folder, file, old, new):
    """Returns what undoes it, with the time that the file had."""
    path = folder / file
    kept = path.with_name(path.name + ".kept")
    text = path.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"{file} has not once: {old}")
    path.rename(kept)
    path.write_text(text.replace(old, new))
    return lambda: kept.replace(path)


def finds_faults(port):
    folder = copy_of(port.root, port.work.with_name(port.work.name + "-faulty"))
    missed = 0
    for name, file, old, new, expected in FAULTS:
        undo = plant(folder, file, old, new)
        right, said = port.check(root=folder, features=port.features, KEEP="ON", COMPILE="OFF")
        undo()
        found = not right and re.search(expected, said)
        print(f"{'found' if found else 'MISSED'}: {name}", flush=True)
        if not found:
            print(said)
            missed += 1
    return finds_header(port, folder) and not missed


def finds_header(port, folder):
    """A header that does not compile by itself is found by its object in the header check."""
    build = folder / "build"
    subprocess.run(["cmake", "-S", str(folder), "-B", str(build), "-G", "Ninja", "-DCURFEW_BUILD_TESTS=OFF",
                    "-C", port.cache, "-DCMAKE_UNITY_BUILD=OFF"], check=True, stdout=subprocess.DEVNULL)
    target = "curfew_verify_interface_header_sets"
    header = LIGHT_HEADER.removeprefix("include/")

    def compiles():
        objects = f"CMakeFiles/{target}.dir/{target}/{header}.cxx.o"
        return subprocess.run(["ninja", "-C", str(build), objects], stdout=subprocess.DEVNULL).returncode == 0

    if not compiles():
        print(f"MISSED: {header} as it is compiles")
        return False
    undo = plant(folder, LIGHT_HEADER, "#include <string_view>\n", "")
    found = not compiles()
    undo()
    print(f"{'found' if found else 'MISSED'}: a header that does not compile by itself")
    return found


if __name__ == "__main__":
    project, folder, linkage, features, cache, what = sys.argv[1:]
    port = Port(Path(project), Path(folder), linkage, features, cache)
    done = check_port(port) if what == "port" else finds_faults(port)
    sys.exit(0 if done else 1)
