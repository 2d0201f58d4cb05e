// One run and everything that is said of it: the monitors' verdict and, where a scenario is of the
// kind that they speak of, the guarantees over two runs. Campaigns, replay and the shrinker all
// come here, so a verdict means the same everywhere.
#pragma once

#include "model/run.hpp"
#include "properties/guarantees.hpp"

namespace midstride::properties {

struct JudgeOptions {
  bool paired = true;    // judge what compares two runs, where it applies
  bool recheck = false;  // make the run twice and judge deterministic
};

class Judge {
 public:
  Judge() : runner_(guarantees()) {}

  // Valid until the next call. Afterwards runner() holds the run itself, not its repetition.
  const model::Outcome& run(const model::Scenario& scenario, model::Subject& subject,
                            const JudgeOptions& options = {});
  const model::Runner& runner() const { return runner_; }

 private:
  model::Runner runner_;
  model::Outcome outcome_;
};

// Makes the scenario expect that verdict.
void expect(model::Scenario& scenario, const model::Verdict& verdict);

}  // namespace midstride::properties
