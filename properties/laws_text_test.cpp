// Laws of the text form, over scenarios that are made here from everything that is well formed,
// also what no generator would write: nobody calls a number or receives from a channel for its
// attribute.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/text.hpp"
#include "sim/choices.hpp"

namespace midstride::model {
namespace {

sim::Choices choices_of(std::uint64_t seed) { return sim::Choices::from(sim::Prng(seed)); }

std::uint64_t any_seed() { return *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()); }

class Maker {
 public:
  explicit Maker(sim::Choices& choices) : choices_(choices) {}

  Scenario make() {
    declare();
    for (Module& module : made_.modules) fill(module);
    for (Task& task : made_.tasks) body(task.lines, 0, Place::task);
    decide();
    if (chance()) expect();
    made_.story =
        pick<std::vector<std::string>>({{}, {"One line."}, {"Two", "", "  lines, \u00e9."}});
    made_.subject = pick<std::string>({"model/overwrite", "mutant/M2", "x+y_z.1-2"});
    made_.granularity = pick({Granularity::yields, Granularity::safepoints, Granularity::ops});
    made_.turn_budget = pick({1u, 100'000u, 0xffff'ffffu});
    made_.policy = pick<std::string>({"round-robin", "random", "seed"});
    made_.seed = pick<std::uint64_t>({0, 1, ~std::uint64_t{0}});
    return std::move(made_);
  }

 private:
  enum class Place { module, class_, function, inner, task };

  bool chance() { return choices_.chance(1, 2); }
  std::size_t below(std::size_t bound) { return choices_.below(static_cast<std::uint32_t>(bound)); }
  template <class Kind>
  Kind pick(std::initializer_list<Kind> all) {
    return all.begin()[below(all.size())];
  }

  // Names: declared ones, and a few that are free for everything else.
  NameId free_name() {
    return made_.intern(pick<std::string>({"a", "b", "f", "X", "self", "run", "_9"}));
  }
  NameId attribute() { return below(8) == 0 ? made_.intern("class") : free_name(); }
  template <class Declared>
  NameId one_of(const std::vector<Declared>& list) {
    return list[below(list.size())].name;
  }
  NameId tasklet() {
    if (!made_.tasks.empty() && chance()) return one_of(made_.tasks);
    return chance() ? free_name() : made_.intern(pick<std::string>({"w.2", "a.3", "t0.10"}));
  }

  void declare() {
    const auto name = [&](const char* letter, std::size_t at) {
      return made_.intern(letter + std::to_string(at));
    };
    for (std::size_t at = below(3); at > 0; --at) made_.modules.push_back({name("m", at), {}});
    for (std::size_t at = below(3); at > 0; --at)
      made_.channels.push_back({name("c", at), pick<std::int8_t>({-1, 0, 1}), chance()});
    for (std::size_t at = below(4); at > 0; --at) made_.tasks.push_back({name("t", at), {}});
    for (Module& module : made_.modules) {
      for (std::size_t count = 1 + below(3); count > 0; --count)
        module.versions.push_back({static_cast<std::uint32_t>(2 * module.versions.size() + 1), {}});
      made_.reloads.push_back({name("r", made_.reloads.size()), {target(module)}});
    }
    for (std::size_t at = below(3); at > 0; --at) inspection(name("i", at));
  }
  Target target(const Module& module) {
    return {module.name, module.versions[below(module.versions.size())].number};
  }
  void inspection(NameId name) {
    Inspection made{Inspection::Kind::peek, name, tasklet(), {}, {}};
    if (chance()) {
      made.kind = Inspection::Kind::flush;
    } else if (chance()) {
      made.kind = Inspection::Kind::poke;
      made.local = free_name();
      made.value = literal();
    }
    made_.inspections.push_back(made);
  }

  void fill(Module& module) {
    for (Version& version : module.versions) body(version.lines, 0, Place::module);
  }

  void body(std::vector<Line>& lines, std::size_t depth, Place place) {
    for (std::size_t count = 1 + below(4); count > 0; --count) statement(lines, depth, place);
  }
  void statement(std::vector<Line>& lines, std::size_t depth, Place place) {
    const bool defines = place == Place::class_ || (place == Place::module && depth == 0);
    if (place == Place::class_) {
      if (below(4) == 0) return lines.push_back({});
      if (below(3) == 0) return add_field(lines);
      return define(lines, depth);
    }
    if (defines && below(3) == 0) return define(lines, depth);
    if (defines && below(3) == 0) return define_class(lines, depth);
    if (place == Place::function && below(6) == 0) return define(lines, depth, Place::inner);
    if (depth < 4 && below(6) == 0) return attempt(lines, depth, place);
    if (depth < 4 && below(8) == 0) return loop(lines, depth, place);
    lines.push_back(simple(place));
  }
  void define(std::vector<Line>& lines, std::size_t depth, Place place = Place::function) {
    Line head{.kind = LineKind::def_, .name = free_name()};
    for (const char* parameter : {"p", "q", "self"})
      if (chance()) head.nodes.push_back({.kind = NodeKind::name, .name = made_.intern(parameter)});
    lines.push_back(head);
    if (place == Place::inner && chance())
      lines.push_back({.kind = LineKind::nonlocal, .name = head.name});
    body(lines, depth + 1, place);
    lines.push_back({.kind = LineKind::end});
  }
  // One of that name is enough.
  void add_field(std::vector<Line>& lines) {
    Line field{.kind = LineKind::field, .name = free_name(), .nodes = {literal()}};
    for (std::size_t at = lines.size(); lines[at - 1].kind != LineKind::class_; --at)
      if (lines[at - 1].kind == LineKind::field && lines[at - 1].name == field.name) field = {};
    lines.push_back(field);
  }
  void define_class(std::vector<Line>& lines, std::size_t depth) {
    lines.push_back({.kind = LineKind::class_, .name = free_name()});
    if (chance()) lines.back().nodes = {global()};
    body(lines, depth + 1, Place::class_);
    lines.push_back({.kind = LineKind::end});
  }
  void attempt(std::vector<Line>& lines, std::size_t depth, Place place) {
    lines.push_back({.kind = LineKind::try_});
    body(lines, depth + 1, place);
    const std::size_t parts = 1 + below(15);
    constexpr LineKind kinds[] = {LineKind::except_class, LineKind::except_, LineKind::except_exit,
                                  LineKind::finally_};
    for (std::size_t at = 0; at < 4; ++at) {
      if ((parts >> at & 1) == 0) continue;
      lines.push_back({.kind = kinds[at]});
      if (at == 0) lines.back().nodes = {global()};
      body(lines, depth + 1, place);
    }
    lines.push_back({.kind = LineKind::end});
  }

  void loop(std::vector<Line>& lines, std::size_t depth, Place place) {
    lines.push_back({.kind = LineKind::for_range, .name = free_name()});
    lines.back().nodes = {{.kind = NodeKind::integer, .value = pick({0, 1, rounds_max})}};
    body(lines, depth + 1, place);
    if (chance()) lines.push_back({.kind = chance() ? LineKind::break_ : LineKind::continue_});
    lines.push_back({.kind = LineKind::end});
  }

  Line simple(Place place) {
    const bool members = !made_.modules.empty();
    switch (below(15)) {
      case 0: return {};
      case 1: return {.kind = LineKind::yield};
      case 2: return {.kind = LineKind::kill, .name = tasklet()};
      case 3:
        return made_.reloads.empty()
                   ? Line{}
                   : Line{.kind = LineKind::reload, .name = one_of(made_.reloads)};
      case 4: return {.kind = LineKind::assign, .name = free_name(), .nodes = expression()};
      case 5:
        return !members ? Line{}
                        : Line{.kind = LineKind::assign_member,
                               .name = free_name(),
                               .module = one_of(made_.modules),
                               .nodes = expression()};
      case 6:
        return {.kind = LineKind::assign_attribute, .name = attribute(), .nodes = expression(2)};
      case 7: return {.kind = LineKind::emit, .nodes = expression()};
      case 8:
        return {.kind = place == Place::module ? LineKind::raise : LineKind::return_,
                .nodes = expression()};
      case 9: return {.kind = LineKind::raise, .nodes = expression()};
      case 10: {
        Line made{.kind = LineKind::spawn, .name = made_.intern("w"), .nodes = expression()};
        made.nodes.push_back({.kind = NodeKind::call});
        return made;
      }
      case 11:
        return !members ? Line{}
                        : Line{.kind = LineKind::import_,
                               .name = free_name(),
                               .module = one_of(made_.modules)};
      case 12:
        return {.kind = place == Place::module ? LineKind::once : LineKind::assign,
                .name = free_name(),
                .nodes = expression()};
      case 13: return {.kind = LineKind::at_exit, .nodes = expression()};
      default: return {.kind = LineKind::expression, .nodes = expression()};
    }
  }

  Node literal() {
    if (chance()) return {.kind = chance() ? NodeKind::none : NodeKind::object};
    return {.kind = NodeKind::integer, .value = pick({0, -1, 7, integer_max, -integer_max})};
  }
  Node global() {
    if (made_.modules.empty() || chance()) return {.kind = NodeKind::name, .name = free_name()};
    return {.kind = NodeKind::member, .name = free_name(), .module = one_of(made_.modules)};
  }
  std::vector<Node> expression(std::size_t values = 1) {
    std::vector<Node> nodes;
    for (; values > 0; --values) value(nodes, 3);
    return nodes;
  }
  void value(std::vector<Node>& nodes, std::size_t depth) {
    switch (below(depth == 0 ? 4 : 11)) {
      case 0: return nodes.push_back(literal());
      case 1:
        if (chance()) return nodes.push_back({.kind = NodeKind::super_, .name = attribute()});
        return nodes.push_back(global());
      case 2:
        if (made_.channels.empty()) return nodes.push_back(literal());
        return nodes.push_back({.kind = NodeKind::receive, .name = one_of(made_.channels)});
      case 3: return nodes.push_back({.kind = NodeKind::name, .name = free_name()});
      case 4:
        value(nodes, depth - 1);
        if (made_.channels.empty()) return;
        return nodes.push_back({.kind = NodeKind::send, .name = one_of(made_.channels)});
      case 5:
        value(nodes, depth - 1);
        return nodes.push_back({.kind = NodeKind::attribute, .name = attribute()});
      case 6:
      case 7:
      case 8: {
        value(nodes, depth - 1);
        value(nodes, depth - 1);
        if (chance()) {
          nodes.push_back({.kind = chance() ? NodeKind::is_instance : NodeKind::same});
        } else {
          nodes.push_back({.kind = NodeKind::super_, .argc = 2, .name = attribute()});
        }
        return;
      }
      default: {
        const std::size_t argc = below(parameters_max + 1);
        for (std::size_t at = 0; at <= argc; ++at) value(nodes, depth - 1);
        nodes.push_back({.kind = NodeKind::call, .argc = static_cast<std::uint8_t>(argc)});
      }
    }
  }

  void decide() {
    for (std::size_t count = below(6); count > 0; --count) {
      Decision made{.kind = Decision::Kind::collect};
      if (chance()) {
        made = {.kind = Decision::Kind::run, .name = tasklet(), .count = choices_.below(3)};
      } else if (!made_.reloads.empty() && chance()) {
        NameId name = one_of(made_.reloads);
        if (chance()) name = made_.intern(std::string(made_.text(name)) + ".2");
        made = {.kind = Decision::Kind::reload, .name = name, .count = choices_.below(3)};
      } else if (!made_.inspections.empty()) {
        made = {.kind = Decision::Kind::inspect, .name = one_of(made_.inspections)};
      }
      if (chance()) made.ran_op = made_.intern(pick<std::string>({"emit", "store-attribute", "f"}));
      if (made.ran_op.valid() && chance())
        made.ran_object = made_.intern(pick<std::string>({"class", "a", "w.2"}));
      made_.decisions.push_back(made);
    }
  }

  void expect() {
    Expectation made{.verdict = static_cast<VerdictKind>(below(7))};
    if (made.verdict == VerdictKind::violated) {
      made.guarantees.push_back(made_.intern("no-early-free"));
      if (chance()) made.guarantees.push_back(made_.intern("expect"));
    }
    made_.expectation = made;
  }

  sim::Choices& choices_;
  Scenario made_;
};

// Not in normal form. A line with more nodes than are allowed is rare; nothing does instead.
Scenario scenario_of(sim::Choices& choices) {
  Scenario made = Maker(choices).make();
  return problem(made) ? Scenario{} : made;
}
Scenario normal_scenario_of(sim::Choices& choices) {
  Scenario made = scenario_of(choices);
  normalise(made);
  return made;
}

// Reads what must be readable.
Scenario reread(const std::string& text) {
  const auto result = read(text, "t");
  if (const auto* error = std::get_if<TextError>(&result)) RC_FAIL(describe(*error) + "\n" + text);
  return std::get<Scenario>(result);
}

// What holds for any bytes.
void check_any_text(const std::string& text) {
  const auto result = read(text, "t");
  if (const auto* error = std::get_if<TextError>(&result)) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    RC_ASSERT(error->line >= 1u);
    RC_ASSERT(error->line <= lines);
    RC_ASSERT(error->column >= 1u);
    return;
  }
  const Scenario& scenario = std::get<Scenario>(result);
  RC_ASSERT(problem(scenario) == std::nullopt);
  RC_ASSERT(reread(write(scenario)) == scenario);
}

RC_GTEST_PROP(LawsText, WhatIsWrittenIsReadAsTheSame, ()) {
  sim::Choices choices = choices_of(any_seed());
  const Scenario scenario = normal_scenario_of(choices);
  const std::string text = write(scenario);
  RC_LOG() << text;
  RC_ASSERT(reread(text) == scenario);
  RC_ASSERT(write(reread(text)) == text);
}

// The name table may be in any order and hold more than is used.
RC_GTEST_PROP(LawsText, TheTextDoesNotDependOnTheNameTable, ()) {
  sim::Choices choices = choices_of(any_seed());
  const Scenario scenario = scenario_of(choices);
  Scenario normal = scenario;
  normalise(normal);
  RC_ASSERT(write(scenario) == write(normal));
}

// Deeper indentation, blank lines and comments change nothing.
RC_GTEST_PROP(LawsText, LayoutDoesNotMatter, ()) {
  sim::Choices choices = choices_of(any_seed());
  const Scenario scenario = normal_scenario_of(choices);
  const std::string text = write(scenario);
  const std::size_t width = 1 + choices.below(5);
  std::string loose;
  bool story = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::size_t first = text.find_first_not_of(' ', begin);
    if (begin > 0 && text[begin] != '#') story = false;
    if (!story && choices.chance(1, 4)) loose += "\n   # said in between\n\n";
    loose.append((first - begin) / 2 * width, ' ').append(text, first, end - first);
    if (!story && choices.chance(1, 4)) loose += "  # said at the end";
    loose += choices.chance(1, 4) ? "  \r\n" : "\n";
    begin = end + 1;
  }
  RC_LOG() << loose;
  RC_ASSERT(reread(loose) == scenario);
}

RC_GTEST_PROP(LawsText, AnyBytesAreReadOrRefused, ()) {
  check_any_text(*rc::gen::arbitrary<std::string>());
  check_any_text("midstride 1\n" + *rc::gen::arbitrary<std::string>());
}

// A few edits of a good text, most of which are wrong in one place only.
RC_GTEST_PROP(LawsText, EditedTextsAreReadOrRefused, ()) {
  sim::Choices choices = choices_of(any_seed());
  std::string text = write(scenario_of(choices));
  for (std::uint32_t edits = 1 + choices.below(4); edits > 0; --edits) {
    const auto size = static_cast<std::uint32_t>(text.size());
    const std::size_t at = choices.below(size);
    const std::size_t from = choices.below(size);
    const std::size_t length = choices.below(choices.chance(1, 2) ? 4 : 40);
    switch (choices.below(5)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, text.substr(from, length)); break;
      case 2: text.replace(at, length, text, from, length); break;
      case 3: text[at] = static_cast<char>(choices.below(256)); break;
      default:
        if (choices.chance(1, 4)) text.resize(at);
    }
    if (text.empty()) break;
  }
  RC_LOG() << text;
  check_any_text(text);
}

// The rules on values and those of the reader are the same: whatever has no problem can be read.
RC_GTEST_PROP(LawsText, AnEditedScenarioHasAProblemOrIsReadAsTheSame, ()) {
  sim::Choices choices = choices_of(any_seed());
  Scenario scenario = scenario_of(choices);
  const auto below = [&](std::size_t bound) {
    return choices.below(static_cast<std::uint32_t>(bound));
  };
  const auto any_name = [&] { return NameId{below(scenario.names.size() + 1)}; };
  std::vector<std::vector<Line>*> bodies;
  for (Module& module : scenario.modules)
    for (Version& version : module.versions) bodies.push_back(&version.lines);
  for (Task& task : scenario.tasks) bodies.push_back(&task.lines);
  for (std::uint32_t edits = 1 + choices.below(3); edits > 0; --edits) {
    if (!scenario.decisions.empty() && choices.chance(1, 4)) {
      Decision& decision = scenario.decisions[below(scenario.decisions.size())];
      decision.kind = static_cast<Decision::Kind>(below(4));
      decision.name = any_name();
      continue;
    }
    if (bodies.empty()) break;
    std::vector<Line>& lines = *bodies[below(bodies.size())];
    if (lines.empty()) continue;
    const auto line = lines.begin() + below(lines.size());
    switch (below(5)) {
      case 0: lines.erase(line); break;
      case 1: lines.insert(line, lines[below(lines.size())]); break;
      case 2: line->kind = static_cast<LineKind>(below(25)); break;
      case 3: line->name = any_name(); break;
      default:
        if (line->nodes.empty()) break;
        Node& node = line->nodes[below(line->nodes.size())];
        if (below(2) == 0) node.kind = static_cast<NodeKind>(below(12));
        if (below(2) == 0) node.name = any_name();
        if (below(2) == 0) node.argc = static_cast<std::uint8_t>(below(5));
    }
  }
  const bool sound = problem(scenario) == std::nullopt;
  RC_CLASSIFY(sound);
  if (!sound) return;
  const std::string text = write(scenario);
  RC_LOG() << text;
  normalise(scenario);
  RC_ASSERT(reread(text) == scenario);
}

}  // namespace
}  // namespace midstride::model
