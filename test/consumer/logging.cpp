#include <spdlog/spdlog.h>

#include <curfew/spdlog.hpp>

int main() { return curfew::make_spdlog_observer(spdlog::default_logger()) ? 0 : 1; }
