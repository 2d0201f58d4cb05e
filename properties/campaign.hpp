// Many runs of one subject: generated scenarios (or one program whose schedules and reload
// placements are searched), judged against the claims, with the first violation of each guarantee
// kept. The same options give the same result everywhere, run for run. It knows no clock: the
// caller decides when to stop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/run.hpp"
#include "properties/claims.hpp"
#include "sim/digest.hpp"

namespace midstride::properties {

struct CampaignOptions {
  std::uint64_t seed = 0;
  std::string policy = "random";
  std::optional<model::Granularity> granularity =
      std::nullopt;  // none: the subject's own, or the file's
  // The program whose schedules are searched; none: every run has a generated one.
  std::optional<model::Scenario> program = std::nullopt;
  // Every n-th run, and every run that fails, is made twice and compared. 0: never.
  std::uint32_t recheck_every = 20;
  // Judge the guarantees that need a second run, where a scenario is of the kind they speak of.
  bool paired = true;
};

struct Violated {
  std::uint32_t guarantee = 0;  // index into guarantees()
  Standing standing = Standing::unclaimed;
  std::uint64_t first_run = 0;  // counted from 1
  std::uint64_t run_seed = 0;   // replays that run: see scenario_of_run
  std::uint64_t runs = 0;       // in which it was violated
  model::Scenario scenario;     // of the first run, with explicit decisions
  model::Violation violation;
};

struct CampaignResult {
  std::string subject;
  model::Granularity granularity = model::Granularity::ops;
  std::uint64_t runs = 0;
  std::uint64_t turns = 0;
  sim::Digest digest;                    // over the digests of all runs, in order
  std::vector<std::uint64_t> exercised;  // by guarantee: runs
  std::vector<std::uint64_t> judged;     // by guarantee: runs
  std::vector<Violated> violated;     // by first run; a guarantee has up to one entry per standing
  std::vector<std::uint64_t> shapes;  // by row of shapes(): runs whose scenario has it
  std::vector<std::uint64_t> probes;  // by row of probes(): runs that hit it
  std::vector<std::uint64_t> verdicts;  // by VerdictKind
  // The first run whose repetition differed.
  std::optional<std::uint64_t> nondeterministic_seed;
  std::string nondeterministic_how;
};

// The seed of run number `run` (from 1) of a campaign.
std::uint64_t run_seed(std::uint64_t campaign_seed, std::uint64_t run);
// The scenario of the run with that seed: what the campaign with these options ran, whatever its
// number was.
model::Scenario scenario_of_run(const CampaignOptions& options, const model::Subject& subject,
                                std::uint64_t run_seed);

class Campaign {
 public:
  Campaign(model::Subject& subject, const CampaignOptions& options);
  ~Campaign();
  // Makes the next run. False when it failed: a promised guarantee was violated, or the run could
  // not be repeated.
  bool step();
  const CampaignResult& result() const;
  // The last run, for whoever wants to look closer.
  const model::Runner& runner() const;

 private:
  friend model::Scenario scenario_of_run(const CampaignOptions&, const model::Subject&,
                                         std::uint64_t);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace midstride::properties
