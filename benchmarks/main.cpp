// The rows register themselves in their own files. The context tells a report what was measured
// and where, so that a result file speaks for itself.

#include <benchmark/benchmark.h>

#include <boost/version.hpp>

#include <sys/utsname.h>

#include <fstream>
#include <string>

namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "unknown";
#endif
}

std::string optimized() {
#ifdef __OPTIMIZE__
  return "yes";
#else
  return "no";
#endif
}

std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) +
         "." + std::to_string(BOOST_VERSION % 100);
}

std::string kernel() {
  utsname name{};
  if (uname(&name) != 0) return "unknown";
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

std::string cpu() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    auto const colon = line.find(": ");
    if (line.starts_with("model name") && colon != line.npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::AddCustomContext("cpu", cpu());
  benchmark::AddCustomContext("kernel", kernel());
  benchmark::AddCustomContext("compiler", compiler());
  benchmark::AddCustomContext("boost", boost_version());
  benchmark::AddCustomContext("optimized", optimized());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
