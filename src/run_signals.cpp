#include <curfew/detail/run_signals.hpp>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <curfew/run_options.hpp>
#include <utility>

namespace curfew {

std::vector<int> run_options::default_signals() { return {SIGINT, SIGTERM}; }

int run_options::default_dump_signal() noexcept {
#ifdef SIGUSR1
  return SIGUSR1;
#else
  return 0;
#endif
}

namespace detail {

std::string signal_name(int number) {
  static constexpr std::pair<int, char const*> known[] = {
      {SIGINT, "SIGINT"},     {SIGTERM, "SIGTERM"}, {SIGABRT, "SIGABRT"}, {SIGSEGV, "SIGSEGV"},
#ifdef SIGHUP
      {SIGHUP, "SIGHUP"},     {SIGQUIT, "SIGQUIT"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
      {SIGKILL, "SIGKILL"},   {SIGSTOP, "SIGSTOP"},
#endif
#ifdef SIGBREAK
      {SIGBREAK, "SIGBREAK"},
#endif
  };
  for (auto const& one : known)
    if (one.first == number) return one.second;
  return "signal " + std::to_string(number);
}

#ifdef _WIN32
struct run_signals::before {
  explicit before(std::vector<int> const&) {}
  void take() {}
  void restore() noexcept {}
};
#else
struct run_signals::before {
  struct one {
    int number;
    struct sigaction was, ours;
  };

  explicit before(std::vector<int> const& numbers) {
    for (int const number : numbers) {
      one each{number, {}, {}};
      if (::sigaction(number, nullptr, &each.was) == 0) all.push_back(each);
    }
  }
  void take() {
    for (auto& each : all) ::sigaction(each.number, nullptr, &each.ours);
  }
  // Asio leaves the default behind where nobody waits for a signal any more.
  void restore() noexcept {
    for (auto const& each : all) {
      struct sigaction now{};
      bool const free = ::sigaction(each.number, nullptr, &now) == 0 && now.sa_handler == SIG_DFL;
      if (free && each.was.sa_handler != each.ours.sa_handler)
        ::sigaction(each.number, &each.was, nullptr);
    }
  }

  std::vector<one> all;
};
#endif

run_signals::run_signals(boost::asio::any_io_executor const& executor,
                         std::vector<int> const& numbers)
    : before_(std::make_unique<before>(numbers)), set_(executor) {
  for (int const number : numbers) {
    boost::system::error_code error;
    set_->add(number, error);
    if (!error) continue;
    set_.reset();
    before_->restore();
    throw boost::system::system_error(
        error, "run cannot handle " + signal_name(number) + "; see run_options::signals");
  }
  before_->take();
}

run_signals::~run_signals() {
  set_.reset();
  before_->restore();
}

}  // namespace detail
}  // namespace curfew
