// Fibers on pooled stacks. Only fiber.hpp and fiber.cpp name Boost.Context (and bench/raw_jump.cpp,
// which measures it bare).
//
// Every stack has one worker fiber that lives as long as the stack and runs one job after another,
// because that is cheaper than a fiber for every job (15 ns against 40). The switch is inline: a
// return from a function that has switched stacks is mispredicted, so the fewer frames lie between
// a job and the switch, the better.
//
// An exception must not leave a job. A job that suspends inside a catch clause has to put the
// thread's exception state aside (tasklet.cpp does).
#pragma once

#include <array>
#include <boost/context/fiber.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sim/check.hpp"
#include "sim/guard_pages.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define MIDSTRIDE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MIDSTRIDE_ASAN 1
#endif
#endif
#if defined(MIDSTRIDE_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif

namespace midstride::sim {

// Whether the build is instrumented, and some 50 times slower: tests may try less.
#if defined(MIDSTRIDE_ASAN)
inline constexpr bool has_address_sanitizer = true;
#else
inline constexpr bool has_address_sanitizer = false;
#endif

// One stack and its worker. Belongs to a StackPool and stays where it is in memory. Calls marked
// [hub] are made outside this fiber, [fiber] by the job that runs on it.
class Fiber {
 public:
  using Job = void (*)(void* context);

  Fiber(std::byte* low, std::size_t bytes);
  // A job that is suspended is dropped.
  ~Fiber() {}
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // [hub] The next resume() calls job(context). There must be no job.
  void start(Job job, void* context);

  // [hub] Runs the job until it suspends or returns.
  void resume() {
    void* const fake_stack = leave_for(low_, bytes_);
    worker_ = std::move(worker_).resume();
    arrive(fake_stack, nullptr, nullptr);
    MIDSTRIDE_CHECK(canary()[canary_words - 1] == canary_word, stays_within);
  }

  // [fiber] Back to the hub, until the next resume().
  void suspend() {
    void* const fake_stack = leave_for(hub_low_, hub_bytes_);
    hub_ = std::move(hub_).resume();
    arrive(fake_stack, &hub_low_, &hub_bytes_);
  }

  // True when no job is under way.
  bool idle() const { return job_ == nullptr; }

  // [hub] Forgets the job where it stands: no destructor on its stack runs, the stack can be used
  // again.
  void drop();

  // All of the canary is whole.
  bool intact() const;

 private:
  friend class StackPool;

  static constexpr std::size_t canary_words = 8;
  static constexpr std::uint64_t canary_word = 0x5afe'57ac'c0de'd00d;
  static constexpr const char* stays_within =
      "a fiber stays within its stack (if the code on it is yours, give it more: stack_bytes)";

  // AddressSanitizer has to be told of every switch: before it, where we go; after it, that we are
  // here. In between we keep what leave_for() gave: the fake stack of the side that is left.
  static void* leave_for([[maybe_unused]] const void* low, [[maybe_unused]] std::size_t bytes) {
    void* fake_stack = nullptr;
#if defined(MIDSTRIDE_ASAN)
    __sanitizer_start_switch_fiber(&fake_stack, low, bytes);
#endif
    return fake_stack;
  }
  static void arrive([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** from_low,
                     [[maybe_unused]] std::size_t* from_bytes) {
#if defined(MIDSTRIDE_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack, from_low, from_bytes);
#endif
  }

  const std::uint64_t* canary() const { return reinterpret_cast<const std::uint64_t*>(low_); }
  void make_worker();
  boost::context::fiber work(boost::context::fiber hub);

  // In unions, so that they are never destroyed: the destructor of a suspended boost fiber resumes
  // it in order to unwind it by an exception (1-3 us, and a catch (...) on the way may swallow it).
  // Whoever drops a job has nothing on its stack to destroy.
  union {
    boost::context::fiber
        worker_;  // where the worker goes on; empty while it runs or does not exist
  };
  union {
    boost::context::fiber hub_;  // where resume() was called
  };
  Job job_ = nullptr;
  void* context_ = nullptr;
  std::byte* low_;
  std::size_t bytes_;
  const void* hub_low_ = nullptr;  // the hub's stack, for AddressSanitizer
  std::size_t hub_bytes_ = 0;
};

// Stacks of one size, taken and given back, never returned to the system before the pool goes.
// Mapped many at a time; without guard pages the canary of a stack lies on the page of its
// neighbour's top, so that a fiber costs one resident page.
class StackPool {
 public:
  // The size of stack that a request for `bytes` gets: whole pages, and four times as much under
  // AddressSanitizer, whose frames are larger. 0 asks for 16 KiB, which is enough for the model's
  // interpreter and for ordinary C++.
  static std::size_t rounded_bytes(std::size_t bytes);

  StackPool(std::size_t stack_bytes, GuardPages guard_pages);
  // Every fiber must have been given back.
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  // An idle fiber, the caller's until it is given back.
  Fiber* take();
  // Drops the job if there is one. A broken canary is a broken invariant.
  void give_back(Fiber* fiber);

  std::size_t stack_bytes() const { return stack_bytes_; }
  GuardPages guard_pages() const { return guard_pages_; }
  std::size_t mapped_count() const { return fibers_.size(); }

 private:
  struct Slab {
    std::byte* low;
    std::size_t bytes;
  };
  void map_slab();

  std::size_t stack_bytes_;
  GuardPages guard_pages_;
  std::deque<Fiber> fibers_;
  std::vector<Fiber*> free_;
  std::vector<Slab> slabs_;
};

}  // namespace midstride::sim
