// What ends the program from outside and from below: Ctrl-C asks a campaign to stop and to print
// what it has; a broken invariant (SIGABRT) ends with exit code 3 and the line that replays the
// run.
#pragma once

#include <cstdint>

namespace midstride::cli {

void install_signal_handlers();

// From now on the first Ctrl-C is only remembered; a second one ends the program at once. For
// campaigns, which have something to print.
void catch_interrupt();
bool interrupted();

// The run that is under way, for the line to paste. The command is a prefix and must stay alive.
struct UnderWay {
  const char* command = nullptr;  // midstride replay --subject model/swap --seed
  std::uint64_t seed = 0;
};
extern UnderWay under_way;

}  // namespace midstride::cli
