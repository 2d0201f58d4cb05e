// A second statement of Stackless's rules: what a program has to do, found by walking over tables.
// It shares no code with sim, and knows no fibers, fewer states and another picture of the ring.
#pragma once

#include "properties/laws_channels_program.hpp"

namespace midstride::properties {

// The log of the program in the order of Stackless.
Log expected_log(const ChannelProgram& program);

}  // namespace midstride::properties
