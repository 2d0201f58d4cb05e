// Passes over declarations, definitions and statements.
#include <algorithm>
#include <vector>

#include "properties/shrink/edit.hpp"
#include "properties/shrink/passes.hpp"

namespace midstride::properties {

using model::Line;
using model::LineKind;
using model::Node;
using model::NodeKind;
using model::Scenario;

namespace {

template <class List>
void erase(List& list, std::size_t begin, std::size_t end) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
             list.begin() + static_cast<std::ptrdiff_t>(end));
}

// Units that are the elements of one of the scenario's lists.
template <class List>
void cut_list(Search& search, List Scenario::*list) {
  search.cut_units(
      Changes::program, [&](const Scenario& scenario) { return (scenario.*list).size(); },
      [&](Scenario& scenario, std::size_t begin, std::size_t end) {
        erase(scenario.*list, begin, end);
      });
}

// Cuts versions of a module. Their reloads bring the last version before them instead, or the first
// one after them.
void cut_but_reload(Scenario& scenario, model::Module& module, std::size_t begin, std::size_t end) {
  const bool all = begin == 0 && end == module.versions.size();
  for (model::Reload& reload : scenario.reloads) {
    model::Target& target = reload.targets.front();
    for (std::size_t at = begin; at < end && !all && target.module == module.name; ++at) {
      if (target.version != module.versions[at].number) continue;
      target.version = module.versions[begin > 0 ? begin - 1 : end].number;
      break;
    }
  }
  erase(module.versions, begin, end);
}

// With their reloads, then without.
void cut_versions(Search& search) {
  for (const bool with_reloads : {true, false}) {
    for (std::size_t at = 0; at < search.best().modules.size(); ++at) {
      search.cut_units(
          Changes::program,
          [&](const Scenario& scenario) {
            return at < scenario.modules.size() ? scenario.modules[at].versions.size() : 0;
          },
          [&](Scenario& scenario, std::size_t begin, std::size_t end) {
            model::Module& module = scenario.modules[at];
            if (with_reloads) {
              erase(module.versions, begin, end);
            } else {
              cut_but_reload(scenario, module, begin, end);
            }
          });
    }
  }
}

// A name that the top level of a module defines, with all its definitions.
struct Definition {
  std::uint32_t module;
  model::NameId name;
  bool operator==(const Definition&) const = default;
};
std::vector<Definition> definitions(const Scenario& scenario) {
  std::vector<Definition> result;
  for (const Body body : bodies(scenario)) {
    if (body.module == Body::task) continue;
    const std::vector<Line>& lines = lines_of(scenario, body);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      if (lines[at].kind != LineKind::def_ && lines[at].kind != LineKind::class_) continue;
      const Definition definition{body.module, lines[at].name};
      if (std::ranges::find(result, definition) == result.end()) result.push_back(definition);
      at = model::block_end(lines, at);
    }
  }
  return result;
}

void cut_definition(Scenario& scenario, const Definition& definition) {
  for (model::Version& version : scenario.modules[definition.module].versions) {
    for (std::size_t at = 0; at < version.lines.size(); ++at) {
      const Line& line = version.lines[at];
      if (line.kind != LineKind::def_ && line.kind != LineKind::class_) continue;
      const std::size_t end = model::block_end(version.lines, at) + 1;
      if (line.name == definition.name) {
        cut(version.lines, Range{at, end});
        --at;
      } else {
        at = end - 1;
      }
    }
  }
}

// Cuts some statements of a body, where `everywhere` in the other versions too.
void cut_some(Scenario& scenario, Body body, std::size_t begin, std::size_t end, bool everywhere) {
  std::vector<std::vector<bool>> marked;  // by body
  const std::vector<Body> all = bodies(scenario);
  for (const Body each : all) marked.emplace_back(lines_of(scenario, each).size(), false);
  const std::vector<Range> units = statements(lines_of(scenario, body));
  for (std::size_t unit = begin; unit < end; ++unit) {
    std::vector<Place> places{{body, units[unit].begin}};
    if (everywhere) places = siblings(scenario, places.front());
    for (const Place& place : places) {
      const auto index = static_cast<std::size_t>(std::ranges::find(all, place.body) - all.begin());
      const std::vector<Line>& lines = lines_of(scenario, place.body);
      const LineKind kind = lines[place.line].kind;
      const std::size_t last =
          model::opens_block(kind) ? model::block_end(lines, place.line) : place.line;
      for (std::size_t at = place.line; at <= last; ++at) marked[index][at] = true;
    }
  }
  for (std::size_t at = 0; at < all.size(); ++at) cut(lines_of(scenario, all[at]), marked[at]);
}

bool has(const Scenario& scenario, Body body) {
  return body.module == Body::task ? body.index < scenario.tasks.size()
                                   : body.module < scenario.modules.size() &&
                                         body.index < scenario.modules[body.module].versions.size();
}

// One after the other, each line of each body of what was the best scenario when its turn came.
template <class Each>
void for_each_line(Search& search, Each each) {
  for (const Body body : bodies(search.best())) {
    if (!has(search.best(), body)) continue;
    for (std::size_t at = lines_of(search.best(), body).size(); at-- > 0;) {
      if (search.stopped() || !has(search.best(), body)) return;
      if (at < lines_of(search.best(), body).size()) each(Place{body, at});
    }
  }
}

// Tries `change(lines, at)` in all versions that have the line, then there alone.
template <class Change>
bool attempt_change(Search& search, Place place, Change change) {
  const std::vector<Place> places = siblings(search.best(), place);
  if (places.size() > 1) {
    Scenario candidate = search.best();
    for (const Place& each : places) change(lines_of(candidate, each.body), each.line);
    if (search.attempt(std::move(candidate), Changes::program)) return true;
  }
  Scenario candidate = search.best();
  change(lines_of(candidate, place.body), place.line);
  return search.attempt(std::move(candidate), Changes::program);
}

// The call nodes of a line whose callee is that name, as a global or as an attribute.
template <class Each>
void for_calls_of(std::vector<Node>& nodes, model::NameId name, Each each) {
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    if (nodes[at].kind != NodeKind::call) continue;
    std::vector<std::size_t> arguments(nodes[at].argc);  // where each begins
    std::size_t before = at;
    for (std::size_t argument = arguments.size(); argument-- > 0;)
      before = arguments[argument] = model::subexpression_begin(nodes, before - 1);
    if (nodes[before - 1].name != name) continue;
    at = each(at, arguments, nodes[before - 1].kind == NodeKind::attribute);
  }
}

// Takes parameter `index` of the functions of that name, and the argument from the calls by that
// name.
void cut_parameter(Scenario& scenario, model::NameId name, std::size_t index) {
  for (const Body body : bodies(scenario)) {
    for (Line& line : lines_of(scenario, body)) {
      if (line.kind == LineKind::def_) {
        if (line.name == name && index < line.nodes.size()) erase(line.nodes, index, index + 1);
        continue;
      }
      for_calls_of(
          line.nodes, name, [&](std::size_t at, std::vector<std::size_t>& arguments, bool method) {
            const std::size_t argument = index - (method ? 1 : 0);
            if (argument >= arguments.size()) return at;
            const std::size_t end = argument + 1 < arguments.size() ? arguments[argument + 1] : at;
            --line.nodes[at].argc;
            erase(line.nodes, arguments[argument], end);
            return at - (end - arguments[argument]);
          });
    }
  }
}

}  // namespace

void cut_declarations(Search& search) {
  cut_list(search, &Scenario::tasks);
  cut_list(search, &Scenario::modules);
  cut_list(search, &Scenario::reloads);
  cut_versions(search);
  cut_list(search, &Scenario::inspections);
  cut_list(search, &Scenario::channels);
}

void cut_definitions(Search& search) {
  search.cut_units(
      Changes::program, [](const Scenario& scenario) { return definitions(scenario).size(); },
      [](Scenario& scenario, std::size_t begin, std::size_t end) {
        const std::vector<Definition> all = definitions(scenario);
        for (std::size_t at = begin; at < end; ++at) cut_definition(scenario, all[at]);
      });
}

void cut_statements(Search& search) {
  for (const bool everywhere : {true, false}) {
    for (const Body body : bodies(search.best())) {
      if (everywhere && body.module == Body::task) continue;
      search.cut_units(
          Changes::program,
          [&](const Scenario& scenario) {
            return has(scenario, body) ? statements(lines_of(scenario, body)).size() : 0;
          },
          [&](Scenario& scenario, std::size_t begin, std::size_t end) {
            cut_some(scenario, body, begin, end, everywhere);
          });
    }
  }
}

void open_blocks(Search& search) {
  for_each_line(search, [&](const Place& place) {
    const LineKind kind = lines_of(search.best(), place.body)[place.line].kind;
    if (kind != LineKind::try_ && !model::is_loop(kind)) return;
    // What is done in a loop, once. What is tried, alone; with one of its parts after it.
    const std::size_t parts =
        parts_of_try(lines_of(search.best(), place.body), place.line).size() - 2;
    for (std::size_t keep = 0; keep <= parts; ++keep) {
      const bool opened =
          attempt_change(search, place, [&](std::vector<Line>& lines, std::size_t open) {
            const std::vector<std::size_t> all = parts_of_try(lines, open);
            std::vector<bool> marked(lines.size(), false);
            marked[open] = true;
            for (std::size_t part = 1; part + 1 < all.size(); ++part) {
              marked[all[part]] = true;
              for (std::size_t at = all[part]; at < all[part + 1]; ++at)
                marked[at] = marked[at] || part != keep;
            }
            marked[all.back()] = true;
            cut(lines, marked);
          });
      if (opened) return;
    }
    for (std::size_t part = parts; parts > 1 && part > 0; --part) {
      const bool less =
          attempt_change(search, place, [&](std::vector<Line>& lines, std::size_t open) {
            const std::vector<std::size_t> all = parts_of_try(lines, open);
            if (part + 1 < all.size()) cut(lines, Range{all[part], all[part + 1]});
          });
      if (less) return;
    }
  });
}

void cut_parameters(Search& search) {
  for_each_line(search, [&](const Place& place) {
    const Line line = lines_of(search.best(), place.body)[place.line];
    if (line.kind != LineKind::def_) return;
    for (std::size_t index = line.nodes.size(); index-- > 0;) {
      Scenario candidate = search.best();
      cut_parameter(candidate, line.name, index);
      if (search.attempt(std::move(candidate), Changes::program)) return;
      const bool less =
          attempt_change(search, place, [&](std::vector<Line>& lines, std::size_t at) {
            erase(lines[at].nodes, index, index + 1);
          });
      if (less) return;
    }
  });
}

// To an expression that is evaluated for what it does, an import too, `once` to an assignment
// first; a loop to one of fewer rounds; a class to one without a base, an except to one without a
// class; an expression to a turn that does nothing, a receive or a send to a yield.
void simplify_statements(Search& search) {
  for_each_line(search, [&](const Place& place) {
    switch (lines_of(search.best(), place.body)[place.line].kind) {
      case LineKind::assign:
      case LineKind::assign_member:
      case LineKind::emit:
      case LineKind::return_:
      case LineKind::raise:
      case LineKind::spawn:
      case LineKind::yield_value:
      case LineKind::at_exit: break;
      case LineKind::once: {
        const bool plain = attempt_change(
            search, place,
            [](std::vector<Line>& lines, std::size_t at) { lines[at].kind = LineKind::assign; });
        if (plain) return;
        break;
      }
      case LineKind::class_:
        if (lines_of(search.best(), place.body)[place.line].nodes.empty()) return;
        attempt_change(search, place,
                       [](std::vector<Line>& lines, std::size_t at) { lines[at].nodes.clear(); });
        return;
      case LineKind::import_:
        attempt_change(search, place, [](std::vector<Line>& lines, std::size_t at) {
          const Node member{
              .kind = NodeKind::member, .name = lines[at].name, .module = lines[at].module};
          lines[at] = {.kind = LineKind::expression, .nodes = {member}};
        });
        return;
      case LineKind::except_class:
        attempt_change(search, place, [](std::vector<Line>& lines, std::size_t at) {
          lines[at] = {.kind = LineKind::except_};
        });
        return;
      case LineKind::for_range: {
        const std::int32_t rounds = lines_of(search.best(), place.body)[place.line].nodes[0].value;
        for (std::int32_t fewer = 1; fewer < rounds; ++fewer) {
          const bool less = attempt_change(
              search, place,
              [&](std::vector<Line>& lines, std::size_t at) { lines[at].nodes[0].value = fewer; });
          if (less) return;
        }
        return;
      }
      case LineKind::expression: {
        const bool suspends = [&] {
          const NodeKind last = lines_of(search.best(), place.body)[place.line].nodes.back().kind;
          return last == NodeKind::receive || last == NodeKind::send;
        }();
        const auto become = [&](LineKind kind) {
          return attempt_change(search, place, [&](std::vector<Line>& lines, std::size_t at) {
            lines[at] = {.kind = kind};
          });
        };
        if (!become(LineKind::pass) && suspends) become(LineKind::yield);
        return;
      }
      default: return;
    }
    attempt_change(search, place, [](std::vector<Line>& lines, std::size_t at) {
      lines[at] = {.kind = LineKind::expression, .nodes = std::move(lines[at].nodes)};
    });
  });
}

void simplify_expressions(Search& search) {
  const auto replace = [&](const Place& place, std::size_t begin, std::size_t last,
                           const std::vector<Node>& by) {
    return attempt_change(search, place, [&](std::vector<Line>& lines, std::size_t at) {
      std::vector<Node>& nodes = lines[at].nodes;
      erase(nodes, begin, last + 1);
      nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(begin), by.begin(), by.end());
    });
  };
  const auto part = [](const std::vector<Node>& nodes, std::size_t begin, std::size_t last) {
    return std::vector<Node>(nodes.begin() + static_cast<std::ptrdiff_t>(begin),
                             nodes.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  };
  // One subexpression, the whole included: by None, by a number, by one of its own, without one of
  // its arguments.
  const auto simplify = [&](const Place& place, std::size_t last) {
    const std::vector<Node> nodes = lines_of(search.best(), place.body)[place.line].nodes;
    const std::size_t begin = model::subexpression_begin(nodes, last);
    if (replace(place, begin, last, {Node{}})) return true;
    for (std::int32_t value = 0; value <= 2; ++value)
      if (replace(place, begin, last, {Node{.kind = NodeKind::integer, .value = value}}))
        return true;
    for (std::size_t end = last; end > begin;) {
      const std::size_t operand = model::subexpression_begin(nodes, end - 1);
      if (replace(place, begin, last, part(nodes, operand, end - 1))) return true;
      if (nodes[last].kind == NodeKind::call && operand > begin) {
        std::vector<Node> fewer = part(nodes, begin, last);
        erase(fewer, operand - begin, end - begin);
        --fewer.back().argc;
        if (replace(place, begin, last, fewer)) return true;
      }
      end = operand;
    }
    return false;
  };
  for_each_line(search, [&](const Place& place) {
    const LineKind kind = lines_of(search.best(), place.body)[place.line].kind;
    if (kind == LineKind::def_ || kind == LineKind::for_range) return;
    const std::size_t count = lines_of(search.best(), place.body)[place.line].nodes.size();
    for (std::size_t last = count; last-- > 0 && !search.stopped();) {
      const Scenario& best = search.best();
      if (!has(best, place.body) || place.line >= lines_of(best, place.body).size()) return;
      if (last >= lines_of(best, place.body)[place.line].nodes.size()) continue;
      simplify(place, last);
    }
  });
}

void simplify_inspections(Search& search) {
  for (std::size_t at = 0; at < search.best().inspections.size(); ++at) {
    const auto attempt = [&](auto change) {
      Scenario candidate = search.best();
      change(candidate.inspections[at]);
      return search.attempt(std::move(candidate), Changes::schedule);
    };
    if (search.best().inspections[at].kind == model::Inspection::Kind::peek) continue;
    attempt([](model::Inspection& poke) { poke = {.name = poke.name, .task = poke.task}; }) ||
        attempt([](model::Inspection& poke) { poke.value = {}; }) ||
        attempt([](model::Inspection& poke) { poke.value = {.kind = NodeKind::integer}; });
  }
}

}  // namespace midstride::properties
