#include <curfew/spdlog.hpp>

#include <spdlog/logger.h>

#include <curfew/detail/line_limit.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <string>
#include <utility>

namespace curfew {
namespace {

using detail::in_words;
using ::spdlog::level::level_enum;

/// Lines of one kind, so many in a second.
struct kind {
  level_enum level;
  char const* plural;
  detail::line_limit limit;
};

std::string words_of(task_event const& task) {
  std::string text = "task #" + std::to_string(task.id);
  if (!task.name.empty()) text += " \"" + std::string(task.name) + '"';
  auto const place = in_words(task.where);
  return place.empty() ? text : text + " (" + place + ')';
}

class logging final : public observer {
 public:
  logging(std::shared_ptr<::spdlog::logger> to, spdlog_options const& options)
      : to_(std::move(to)), options_(options) {}
  ~logging() override {
    for (auto* each : {&spawns_, &ends_, &failures_, &requests_, &expiries_, &late_})
      guarded([&] { write_left_out(*each, each->limit.take_left_out()); });
  }

  void on_spawn(task_event const& task) noexcept override {
    write(spawns_, [&] {
      auto text = words_of(task) + " is spawned";
      if (task.owner != 0) text += " by task #" + std::to_string(task.owner);
      if (!task.group.empty()) text += " in group \"" + std::string(task.group) + '"';
      return text;
    });
  }
  void on_end(task_event const& task, task_ending how,
              std::exception_ptr const& error) noexcept override {
    if (how == task_ending::failed)
      write(failures_, [&] { return words_of(task) + " has failed: " + in_words(error); });
    else
      write(ends_, [&] {
        return words_of(task) +
               (how == task_ending::completed ? " has completed" : " has ended cancelled");
      });
  }
  void on_request(task_event const& task, cancellation_reason const& why) noexcept override {
    write(requests_, [&] { return words_of(task) + " is asked to stop: " + to_string(why); });
  }
  void on_expiry(task_event const& task, std::source_location const& where, clock::time_point,
                 clock::duration late) noexcept override {
    write(expiries_, [&] {
      std::string text = task.id == 0 ? "a limit" : words_of(task) + ": a limit";
      if (auto const place = in_words(where); !place.empty()) text += " at " + place;
      text += " has passed";
      if (late >= std::chrono::milliseconds(1)) text += ", heard " + in_words(late) + " late";
      return text;
    });
  }
  void on_late_delivery(clock::time_point, clock::duration late) noexcept override {
    write(late_, [&] { return "the loop was busy: a deadline came " + in_words(late) + " late"; });
  }
  void on_refusal(task_event const& task, cancellation_reason const& why,
                  clock::duration ago) noexcept override {
    guarded([&] {
      put(level_enum::err,
          words_of(task) + " does not stop, asked " + in_words(ago) + " ago: " + to_string(why));
    });
  }
  void on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept override {
    guarded([&] {
      put(level_enum::info, "the shutdown goes from " + std::string(to_string(from)) + " to " +
                                std::string(to_string(to)) + ": " + to_string(why));
    });
  }
  clock::duration late_after() const noexcept override { return options_.late_after(); }

 private:
  // A hook must not throw; what a sink or an error handler throws is nobody's business here.
  template <class F>
  static void guarded(F f) noexcept {
    try {
      f();
    } catch (...) {
    }
  }
  template <class F>
  void write(kind& of, F text) noexcept {
    guarded([&] {
      if (!to_->should_log(of.level)) return;
      auto const decided = of.limit.ask(options_.now());
      write_left_out(of, decided.left_out);
      if (decided.write) put(of.level, text());
    });
  }
  void write_left_out(kind const& of, std::size_t count) {
    if (count != 0) put(of.level, std::to_string(count) + " more " + of.plural + " were left out");
  }
  // One line, whatever names and errors contain.
  void put(level_enum level, std::string text) {
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    to_->log(level, ::spdlog::string_view_t(text.data(), text.size()));
  }
  detail::line_limit a_second() const { return detail::line_limit(options_.lines_per_second()); }

  std::shared_ptr<::spdlog::logger> const to_;
  spdlog_options const options_;
  kind spawns_{level_enum::trace, "spawns", a_second()};
  kind ends_{level_enum::trace, "ends", a_second()};
  kind failures_{level_enum::debug, "failures", a_second()};
  kind requests_{level_enum::debug, "requests to stop", a_second()};
  kind expiries_{level_enum::debug, "expiries", a_second()};
  kind late_{level_enum::warn, "late deliveries", a_second()};
};

}  // namespace

std::shared_ptr<observer> make_spdlog_observer(std::shared_ptr<::spdlog::logger> to,
                                               spdlog_options const& options) {
  if (!to)
    throw boost::system::system_error(make_error_code(errc::invalid_state),
                                      "make_spdlog_observer is given no logger: spdlog::get "
                                      "returns null for a name that is not registered");
  if (options.lines_per_second() == 0)
    throw boost::system::system_error(make_error_code(errc::invalid_limit),
                                      "make_spdlog_observer with zero lines a second would write "
                                      "next to nothing: set the logger's level instead");
  return std::make_shared<logging>(std::move(to), options);
}

}  // namespace curfew
