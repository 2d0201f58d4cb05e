// super: a reload does not change where super() leads a method that is running.
//
//   frame F was entered before the commit of a reload, F says super().x
//       =>  what is found is a function of a class in the line of self's class, and
//       =>  if it throws, it would have thrown when F was entered
//
// The line of a class is itself, its base, the base of that, and so on, as the stores say. What
// would have been when F was entered is read off the stores before that: super() means the class
// that had F's function then, super(X, self) the class in the line of self's class that was called
// X. Self is the first argument. Exercised: super() in a frame that was entered before a commit.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/classes.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

class Super final : public RunMonitor {
  enum Bug : std::uint32_t { outside, thrown };

 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::store: classes_.on(index, event); break;
      case EventKind::reload_commit: commits_ += is_reload(event.a) ? 1U : 0U; break;
      case EventKind::call: called_ = Value{event.b}; break;
      case EventKind::enter:
        frames_[event.a] = {.at = index, .commits = commits_, .called = called_};
        called_ = Value::absent();
        break;
      case EventKind::generator: generator(event); break;
      case EventKind::write: write(event); break;
      case EventKind::resolve: frames_[frame_].resolved = Value{event.b}; break;
      case EventKind::op: op(event); break;
      case EventKind::look:
      case EventKind::bind: found(index, event); break;
      case EventKind::throw_: threw(index, event); break;
      default: break;
    }
  }

 private:
  struct Frame {
    std::uint32_t at = 0;       // index of its enter
    std::uint32_t commits = 0;  // that came before it
    Value called{};             // the handle that was called
    std::uint32_t slot = none;  // of its first argument
    Value self{};
    std::uint16_t operand = Operand::nothing;  // that the last name which was resolved went to
    Value resolved{};                          // and what it gave
  };

  void forget() override {
    classes_.clear();
    frames_.clear();
    called_by_.clear();
    commits_ = 0;
    called_ = {};
    frame_ = 0;
    op_.reset();
  }

  // What was called is entered when its generator is asked for the first time.
  void generator(const Event& event) {
    switch (static_cast<GeneratorHow>(event.how())) {
      case GeneratorHow::made:
        called_by_[Value{event.a}.index()].called = std::exchange(called_, Value::absent());
        break;
      case GeneratorHow::resumed:
        if (event.b == 0) called_ = called_by_.get(Value{event.a}.index()).called;
        break;
      case GeneratorHow::suspended:
      case GeneratorHow::dropped: break;
    }
  }

  // A frame's first write is that of its first argument, if it has one.
  void write(const Event& event) {
    Frame& frame = frames_[event.a];
    if (frame.slot == none) frame.slot = event.b;
    if (frame.slot == event.b) frame.self = Value{event.c};
  }

  void op(const Event& event) {
    const Op& begun = op_begun(tables(), event);
    op_.reset();
    frame_ = event.a;
    if (begun.code == OpCode::resolve) frames_[frame_].operand = begun.dst;
    if (begun.code != OpCode::super_ || frames_.get(event.a).commits == commits_) return;
    exercise();
    op_ = event;
  }

  void found(std::uint32_t index, const Event& event) {
    if (!op_ || event.actor() != op_->actor() || Value{event.b}.tag() != Tag::method) return;
    op_.reset();
    const HandleRow& handle = tables().handles[Value{event.b}.index()];
    for (Value class_ = handle.class_; class_ != Value::absent(); class_ = classes_.base(class_)) {
      if (classes_.has(tables(), class_, handle.function)) return;
    }
    violate(index, outside,
            fmt::format("super() leads to a class in the line of {}", tables().show(handle.class_)),
            fmt::format("it leads to {}", tables().show(handle.function)));
  }

  void threw(std::uint32_t index, const Event& event) {
    if (!op_ || event.a != op_->a) return;
    const Op& begun = op_begun(tables(), *op_);
    op_.reset();
    const ErrorKind kind = tables().errors[event.b].kind;
    if (kind != ErrorKind::attribute && kind != ErrorKind::no_super) return;
    const Frame frame = frames_.get(event.a);
    const Value from = began_with(frame, begun);
    if (from == Value::absent()) return;
    const Value then = classes_.inherited(classes_.base(from, frame.at), NameId{begun.x}, frame.at);
    if (then == Value::absent()) return;
    violate(index, thrown,
            fmt::format("super().{} in {} is {}, as when it was entered",
                        tables().scenario->text(NameId{begun.x}),
                        tables().show_actor(event.actor()), tables().show(then)),
            tables().show_error(event.b));
  }

  // The class after which super() would have looked when the frame was entered, or absent.
  Value began_with(const Frame& frame, const Op& op) const {
    if (frame.self.tag() != Tag::instance) return {};
    const bool named = op.argc == 2;
    if ((named ? op.args[0] : op.a) != 0) return {};
    if (named && (op.a != frame.operand || frame.resolved.tag() != Tag::class_)) return {};
    const Value self_class = Value::of(Tag::class_, tables().instance_classes[frame.self.index()]);
    Value function = frame.called;
    if (function.tag() == Tag::method) function = tables().handles[function.index()].function;
    for (Value class_ = self_class; class_ != Value::absent();
         class_ = classes_.base(class_, frame.at)) {
      const bool meant = named ? same_name(class_, frame.resolved)
                               : classes_.has(tables(), class_, function, frame.at);
      if (meant) return class_;
    }
    return {};
  }

  bool same_name(Value left, Value right) const {
    const ClassCode& one = code(left);
    const ClassCode& other = code(right);
    return one.module == other.module && one.name == other.name;
  }
  const ClassCode& code(Value class_) const {
    return tables().program->classes[tables().classes[class_.index()].function_or_class];
  }

  Classes classes_;
  ById<Frame> frames_;
  ById<Frame> called_by_;  // generators: `called` alone
  std::uint32_t commits_ = 0;
  Value called_{};
  std::uint32_t frame_ = 0;  // whose op was begun last
  std::optional<Event> op_;  // a super() that is under way
};

}  // namespace

Guarantee super() {
  constexpr EventMask needs =
      mask_of(EventKind::enter, EventKind::op, EventKind::write, EventKind::bind, EventKind::look,
              EventKind::call, EventKind::resolve, EventKind::store, EventKind::throw_,
              EventKind::reload_commit);
  return {.name = "super",
          .statement =
              "super() in a method that was entered before a commit leads to the line of its "
              "object's class, and does not throw because of the commit.",
          .antecedent = "super() is said in a frame that was entered before a commit",
          .needs = needs,
          .sees = needs | mask_of(EventKind::generator),
          .make = make<Super>};
}

}  // namespace midstride::properties
