#include "hang_watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <curfew/detail/words.hpp>
#include <curfew/tasks.hpp>
#include <iostream>

namespace curfew::testing::detail {
namespace {

// Who is in the loop notices the limit itself, and fails one test only.
constexpr auto grace = std::chrono::seconds(1);
// A limit is noticed so much later, and a test need not wake the thread.
constexpr auto period = std::chrono::milliseconds(200);

}  // namespace

hang_watch& hang_watch::instance() {
  static hang_watch one;
  return one;
}

hang_watch::~hang_watch() {
  {
    std::lock_guard locked(lock_);
    over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

hang_watch::guard::guard(boost::asio::io_context& context, clock::duration limit) {
  auto& all = instance();
  auto const length = std::min<clock::duration>(limit, std::chrono::hours(24 * 365)) + grace;
  std::lock_guard locked(all.lock_);
  self_ = all.all_.insert(all.all_.end(), {&context, clock::now() + length, limit});
  if (!all.thread_.joinable()) all.thread_ = std::thread([&all] { all.watch(); });
}

hang_watch::guard::~guard() {
  auto& all = instance();
  std::lock_guard locked(all.lock_);
  all.all_.erase(self_);
}

void hang_watch::watch() {
  std::unique_lock locked(lock_);
  while (!over_) {
    auto const present = clock::now();
    for (auto const& each : all_) {
      if (each.until > present) continue;
      std::cerr << "curfew: a handler of a test has not returned within "
                << curfew::detail::in_words(each.limit)
                << " by the real clock; the program ends here. The tasks are\n"
                << dump_tasks(*each.context) << std::flush;
      std::abort();
    }
    changed_.wait_until(locked, present + period, [this] { return over_; });
  }
}

}  // namespace curfew::testing::detail
