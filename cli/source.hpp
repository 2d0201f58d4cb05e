// What each op of a program says in the words of its scenario. A statement is split into ops that
// leave their values in hidden temporaries; put together again, the last of them says the whole
// statement and the others say the part that they compute.
#pragma once

#include <string>
#include <vector>

#include "model/program.hpp"
#include "model/scenario.hpp"

namespace midstride::cli {

struct OpText {
  std::string text;          // `m = X().f` of a statement, `X().f` of a part
  bool statement = false;    // the last op of its statement
  bool shows_value = false;  // the text says what is computed, not what comes out: `emit m()`
};

// By index into Program::ops. The scenario is the one that the program was compiled from.
std::vector<OpText> texts_of_ops(const model::Program& program, const model::Scenario& scenario);

}  // namespace midstride::cli
