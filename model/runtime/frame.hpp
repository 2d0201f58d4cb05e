// One activation of a function, and what it needs besides its registers: on a stack, where these
// are numbers of places in the stack's lists, or parked in a generator, which then has those lists.
#pragma once

#include <cstdint>
#include <vector>

#include "model/event.hpp"
#include "model/program.hpp"
#include "model/value.hpp"

namespace midstride::model::runtime {

struct Completion {  // what a finally block interrupted
  enum class Kind : std::uint8_t { none, error, value, jump };
  Kind kind = Kind::none;
  std::uint32_t error = no_error;
  Value value{};
  std::uint32_t target = 0;  // jump: pc
};
struct Loop {
  std::uint32_t rounds = 0;  // in all; of one over a generator nobody knows
  std::uint32_t begun = 0;   // of them
  Value generator{};         // counted
};
struct Frame {
  static constexpr std::uint32_t nowhere = 0xffff'ffff;

  std::uint32_t id = 0;
  std::uint32_t slots = 0;    // number of its first slot in the events
  const Op* block = nullptr;  // header of the code that the program counter points into
  std::uint32_t pc = 0;
  std::uint32_t code = 0;         // counted
  std::uint32_t function = 0;     // index into Program::functions, of `code`
  std::uint32_t values = 0;       // of its first local in Stack::values
  std::uint32_t completions = 0;  // likewise
  std::uint32_t cells = 0;        // likewise
  std::uint32_t loops = 0;        // likewise
  std::uint16_t locals = 0;
  std::uint16_t size = 0;                   // locals and temporaries
  std::uint16_t result = Operand::nothing;  // where the caller wants what it returns or yields
  std::uint32_t migrates = 0;  // index + 1 of the instance whose migrator it is; the caller's op is
                               // begun again when it has returned
  std::uint32_t after = nowhere;  // pc at which the caller goes on when the generator has ended; or
                                  // nowhere: that is an error
  Value generator{};              // whose frame it is; counted
};

// A generator and, unless it is running or over, its frame.
struct Generator {
  enum class State : std::uint8_t { fresh, suspended, running, over };
  State state = State::over;
  std::uint32_t count = 0;
  Value function{};           // that was called
  Frame frame{};              // fresh: its code only, which is counted as that of any frame
  std::vector<Value> values;  // fresh: the arguments
  std::vector<std::uint32_t> looked;
  std::vector<Completion> completions;
  std::vector<Loop> loops;
  std::vector<Value> cells;

  bool parked() const { return state == State::fresh || state == State::suspended; }
};

}  // namespace midstride::model::runtime
