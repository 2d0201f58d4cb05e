#include "properties/shapes/builder.hpp"

#include <algorithm>
#include <string_view>

namespace midstride::properties {

using model::LineKind;
using model::Node;
using model::NodeKind;

namespace {

constexpr std::size_t pool_size = static_cast<std::size_t>(Name::count);
constexpr std::array<std::string_view, pool_size> pool = {
    "shop",   "bank",   "c",     "d",       "t",     "u",     "v",     "w",    "r1",       "r2",
    "r3",     "r4",     "r5",    "r6",      "r7",    "r8",    "p1",    "p2",   "p3",       "kid",
    "kid2",   "f",      "self",  "X",       "K",     "B",     "Y",     "E",    "a",        "b",
    "add",    "hold",   "give",  "take",    "sleep", "twice", "renew", "ask",  "look",     "keep",
    "guard",  "assign", "start", "same",    "show",  "write", "relay", "gone", "reach",    "fail",
    "rescue", "derive", "above", "compare", "fence", "visit", "away",  "make", "share",    "m",
    "n",      "o",      "k",     "x",       "y",     "box",   "get",   "put",  "function", "class"};

constexpr std::uint32_t reloads_usual = 3;  // beyond them only those to a version without one
constexpr std::uint32_t inspections_limit = 3;
constexpr std::uint32_t counterparts_max = 6;
constexpr std::size_t line_nodes_usual = 6;
// Marks an integer to which the version's number is added.
constexpr std::uint8_t versioned = 1;

constexpr model::NameId id(Name name) {
  return name == Name::count ? model::NameId::none()
                             : model::NameId{static_cast<std::uint32_t>(name)};
}
constexpr std::size_t bit(Name name) { return static_cast<std::size_t>(name); }
constexpr Name nth(Name first, std::uint32_t index) {
  return static_cast<Name>(static_cast<std::uint32_t>(first) + index);
}

}  // namespace

Builder::Builder(sim::Choices& choices, const GeneratorOptions& options, Memory& memory)
    : choices_(choices),
      options_(options),
      memory_(memory),
      reloads_(memory.reloads),
      seconds_(memory.seconds),
      inspections_(memory.inspections),
      pieces_(memory.pieces),
      drafts_(memory.drafts),
      nodes_(memory.nodes) {
  reloads_.clear();
  seconds_.clear();
  inspections_.clear();
  pieces_.clear();
  drafts_.clear();
  nodes_.clear();
  for (ModuleDraft& module : modules_) module.versions = 2 + below(options_.versions_max - 1);
  if (options_.modules_max > 1 && chance(1, 4)) module_count_ = 2;
}

std::uint32_t Builder::module() {
  const bool second = !pieces_.empty() && module_count_ > 1 && chance(1, 2);
  return second ? 1 : 0;
}

std::uint32_t Builder::other_module(std::uint32_t module) {
  if (options_.modules_max > 1) module_count_ = 2;
  return module_count_ > 1 ? 1 - module : module;
}

void Builder::need_versions(std::uint32_t module, std::uint32_t count) {
  std::uint32_t& versions = modules_[module].versions;
  versions = std::max(versions, std::min(count, options_.versions_max));
}

std::uint32_t Builder::later_version(std::uint32_t module) {
  const std::uint32_t version = 2 + below(modules_[module].versions - 1);
  return (modules_[module].repeats & only(version)) == 0 ? version : last_version(module);
}

std::uint32_t Builder::last_version(std::uint32_t module) {
  ModuleDraft& draft = modules_[module];
  if (draft.versions == 2 && (draft.repeats & only(2)) != 0) need_versions(module, 3);
  std::uint32_t version = draft.versions;
  while (version > 2 && (draft.repeats & only(version)) != 0) --version;
  return version;
}

bool Builder::repeat_version(std::uint32_t module, std::uint32_t version) {
  for (const Piece& piece : pieces_) {
    const bool here = (piece.versions & only(version)) != 0;
    const bool before = (piece.versions & only(version - 1)) != 0;
    if (piece.owner == module && here != before) return false;
  }
  modules_[module].repeats |= only(version);
  return true;
}

void Builder::want_function(std::uint32_t module) {
  if (has(module, Name::f)) return;
  piece(module, all_versions, chance(1, 4) ? Rank::last : Rank::first);
  const std::uint32_t body = below(6);
  def(Name::f);
  if (body == 4) emit().version(40);
  if (body == 5) plain(LineKind::yield);
  give_back().version(0);
  plain(LineKind::end);
}

void Builder::want_class(std::uint32_t module) {
  if (has(module, Name::X)) return;
  piece(module, all_versions, chance(1, 4) ? Rank::last : Rank::first);
  klass(Name::X);
  def(Name::f, {Name::self});
  if (chance(1, 6)) plain(LineKind::yield);
  give_back().version(10);
  plain(LineKind::end);
  plain(LineKind::end);
}

void Builder::want_global(std::uint32_t module) {
  if (has(module, Name::a)) return;
  piece(module, all_versions, chance(1, 4) ? Rank::last : Rank::first);
  assign(Name::a).version(0);
}

void Builder::open_piece(Piece piece) {
  if (!pieces_.empty()) pieces_.back().end = static_cast<std::uint32_t>(drafts_.size());
  piece.begin = static_cast<std::uint32_t>(drafts_.size());
  pieces_.push_back(piece);
}

void Builder::piece(std::uint32_t module, Versions versions, Rank rank) {
  frame_module_ = module;
  frame_task_ = no_name;
  open_piece({module, versions, rank, 0, 0});
}

Name Builder::task(Name apart_from) {
  // The last place is for the counterparts that finish() adds.
  const std::uint32_t room = options_.tasks_max - 1;
  const bool apart = apart_from != no_name;
  const bool fresh = task_count_ < (apart ? 2U : 1U) || (task_count_ < room && !chance(1, 4));
  std::uint32_t index = task_count_;
  if (fresh) {
    ++task_count_;
  } else {
    index = below(task_count_ - (apart ? 1 : 0));
    if (apart && nth(Name::t, index) == apart_from) index = task_count_ - 1;
  }
  open_piece({first_task + index, all_versions, Rank::middle, 0, 0});
  frame_task_ = nth(Name::t, index);
  return frame_task_;
}

void Builder::open_frame(std::uint32_t module, Name name, Frames frames, Name apart_from) {
  frame_name_ = name;
  frame_apart_from_ = apart_from;
  if (frames == Frames::tasks || (frames == Frames::both && chance(1, 5))) {
    task(apart_from);
    frame_module_ = module;
    modules_[module].names.set(bit(name));
  } else {
    piece(module);
    def(name);
  }
}

Name Builder::close_frame() {
  if (frame_task_ != no_name) return frame_task_;
  plain(LineKind::end);
  const std::uint32_t module = frame_module_;
  const Name caller = task(frame_apart_from_);
  switch (below(8)) {
    case 6: emit().member(module, frame_name_).call(); break;
    case 7:
      plain(LineKind::try_);
      expression().member(module, frame_name_).call();
      plain(LineKind::except_);
      emit().integer(90);
      plain(LineKind::end);
      break;
    default: expression().member(module, frame_name_).call();
  }
  return caller;
}

Builder& Builder::line(LineKind kind, Name name, Name module) {
  const auto at = static_cast<std::uint32_t>(nodes_.size());
  drafts_.push_back({kind, name, module, at, at});
  return *this;
}

Builder& Builder::node(Node node) {
  nodes_.push_back(node);
  drafts_.back().nodes_end = static_cast<std::uint32_t>(nodes_.size());
  return *this;
}

Builder& Builder::def(Name name, std::initializer_list<Name> parameters) {
  modules_[frame_module_].names.set(bit(name));
  line(LineKind::def_, name);
  for (const Name parameter : parameters) this->name(parameter);
  return *this;
}
Builder& Builder::klass(Name name) {
  modules_[frame_module_].names.set(bit(name));
  return line(LineKind::class_, name);
}
Builder& Builder::klass(Name name, Name base) {
  klass(name);
  return this->name(base);
}
Builder& Builder::assign(Name local) {
  if (frame_task_ == no_name) modules_[frame_module_].names.set(bit(local));
  return line(LineKind::assign, local);
}
Builder& Builder::assign_member(std::uint32_t module, Name global) {
  return line(LineKind::assign_member, global, nth(Name::shop, module));
}
Builder& Builder::assign_attribute(Name attribute) {
  return line(LineKind::assign_attribute, attribute);
}
Builder& Builder::emit() { return line(LineKind::emit); }
Builder& Builder::expression() { return line(LineKind::expression); }
Builder& Builder::give_back() { return line(LineKind::return_); }
Builder& Builder::raise() { return line(LineKind::raise); }
void Builder::except(Name class_) {
  line(LineKind::except_class);
  global(class_);
}
Builder& Builder::spawn(Name name) { return line(LineKind::spawn, name); }
void Builder::kill(Name task) { line(LineKind::kill, task); }
void Builder::reload(Name name) { line(LineKind::reload, name); }
void Builder::nonlocal(Name variable) { line(LineKind::nonlocal, variable); }
void Builder::plain(LineKind kind) { line(kind); }

void Builder::suspend() {
  const std::uint32_t how = below(10);
  if (how < 3) {
    plain(LineKind::yield);
  } else if (how < 9) {
    receive_signal();
  } else {
    expression().integer(0).send(Name::c);
    expect_receive();
  }
}

void Builder::receive_signal() {
  expression().receive(Name::c);
  expect_send();
}

Builder& Builder::none() { return node({}); }
Builder& Builder::integer(std::int32_t value) {
  return node({.kind = NodeKind::integer, .value = value});
}
Builder& Builder::version(std::int32_t base) {
  return node({.kind = NodeKind::integer, .argc = versioned, .value = base});
}
Builder& Builder::object() { return node({.kind = NodeKind::object}); }
Builder& Builder::name(Name name) { return node({.kind = NodeKind::name, .name = id(name)}); }
Builder& Builder::global(Name global) {
  return frame_task_ == no_name ? name(global) : member(frame_module_, global);
}
Builder& Builder::member(std::uint32_t module, Name global) {
  return node(
      {.kind = NodeKind::member, .name = id(global), .module = id(nth(Name::shop, module))});
}
Builder& Builder::attribute(Name attribute) {
  return node({.kind = NodeKind::attribute, .name = id(attribute)});
}
Builder& Builder::call(std::uint8_t arguments) {
  return node({.kind = NodeKind::call, .argc = arguments});
}
Builder& Builder::receive(Name channel) {
  return node({.kind = NodeKind::receive, .name = id(channel)});
}
Builder& Builder::is_instance() { return node({.kind = NodeKind::is_instance}); }
Builder& Builder::same() { return node({.kind = NodeKind::same}); }
Builder& Builder::super(Name method) {
  return node({.kind = NodeKind::super_, .name = id(method)});
}
Builder& Builder::super_of(Name method) {
  return node({.kind = NodeKind::super_, .argc = 2, .name = id(method)});
}
Builder& Builder::send(Name channel) { return node({.kind = NodeKind::send, .name = id(channel)}); }

Name Builder::want_reload(std::uint32_t module) {
  const ModuleDraft& draft = modules_[module];
  std::uint32_t version = 2 + draft.reloads;
  if (version > draft.versions || chance(1, 5))
    version = 1 + (below(draft.versions) + 1) % draft.versions;
  return want_reload(module, version);
}

Name Builder::want_reload(std::uint32_t module, std::uint32_t version) {
  const model::NameId name = id(nth(Name::shop, module));
  if (reloads_.size() >= reloads_usual) {
    for (std::uint32_t at = 0; at < reloads_.size(); ++at) {
      if (reloads_[at] == model::Target{name, version}) return nth(Name::r1, at);
    }
  }
  ++modules_[module].reloads;
  reloads_.push_back({name, version});
  return nth(Name::r1, static_cast<std::uint32_t>(reloads_.size() - 1));
}

void Builder::want_batch(std::uint32_t module, std::uint32_t other) {
  const Name reload = want_reload(module);
  const model::Target second{id(nth(Name::shop, other)), later_version(other)};
  for (Second& known : seconds_) {
    if (known.reload != reload) continue;
    known.target = second;
    return;
  }
  ++modules_[other].reloads;
  seconds_.push_back({reload, second});
}

void Builder::peek(Name task) {
  if (inspections_.size() == inspections_limit) return;
  const auto index = static_cast<std::uint32_t>(inspections_.size());
  inspections_.push_back({.name = id(nth(Name::p1, index)), .task = id(task)});
}

void Builder::poke(Name task, Name local) {
  if (inspections_.size() == inspections_limit) return;
  const auto index = static_cast<std::uint32_t>(inspections_.size());
  Node value{.kind = NodeKind::integer, .value = 70};
  const std::uint32_t kind = below(4);
  if (kind == 2) value = {.kind = NodeKind::none};
  if (kind == 3) value = {.kind = NodeKind::object};
  inspections_.push_back({.kind = model::Inspection::Kind::poke,
                          .name = id(nth(Name::p1, index)),
                          .task = id(task),
                          .local = id(local),
                          .value = value});
}

// One forgotten in twelve, so that some wait for ever.
void Builder::counterparts() {
  std::uint32_t left = std::min(sends_wanted_ + receives_wanted_, counterparts_max);
  if (left == 0) return;
  if (task_count_ < options_.tasks_max) {
    open_piece({first_task + task_count_++, all_versions, Rank::middle, 0, 0});
  } else {
    task();
  }
  if (chance(1, 3)) plain(LineKind::yield);
  for (; left > 0; --left) {
    const bool sends = receives_wanted_ == 0 || (sends_wanted_ > 0 && !chance(1, 3));
    --(sends ? sends_wanted_ : receives_wanted_);
    if (left > 1 && chance(1, 12)) continue;
    if (sends) {
      expression().integer(0).send(Name::c);
    } else {
      expression().receive(Name::c);
    }
  }
}

void Builder::finish(model::Scenario& out) {
  if (pieces_.empty()) {
    task();
    plain(LineKind::pass);
  }
  counterparts();
  if (modules_[1].names.none() && modules_[1].reloads == 0) module_count_ = 1;
  if (reloads_.empty()) want_reload(0);
  while (reloads_.size() < reloads_usual && chance(1, 4)) want_reload(module());
  pieces_.back().end = static_cast<std::uint32_t>(drafts_.size());

  out.names.assign(pool.begin(), pool.end());
  memory_.modules.resize(out.modules, module_count_);
  for (std::uint32_t at = 0; at < module_count_; ++at) write_module(out.modules[at], at);

  out.channels.clear();
  const auto uses = [&](Name channel) {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
      return (node.kind == NodeKind::receive || node.kind == NodeKind::send) &&
             node.name == id(channel);
    });
  };
  for (const Name channel : {Name::c, Name::d}) {
    if (!uses(channel)) continue;
    const std::uint32_t kind = below(10);
    const auto preference = static_cast<std::int8_t>(kind == 8 ? 0 : kind == 9 ? 1 : -1);
    out.channels.push_back({.name = id(channel), .preference = preference});
  }

  memory_.tasks.resize(out.tasks, task_count_);
  for (std::uint32_t at = 0; at < task_count_; ++at) {
    out.tasks[at].name = id(nth(Name::t, at));
    memory_.lines.resize(out.tasks[at].lines, 0);
    for (const Piece& piece : pieces_)
      if (piece.owner == first_task + at) write_piece(piece, 1, out.tasks[at].lines);
  }

  memory_.out_reloads.resize(out.reloads, reloads_.size());
  for (std::uint32_t at = 0; at < reloads_.size(); ++at) {
    out.reloads[at].name = id(nth(Name::r1, at));
    out.reloads[at].targets.assign(1, reloads_[at]);
  }
  for (const Second& second : seconds_) {
    const std::uint32_t at =
        static_cast<std::uint32_t>(second.reload) - static_cast<std::uint32_t>(Name::r1);
    std::vector<model::Target>& targets = out.reloads[at].targets;
    if (targets.front().module != second.target.module) targets.push_back(second.target);
  }
  out.inspections.assign(inspections_.begin(), inspections_.end());
}

void Builder::write_module(model::Module& module, std::uint32_t index) {
  const ModuleDraft& draft = modules_[index];
  module.name = id(nth(Name::shop, index));
  memory_.versions.resize(module.versions, draft.versions);
  std::uint32_t text = 1;
  for (std::uint32_t number = 1; number <= draft.versions; ++number) {
    model::Version& version = module.versions[number - 1];
    version.number = number;
    if ((draft.repeats & only(number)) == 0) text = number;
    memory_.lines.resize(version.lines, 0);
    for (const Rank rank : {Rank::first, Rank::middle, Rank::last}) {
      for (const Piece& piece : pieces_) {
        if (piece.owner == index && piece.rank == rank && (piece.versions & only(text)) != 0)
          write_piece(piece, text, version.lines);
      }
    }
    if (version.lines.empty()) add_line(version.lines);
  }
}

// One that passes. All lines have room for what shapes write, so that any will do for any other.
model::Line& Builder::add_line(std::vector<model::Line>& lines) {
  model::Line& line = memory_.lines.add(lines);
  line.kind = LineKind::pass;
  line.name = line.module = model::NameId::none();
  line.nodes.clear();
  line.nodes.reserve(line_nodes_usual);
  return line;
}

void Builder::write_piece(const Piece& piece, std::uint32_t version,
                          std::vector<model::Line>& lines) {
  for (std::uint32_t at = piece.begin; at < piece.end; ++at) {
    const Draft& draft = drafts_[at];
    model::Line& line = add_line(lines);
    line.kind = draft.kind;
    line.name = id(draft.name);
    line.module = id(draft.module);
    line.nodes.assign(nodes_.begin() + draft.nodes_begin, nodes_.begin() + draft.nodes_end);
    for (Node& node : line.nodes) {
      if (node.kind != NodeKind::integer || node.argc != versioned) continue;
      node.argc = 0;
      node.value += static_cast<std::int32_t>(version);
    }
  }
}

}  // namespace midstride::properties
