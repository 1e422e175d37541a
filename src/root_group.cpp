#include <boost/asio/execution_context.hpp>
#include <curfew/detail/group_core.hpp>

namespace curfew::detail {
namespace {

class root_group final : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit root_group(boost::asio::execution_context& context)
      : service(context), group(group_core::make({group_rule::keep_going, 0, {}, {}})) {}

  group_ref const group;

 private:
  void shutdown() override { group->close(); }
};

boost::asio::execution_context::id root_group::id;

}  // namespace

group_ref const& root_group_of(deadline_service& context) {
  auto& found = context.beside();
  if (auto const* known = found.load(std::memory_order_acquire))
    return *static_cast<group_ref const*>(known);
  auto const& group = boost::asio::use_service<root_group>(context.owner()).group;
  found.store(&group, std::memory_order_release);
  return group;
}

}  // namespace curfew::detail
