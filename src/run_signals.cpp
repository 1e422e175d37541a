#include <curfew/detail/run_signals.hpp>

#include <boost/system/system_error.hpp>
#include <csignal>
#include <curfew/run_options.hpp>
#include <map>
#include <mutex>
#include <utility>

namespace curfew {

std::vector<int> run_options::default_signals() { return {SIGINT, SIGTERM}; }

clock::duration run_options::drain_limit() const noexcept {
  if (drain_) return *drain_;
  constexpr clock::duration usual = std::chrono::seconds(20);
  if (total_ == clock::duration::max()) return usual;
  auto const total = std::max(total_, clock::duration::zero());
  return std::min(usual, (total - std::clamp(delay_, clock::duration::zero(), total)) / 2);
}

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
  void taken() noexcept {}
};
#else
// Runs may overlap, so what there was before is known for all of them together.
struct run_signals::before {
  struct action {
    unsigned runs = 0;  ///< How many handle it.
    struct sigaction was{}, ours{};
  };

  explicit before(std::vector<int> const& given) : numbers(given) {
    std::lock_guard guard(mutex());
    auto& all = actions();
    for (int const number : numbers) all.try_emplace(number);
    for (int const number : numbers) {
      auto& known = all[number];
      if (known.runs++ == 0) ::sigaction(number, nullptr, &known.was);
    }
  }
  before(before const&) = delete;
  before& operator=(before const&) = delete;
  // Asio leaves the default behind where nobody waits for a signal any more.
  ~before() {
    std::lock_guard guard(mutex());
    for (int const number : numbers) {
      auto& known = actions()[number];
      if (--known.runs != 0) continue;
      struct sigaction now{};
      bool const free = ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_DFL;
      if (free && known.was.sa_handler != known.ours.sa_handler)
        ::sigaction(number, &known.was, nullptr);
    }
  }
  void taken() noexcept {
    std::lock_guard guard(mutex());
    for (int const number : numbers) ::sigaction(number, nullptr, &actions()[number].ours);
  }

  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::map<int, action>& actions() {
    static std::map<int, action> all;
    return all;
  }

  std::vector<int> const numbers;
};
#endif

run_signals::run_signals(boost::asio::any_io_executor const& executor,
                         std::vector<int> const& numbers)
    : before_(std::make_unique<before>(numbers)), set_(executor) {
  for (int const number : numbers) {
    boost::system::error_code error;
    set_->add(number, error);
    if (error)
      throw boost::system::system_error(
          error, "run cannot handle " + signal_name(number) + "; see run_options::signals");
  }
  before_->taken();
}

run_signals::~run_signals() = default;

}  // namespace detail
}  // namespace curfew
