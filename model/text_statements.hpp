// The statements and expressions of the text form.
#pragma once

#include <cstdint>
#include <vector>

#include "model/scenario.hpp"
#include "model/text_reading.hpp"

namespace midstride::model {

// The lines that are indented deeper than `parent` from the current one on, which must be one of
// them. `where` says whose lines they are.
void read_block(Reading& in, Where where, std::uint32_t parent, std::vector<Line>& lines);

// A single statement that opens no block, on the rest of the current line.
void read_one_line(Reading& in, Where where, std::vector<Line>& lines);

// None, a number or {}.
Node read_literal(Reading& in);

}  // namespace midstride::model
