#include "model/mutants/mutants.hpp"

namespace midstride::model::runtime {

bool put_under(Runtime& runtime, Frame& frame, std::uint32_t code) {
  const Program& program = runtime.program();
  const FunctionCode& running = program.functions[frame.function];
  const std::uint32_t function = runtime.heap.codes[code].function;
  const FunctionCode& fresh = program.functions[function];
  const bool alike = running.kind == fresh.kind && running.locals == fresh.locals &&
                     fresh.temporaries <= running.temporaries &&
                     fresh.completions == running.completions && fresh.cells == running.cells &&
                     fresh.class_cell == running.class_cell && fresh.loops == running.loops &&
                     fresh.generates == running.generates &&
                     frame.pc + 2 < fresh.ops_end - fresh.ops_begin;
  if (!alike) return false;
  runtime.heap.acquire_code(code);
  runtime.heap.release_code(frame.code);
  --runtime.loads[runtime.heap.codes[frame.code].load].frames;
  ++runtime.loads[runtime.heap.codes[code].load].frames;
  frame.code = code;
  frame.function = function;
  frame.block = runtime.heap.codes[code].block;
  return true;
}

}  // namespace midstride::model::runtime
