// What shapes write a scenario with. A shape adds pieces: lines that belong to a module, in those
// of its versions that have them, or to a task. A piece is written once; `version(k)` in it becomes
// k plus the version's number, so that each version says and returns something else. Where a name
// changes its kind or its parameters, two pieces share the name and divide the versions.
//
// All draws come from Choices, and the first alternative of each is the simplest one. Names come
// from a fixed pool; nothing here makes a string.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "model/scenario.hpp"
#include "model/spare.hpp"
#include "properties/generator.hpp"
#include "sim/choices.hpp"

namespace midstride::properties {

// The pool. Its value is an index into the name table of the scenario that is being written.
enum class Name : std::uint32_t {
  // clang-format off
  shop, bank,                    // modules
  c, d,                          // channels: c carries signals, d carries handles
  t, u, v, w,                    // tasks
  r1, r2, r3, r4, r5, r6, r7, r8,  // reloads: three, and one for each version of each module
  p1, p2, p3,                    // peeks and pokes
  kid, kid2,                     // spawned tasklets
  f, self, X, K, B, Y, E, a, b, add,   // globals of modules, methods and parameters
  hold, give, take, sleep, twice, renew, ask, look, keep, guard,
  assign, start, same, show, write, relay, gone, reach, fail, rescue,
  derive, above, compare, fence, visit, away, make, share,
  m, n, o, k, x, y, box, get, put,  // locals
  function, class_,              // attributes of methods
  count,
  // clang-format on
};

// Versions as a set; bit number - 1.
using Versions = std::uint8_t;
inline constexpr Versions all_versions = 0xff;
constexpr Versions from(std::uint32_t version) {
  return static_cast<Versions>(all_versions << (version - 1));
}
constexpr Versions before(std::uint32_t version) { return static_cast<Versions>(~from(version)); }
constexpr Versions only(std::uint32_t version) {
  return static_cast<Versions>(1U << (version - 1));
}

// Where a piece stands among those of its module.
enum class Rank : std::uint8_t { first, middle, last };

class Builder {
 public:
  // Kept from scenario to scenario.
  struct Memory;

  Builder(sim::Choices& choices, const GeneratorOptions& options, Memory& memory);

  sim::Choices& choices() { return choices_; }
  bool chance(std::uint32_t of, std::uint32_t in) { return choices_.chance(of, in); }
  std::uint32_t below(std::uint32_t bound) { return choices_.below(bound); }

  // Modules: their index.
  std::uint32_t module();  // one of those that there are
  std::uint32_t other_module(
      std::uint32_t module);  // added if there is only one and the options allow two
  std::uint32_t versions(std::uint32_t module) const { return modules_[module].versions; }
  void need_versions(std::uint32_t module, std::uint32_t count);
  // A version that is not the first and has a text of its own, so that it can differ from the one
  // before it. One more where there is none, as far as the options allow.
  std::uint32_t later_version(std::uint32_t module);
  // The last that has a text of its own.
  std::uint32_t last_version(std::uint32_t module);
  Rank rank() { return static_cast<Rank>(below(3)); }
  // The version has the text of the one before it. False where a piece tells the two apart.
  bool repeat_version(std::uint32_t module, std::uint32_t version);

  // Whether the module has the name already, in any version. A shape that finds its name taken does
  // nothing.
  bool has(std::uint32_t module, Name name) const {
    return name != no_name && modules_[module].names.test(static_cast<std::size_t>(name));
  }
  // Pieces that several shapes use, written on the first call: def f(), class X with the method f,
  // the global a.
  void want_function(std::uint32_t module);
  void want_class(std::uint32_t module);
  void want_global(std::uint32_t module);

  // Opens a piece: lines that follow go there.
  void piece(std::uint32_t module, Versions versions = all_versions, Rank rank = Rank::middle);
  // A piece at the end of a task: a new one while there is room, else an old one, but not
  // `apart_from`. Returns its name.
  Name task(Name apart_from = Name::count);

  // A frame: either a function `name` of the module, which a task calls, or the lines of a task.
  // close_frame() returns the task.
  enum class Frames : std::uint8_t { functions, tasks, both };
  void open_frame(std::uint32_t module, Name name, Frames frames = Frames::both,
                  Name apart_from = Name::count);
  Name close_frame();

  // Statements. The nodes that follow belong to the statement.
  Builder& def(Name name, std::initializer_list<Name> parameters = {});
  Builder& klass(Name name);
  Builder& klass(Name name, Name base);
  Builder& assign(Name local);
  Builder& assign_member(std::uint32_t module, Name global);
  Builder& assign_attribute(Name attribute);  // of the first value, to the second
  Builder& emit();
  Builder& expression();
  Builder& give_back();  // return
  Builder& raise();
  void except(Name class_);  // of the frame's module
  Builder& spawn(Name name);
  void kill(Name task);
  void reload(Name name);
  void nonlocal(Name variable);
  void plain(model::LineKind kind);  // one that has neither name nor nodes
  // yield, c.receive() or c.send(0). Somebody will do the counterpart.
  void suspend();
  void receive_signal();

  // Nodes, operands first.
  Builder& none();
  Builder& integer(std::int32_t value);
  Builder& version(std::int32_t base);
  Builder& object();
  Builder& name(Name name);
  Builder& global(Name global);  // of the frame's module: `f` in a function, `shop.f` in a task
  Builder& member(std::uint32_t module, Name global);
  Builder& attribute(Name attribute);
  Builder& call(std::uint8_t arguments = 0);
  Builder& receive(Name channel);
  Builder& send(Name channel);
  Builder& is_instance();
  Builder& same();
  Builder& super(Name method);
  Builder& super_of(Name method);  // of the class and the object before it
  // The counterpart of a receive or a send on c that was written as a node.
  void expect_send() { ++sends_wanted_; }
  void expect_receive() { ++receives_wanted_; }

  // A new reload of the module: to the next version, now and then to another. An old one when there
  // are enough of them.
  Name want_reload(std::uint32_t module);
  Name want_reload(std::uint32_t module, std::uint32_t version);
  // The same, with the other module in one batch.
  void want_batch(std::uint32_t module, std::uint32_t other);
  // An inspection of a task's innermost frame, if there is room for one.
  void peek(Name task);
  void poke(Name task, Name local);

  // Adds what the shapes left open (counterparts on channels, at least one reload) and writes all
  // of it.
  void finish(model::Scenario& out);

 private:
  struct Draft {  // a line
    model::LineKind kind;
    Name name;
    Name module;
    std::uint32_t nodes_begin;
    std::uint32_t nodes_end;
  };
  struct Piece {
    std::uint32_t owner;  // module, or first_task + task
    Versions versions;
    Rank rank;
    std::uint32_t begin;
    std::uint32_t end;
  };
  struct ModuleDraft {
    std::uint32_t versions = 2;
    std::uint32_t reloads = 0;
    std::bitset<static_cast<std::size_t>(Name::count)> names;
    Versions repeats = 0;
  };
  static constexpr std::uint32_t modules_limit = 2;
  static constexpr std::uint32_t first_task = modules_limit;
  static constexpr Name no_name = Name::count;

  Builder& line(model::LineKind kind, Name name = no_name, Name module = no_name);
  Builder& node(model::Node node);
  void open_piece(Piece piece);
  Name open_task();
  void counterparts();
  void write_module(model::Module& module, std::uint32_t index);
  void write_piece(const Piece& piece, std::uint32_t version, std::vector<model::Line>& lines);
  model::Line& add_line(std::vector<model::Line>& lines);

  sim::Choices& choices_;
  const GeneratorOptions& options_;
  std::array<ModuleDraft, modules_limit> modules_;
  std::uint32_t module_count_ = 1;
  std::uint32_t task_count_ = 0;
  std::uint32_t frame_module_ = 0;
  Name frame_name_ = no_name;
  Name frame_apart_from_ = no_name;
  Name frame_task_ = no_name;  // of a frame that is a task; else none
  std::uint32_t sends_wanted_ = 0;
  std::uint32_t receives_wanted_ = 0;
  struct Second {  // of a batch
    Name reload;
    model::Target target;
  };
  Memory& memory_;
  std::vector<model::Target>& reloads_;
  std::vector<Second>& seconds_;
  std::vector<model::Inspection>& inspections_;
  std::vector<Piece>& pieces_;
  std::vector<Draft>& drafts_;
  std::vector<model::Node>& nodes_;
};

struct Builder::Memory {
  std::vector<model::Target> reloads;
  std::vector<Second> seconds;
  std::vector<model::Inspection> inspections;
  std::vector<Piece> pieces;
  std::vector<Draft> drafts;
  std::vector<model::Node> nodes;
  // Of the scenario that is written.
  model::Spare<model::Module> modules;
  model::Spare<model::Version> versions;
  model::Spare<model::Task> tasks;
  model::Spare<model::Reload> out_reloads;
  model::Spare<model::Line> lines;
};

}  // namespace midstride::properties
