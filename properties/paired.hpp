// The guarantees over two runs: the first run is made once more, or once more with something taken
// away, and the two are compared. What one run shows is the business of a monitor.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/monitor.hpp"
#include "model/run.hpp"

namespace midstride::properties {

struct PairedJudgement {
  bool exercised = false;
  bool ran_again = false;                     // the runner holds another run now
  std::optional<model::Violation> violation;  // its event is an index into the first run's trace
};

// All of them: `outcome` is that of the runner's last run, made of this scenario and subject
// with these options; it may be the runner's own. They make another run with that runner, unjudged,
// which is not to be looked at afterwards: its scenario may be gone.

// deterministic: the same scenario gives the same digest. The violation is at the first event that
// differs, or past the end of the shorter trace; where only definitions differ, at the end.
PairedJudgement judge_deterministic(model::Runner& runner, model::Subject& subject,
                                    const model::Scenario& scenario, const model::Outcome& outcome,
                                    const model::RunOptions& options = {});

// no-op: with the decisions that the run took, and without its reloads, each tasklet emits,
// receives and has thrown in it the same (see observation.hpp). Exercised if the scenario is
// only_no_op_reloads(), a reload was committed and no freed code was used.
PairedJudgement judge_no_op(model::Runner& runner, model::Subject& subject,
                            const model::Scenario& scenario, const model::Outcome& outcome,
                            const model::RunOptions& options = {});

// Whether there is a reload, and each one's target has the lines of its module's first version,
// whose top level holds nothing but def, class and pass.
bool only_no_op_reloads(const model::Scenario& scenario);

// The scenario without its reloads: no decision makes one, and each statement that asks for one
// yields instead, so that the turns and the places where others may come in stay what they were.
model::Scenario without_reloads(const model::Scenario& scenario);

// revert, commute, non-interference: properties/paired/, a file each. Each says of which scenarios
// it can speak, as far as their text tells.
PairedJudgement judge_revert(model::Runner& runner, model::Subject& subject,
                             const model::Scenario& scenario, const model::Outcome& outcome,
                             const model::RunOptions& options = {});
bool may_revert(const model::Scenario& scenario);
PairedJudgement judge_commute(model::Runner& runner, model::Subject& subject,
                              const model::Scenario& scenario, const model::Outcome& outcome,
                              const model::RunOptions& options = {});
bool may_commute(const model::Scenario& scenario);
PairedJudgement judge_non_interference(model::Runner& runner, model::Subject& subject,
                                       const model::Scenario& scenario,
                                       const model::Outcome& outcome,
                                       const model::RunOptions& options = {});
bool has_bystanders(const model::Scenario& scenario);

// All that compare the run with one of a changed scenario, in the order of the guarantee table.
struct PairedGuarantee {
  std::string_view name;
  bool (*applies)(const model::Scenario& scenario);
  PairedJudgement (*judge)(model::Runner& runner, model::Subject& subject,
                           const model::Scenario& scenario, const model::Outcome& outcome,
                           const model::RunOptions& options);
};
std::span<const PairedGuarantee> paired_guarantees();

}  // namespace midstride::properties
