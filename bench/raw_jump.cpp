// A raw context jump: what a fiber's switch is made of, and what every figure is compared with. The
// only file outside sim that names Boost.Context, because it measures that bare.
#include <array>
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

#include "bench/bench.hpp"

namespace midstride::bench {

namespace {

namespace context = boost::context::detail;

[[noreturn]] void come_back(context::transfer_t from) {
  for (;;) from = context::jump_fcontext(from.fctx, nullptr);
}

}  // namespace

// Never inlined, so that nobody's loop is tuned to it.
[[gnu::noinline]] void jump_raw(std::size_t jumps) {
  alignas(16) static std::array<std::byte, 16 * 1024> stack;
  static context::fcontext_t there =
      context::make_fcontext(stack.data() + stack.size(), stack.size(), come_back);
  for (std::size_t at = 0; at < jumps; at += 2) there = context::jump_fcontext(there, nullptr).fctx;
}

}  // namespace midstride::bench
