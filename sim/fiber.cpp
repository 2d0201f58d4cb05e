#include "sim/fiber.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#if defined(MIDSTRIDE_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>

// With clang, AddressSanitizer by default moves locals to a fake stack of about 1 MiB per fiber;
// that of a dropped fiber would be lost, and mapping one for each of many fibers is slow. Not weak:
// the run-time's own is, and comes first in the link.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }
#endif

namespace midstride::sim {
namespace {

constexpr std::size_t stacks_per_slab = 64;
#if defined(MIDSTRIDE_ASAN)
constexpr std::size_t frame_growth = 4;  // red zones around every local
#else
constexpr std::size_t frame_growth = 1;
#endif

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

// Boost asks this for nothing but to give the stack back, and the stack is the pool's.
struct NotBoosts {
  boost::context::stack_context allocate() { return {}; }
  void deallocate(boost::context::stack_context&) {}
};

}  // namespace

Fiber::Fiber(std::byte* low, std::size_t bytes) : low_(low), bytes_(bytes) {
  std::construct_at(&worker_);
  std::construct_at(&hub_);
  std::fill_n(reinterpret_cast<std::uint64_t*>(low_), canary_words, canary_word);
}

void Fiber::start(Job job, void* context) {
  MIDSTRIDE_CHECK(idle(), "a fiber runs one job at a time");
  job_ = job;
  context_ = context;
  if (!worker_) make_worker();
}

void Fiber::drop() {
  if (idle()) return;
  job_ = nullptr;
  std::construct_at(&worker_);
}

bool Fiber::intact() const {
  return std::all_of(canary(), canary() + canary_words,
                     [](std::uint64_t word) { return word == canary_word; });
}

void Fiber::make_worker() {
  boost::context::stack_context stack;
  stack.size = bytes_ - canary_words * sizeof(canary_word);
  stack.sp = low_ + bytes_;
  // Making a fiber runs a few lines of Boost's on the new stack and comes back; AddressSanitizer
  // need not know.
  std::construct_at(&worker_, std::allocator_arg,
                    boost::context::preallocated(stack.sp, stack.size, stack), NotBoosts{},
                    [this](boost::context::fiber&& hub) { return work(std::move(hub)); });
}

boost::context::fiber Fiber::work(boost::context::fiber hub) {
  hub_ = std::move(hub);
  arrive(nullptr, &hub_low_, &hub_bytes_);
  for (;;) {
    job_(context_);
    job_ = nullptr;
    suspend();
  }
}

std::size_t StackPool::rounded_bytes(std::size_t bytes) {
  const std::size_t wanted = bytes == 0 ? 16 * 1024 : bytes;
  const std::size_t page = page_bytes();
  return (wanted + page - 1) / page * page * frame_growth;
}

StackPool::StackPool(std::size_t stack_bytes, GuardPages guard_pages)
    : stack_bytes_(rounded_bytes(stack_bytes)), guard_pages_(guard_pages) {}

StackPool::~StackPool() {
  MIDSTRIDE_CHECK(free_.size() == fibers_.size(), "every stack comes back to its pool");
  for (const Slab& slab : slabs_) {
#if defined(MIDSTRIDE_ASAN)
    __lsan_unregister_root_region(slab.low, slab.bytes);
    __asan_unpoison_memory_region(slab.low, slab.bytes);  // for whoever maps this place next
#endif
    munmap(slab.low, slab.bytes);
  }
}

Fiber* StackPool::take() {
  if (free_.empty()) map_slab();
  Fiber* const fiber = free_.back();
  free_.pop_back();
  return fiber;
}

void StackPool::give_back(Fiber* fiber) {
  MIDSTRIDE_CHECK(fiber->intact(), Fiber::stays_within);
  if (!fiber->idle()) {
    fiber->drop();
#if defined(MIDSTRIDE_ASAN)
    __asan_unpoison_memory_region(fiber->low_, fiber->bytes_);
#endif
  }
  free_.push_back(fiber);
}

void StackPool::map_slab() {
  const std::size_t page = page_bytes();
  const bool guarded = guard_pages_ == GuardPages::yes;
  const std::size_t canary_bytes = Fiber::canary_words * sizeof(Fiber::canary_word);
  const std::size_t pitch = stack_bytes_ + (guarded ? page : 0);
  const std::size_t bytes = page + stacks_per_slab * pitch;
  void* const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  MIDSTRIDE_CHECK(mapped != MAP_FAILED, "there is memory for more stacks");
  auto* const slab = static_cast<std::byte*>(mapped);
  madvise(slab, bytes, MADV_NOHUGEPAGE);  // a huge page would make every stack of the slab resident
#if defined(MIDSTRIDE_ASAN)
  // What only a suspended fiber refers to is no leak.
  __lsan_register_root_region(slab, bytes);
#endif
  slabs_.push_back({slab, bytes});
  free_.reserve(fibers_.size() + stacks_per_slab);
  std::byte* low = slab + page - (guarded ? 0 : canary_bytes);
  for (std::size_t i = 0; i < stacks_per_slab; ++i, low += pitch) {
    if (guarded) {
      MIDSTRIDE_CHECK(mprotect(low - page, page, PROT_NONE) == 0,
                      "the system allows one more guard page (vm.max_map_count)");
    }
    free_.push_back(&fibers_.emplace_back(low, stack_bytes_));
  }
}

}  // namespace midstride::sim
