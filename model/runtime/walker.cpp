// The harness's own look at who still holds freed or retired code. From each root it follows values
// down to the code that they lead to; it shares the list of roots with the cycle collector and
// nothing at all with the counting.
#include <algorithm>

#include "model/runtime/roots.hpp"
#include "model/runtime/runtime.hpp"

namespace midstride::model::runtime {

namespace {

class Walk {
 public:
  Walk(const Heap& heap, Run& run, const std::vector<std::uint32_t>& codes, WalkMemory& memory)
      : heap_(heap), run_(run), codes_(codes), told_(memory.told), inside_(memory.inside) {
    told_.clear();
    inside_.clear();
  }

  void code(HolderKind kind, std::uint32_t id, std::uint32_t code) {
    if (std::find(codes_.begin(), codes_.end(), code) == codes_.end()) return;
    const Event event{0, code, static_cast<std::uint32_t>(kind), id};
    if (std::find(told_.begin(), told_.end(), event) != told_.end()) return;
    told_.push_back(event);
    run_.event(EventKind::live, code, static_cast<std::uint32_t>(kind), id);
  }

  void value(HolderKind kind, std::uint32_t id, Value value) {
    switch (value.tag()) {
      case Tag::function: code(kind, id, heap_.functions[value.index()].code); break;
      case Tag::class_: {
        const Class& row = heap_.classes[value.index()];
        for (std::uint32_t at = row.slots_begin; at < row.slots_end; ++at)
          this->value(kind, id, heap_.class_slots[at].function);
        break;
      }
      case Tag::instance:
        this->value(kind, id, Value::of(Tag::class_, heap_.instances[value.index()].class_));
        break;
      case Tag::method: {
        const Method& row = heap_.methods[value.index()];
        this->value(kind, id, row.class_);
        this->value(kind, id, row.function);
        this->value(kind, id, row.self);
        break;
      }
      case Tag::object: {
        if (std::find(inside_.begin(), inside_.end(), value) != inside_.end()) break;
        inside_.push_back(value);
        for (std::uint32_t at = heap_.objects[value.index()].fields; at != 0;
             at = heap_.fields[at - 1].next) {
          this->value(kind, id, heap_.fields[at - 1].value);
        }
        inside_.pop_back();
        break;
      }
      case Tag::absent:
      case Tag::none:
      case Tag::integer: break;
    }
  }

 private:
  const Heap& heap_;
  Run& run_;
  const std::vector<std::uint32_t>& codes_;
  std::vector<Event>& told_;
  std::vector<Value>& inside_;  // the objects that are being followed, against cycles
};

}  // namespace

void walk(Runtime& runtime, Run& run, const std::vector<std::uint32_t>& codes) {
  Walk walk(runtime.heap, run, codes, runtime.walk_memory_);
  for (std::size_t at = 0; at < runtime.stacks_used_; ++at) {
    for (const Frame& frame : runtime.stacks_[at]->frames)
      walk.code(HolderKind::frame, frame.id, frame.block->x);
  }
  runtime.each_root(
      run, [&](HolderKind kind, std::uint32_t id, Value value) { walk.value(kind, id, value); });
}

}  // namespace midstride::model::runtime
