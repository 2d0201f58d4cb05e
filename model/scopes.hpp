// Which names a function binds, from its lines: one rule for whoever checks, compiles or shrinks
// them. What a def binds and a def inside it uses, or says nonlocal of, is captured. The lines need
// not be well formed.
#pragma once

#include <cstddef>
#include <vector>

#include "model/scenario.hpp"

namespace midstride::model {

// Calls visit(NameId) for each name that is bound from that line on, to the end of the block that
// it stands in; not for those that a def among the lines binds. Names may repeat.
template <class Visit>
void each_assigned(const std::vector<Line>& lines, std::size_t begin, const Visit& visit) {
  std::size_t depth = 0;   // of the blocks opened on the way
  std::size_t inside = 0;  // at which of them a def was opened, or 0
  for (std::size_t at = begin; at < lines.size(); ++at) {
    const LineKind kind = lines[at].kind;
    const bool defines = kind == LineKind::def_;
    if (inside == 0 && binds_name(kind)) visit(lines[at].name);
    if (opens_block(kind)) ++depth;
    if (inside == 0 && defines) inside = depth;
    if (kind != LineKind::end) continue;
    if (depth == 0) return;
    if (depth-- == inside) inside = 0;
  }
}

// The same for the def at `open`, and for its parameters.
template <class Visit>
void each_bound(const std::vector<Line>& lines, std::size_t open, const Visit& visit) {
  for (const Node& parameter : lines[open].nodes) visit(parameter.name);
  each_assigned(lines, open + 1, visit);
}

// Calls visit(NameId) for each name that the lines of the def at `open` use or say nonlocal of.
template <class Visit>
void each_used(const std::vector<Line>& lines, std::size_t open, const Visit& visit) {
  const std::size_t end = block_end(lines, open);
  for (std::size_t at = open + 1; at < end; ++at) {
    if (lines[at].kind == LineKind::nonlocal) visit(lines[at].name);
    for (const Node& node : lines[at].nodes)
      if (node.kind == NodeKind::name) visit(node.name);
  }
}

}  // namespace midstride::model
