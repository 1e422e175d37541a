#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <utility>

#include "pace.hpp"
#include "session.hpp"

namespace http_server {

using curfew::clock;
using curfew::timeout_scope;

namespace {

http::response<http::string_body> response_to(request const& asked, unsigned version,
                                              bool keep_alive, answer given) {
  http::response<http::string_body> response(given.status, version);
  auto const length = given.body.size() + given.streamed;
  response.set(http::field::content_type, given.type);
  response.set(http::field::server, "curfew");
  response.keep_alive(keep_alive);
  if (asked.method != http::verb::head) response.body() = std::move(given.body);
  response.content_length(length);
  return response;
}

std::string in_words(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& known) {
    return known.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

/// Nothing when the client has gone.
awaitable<std::optional<answer>> session::make_answer() {
  auto const self = co_await curfew::this_task::self();
  auto const own = shared_.limits.handler;
  auto const clients =
      answer_by_ == clock::time_point::max() ? clock::duration::max() : answer_by_ - self.now();
  std::optional<timeout_scope> handler;
  std::optional<curfew::outcome<std::optional<answer>>> handled;
  co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<void> {
    auto watcher = group.spawn({"client watcher"}, &session::watch_client, this, std::ref(handler));
    handled = co_await curfew::settle(
        curfew::move_on_after(std::min(own, clients), [&](timeout_scope& scope) {
          handler = scope;
          return handle(asked_, shared_);
        }));
    watcher.cancel({"the handler has ended"});
  });
  if (handler->cancelled()) co_return std::nullopt;
  if (handled->has_value()) {
    if (handled->value()) co_return std::move(*handled).value();
    hit(own <= clients ? limit_kind::handler : limit_kind::client_time);
    co_return plain_answer(http::status::service_unavailable, "this took too long");
  }
  if (handled->cancelled()) std::rethrow_exception(handled->error());
  if (handled->timed_out())
    co_return plain_answer(http::status::gateway_timeout, "somebody else took too long");
  std::cerr << "http_server: " + asked_.target + ": " + in_words(handled->error()) + '\n';
  co_return plain_answer(http::status::internal_server_error, "a fault of this server");
}

/// Ends the handler when nobody waits for it any more. To notice that, one has to read: what comes
/// instead of the end is kept for the next request.
awaitable<void> session::watch_client(std::optional<timeout_scope>& handler) {
  error_code error;
  while (!error && buffer_.size() < buffer_.max_size()) {
    auto const room = std::min<std::size_t>(buffer_.max_size() - buffer_.size(), 512);
    auto const count = co_await stream_.async_read_some(buffer_.prepare(room), into(error));
    buffer_.commit(count);
  }
  if (error && !curfew::is_cancellation(error)) handler->cancel({"the client has gone"});
}

awaitable<error_code> session::send(timeout_scope& scope, answer given) {
  pace progress(scope, shared_.limits.body);
  auto const streamed = asked_.method == http::verb::head ? 0 : given.streamed;
  auto const response =
      response_to(asked_, parser_->get().version(), keep_alive_, std::move(given));
  http::response_serializer<http::string_body> serializer(response);
  error_code error;
  while (!serializer.is_done()) {
    auto const went = co_await http::async_write_some(stream_, serializer, into(error));
    if (error) co_return error;
    progress.moved(went);
  }
  for (std::uint64_t sent = 0; sent < streamed;) {
    auto const piece = stream_piece(sent, streamed - sent);
    auto const went = co_await stream_.async_write_some(asio::buffer(piece), into(error));
    if (error) co_return error;
    progress.moved(went);
    sent += went;
  }
  co_return error;
}

awaitable<void> session::send_refusal() {
  std::string const why(http::obsolete_reason(*refusal_));
  auto const response = response_to({}, 11, false, plain_answer(*refusal_, why));
  error_code ignored;
  co_await http::async_write(stream_, response, into(ignored));
}

}  // namespace http_server
