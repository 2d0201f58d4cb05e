// The harness's own look at who still holds freed or retired code. From each root it follows values
// down to the code that they lead to; it shares the list of roots with the cycle collector and
// nothing at all with the counting.
#include <algorithm>
#include <array>
#include <utility>

#include "model/runtime/roots.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

namespace {

class Walk {
 public:
  Walk(const Heap& heap, Run& run, const std::vector<std::uint32_t>& codes, WalkMemory& memory)
      : heap_(heap), run_(run), codes_(codes), told_(memory.told), seen_(memory.seen) {
    told_.clear();
    for (std::vector<std::uint32_t>& of_tag : seen_) of_tag.clear();
  }

  // Code holds that of the functions that it makes.
  void code(HolderKind kind, std::uint32_t id, std::uint32_t code) {
    const std::uint32_t index = heap_.codes[code].function;
    const FunctionCode& function = run_.program().functions[index];
    tell(kind, id, code);
    for (std::uint32_t inner = function.inner_begin; inner < function.inner_end; ++inner)
      tell(kind, id, code + (inner - index));
  }

  // From one root on, whatever it leads to is looked at once.
  void root(HolderKind kind, std::uint32_t id, Value value) {
    ++root_;
    follow(kind, id, value);
  }

 private:
  void tell(HolderKind kind, std::uint32_t id, std::uint32_t code) {
    if (std::find(codes_.begin(), codes_.end(), code) == codes_.end()) return;
    const Event event{0, code, static_cast<std::uint32_t>(kind), id};
    if (std::find(told_.begin(), told_.end(), event) != told_.end()) return;
    told_.push_back(event);
    run_.event(EventKind::live, code, static_cast<std::uint32_t>(kind), id);
  }

  void follow(HolderKind kind, std::uint32_t id, Value value) {
    if (!value.on_heap()) return;
    std::vector<std::uint32_t>& seen = seen_[static_cast<std::size_t>(value.tag())];
    if (seen.size() <= value.index()) seen.resize(value.index() + std::size_t{1}, 0);
    if (std::exchange(seen[value.index()], root_) == root_) return;
    if (value.tag() == Tag::function) code(kind, id, heap_.functions[value.index()].code);
    if (value.tag() == Tag::generator) {
      const Generator& row = heap_.generators[value.index()];
      if (row.parked()) code(HolderKind::generator, value.index(), row.frame.code);
    }
    heap_.each_held(value, [&](Value held) { follow(kind, id, held); });
  }

  const Heap& heap_;
  Run& run_;
  const std::vector<std::uint32_t>& codes_;
  std::vector<Event>& told_;
  std::array<std::vector<std::uint32_t>, tags_max>& seen_;
  std::uint32_t root_ = 0;
};

}  // namespace

void walk(Runtime& runtime, Run& run, const std::vector<std::uint32_t>& codes) {
  Walk walk(runtime.heap, run, codes, runtime.walk_memory_);
  for (std::size_t at = 0; at < runtime.stacks_used_; ++at) {
    for (const Frame& frame : runtime.stacks_[at]->frames)
      walk.code(HolderKind::frame, frame.id, frame.block->x);
  }
  runtime.each_root(
      run, [&](HolderKind kind, std::uint32_t id, Value value) { walk.root(kind, id, value); });
}

}  // namespace midstride::model::runtime
