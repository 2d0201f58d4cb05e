#include "properties/campaign.hpp"

#include <algorithm>

#include "properties/coverage.hpp"
#include "properties/generator.hpp"
#include "properties/judge.hpp"
#include "properties/shapes/table.hpp"
#include "sim/choices.hpp"
#include "sim/prng.hpp"

namespace midstride::properties {

namespace {

// Adds one to the counts of the bits that are set.
void count(std::uint64_t bits, std::vector<std::uint64_t>& counts) {
  for (std::size_t at = 0; at < counts.size(); ++at) counts[at] += bits >> at & 1;
}

}  // namespace

std::uint64_t run_seed(std::uint64_t campaign_seed, std::uint64_t run) {
  return sim::mix(campaign_seed + sim::mix(run));
}

struct Campaign::State {
  State(model::Subject& its_subject, const CampaignOptions& its_options)
      : subject(its_subject), options(its_options) {
    result.subject = subject.name();
    result.granularity = granularity(options, subject);
    result.exercised.resize(guarantees().size());
    result.judged.resize(guarantees().size());
    result.shapes.resize(shapes().size());
    result.probes.resize(probes().size());
    result.verdicts.resize(static_cast<std::size_t>(model::VerdictKind::unavailable) + 1);
  }

  static model::Granularity granularity(const CampaignOptions& options,
                                        const model::Subject& subject) {
    if (options.granularity) return *options.granularity;
    return options.program ? options.program->granularity : subject.capabilities().granularity;
  }

  static void make(const CampaignOptions& options, const model::Subject& subject,
                   std::uint64_t seed, Generator& generator, model::Scenario& scenario) {
    const std::uint64_t policy_seed = sim::Prng::stream(seed, "policy").next();
    if (options.program) {
      scenario = *options.program;
      scenario.decisions.clear();
      scenario.expectation.reset();
      scenario.subject = subject.name();
      scenario.granularity = granularity(options, subject);
      scenario.policy = options.policy;
      scenario.seed = policy_seed;
      normalise(scenario);
      return;
    }
    sim::Choices choices = sim::Choices::from(sim::Prng::stream(seed, "scenario"));
    generator.generate(choices,
                       {.subject = subject.name(),
                        .granularity = granularity(options, subject),
                        .policy = options.policy,
                        .seed = policy_seed},
                       scenario);
  }

  Standing standing(const model::Found& found) const {
    return standing_of(found, judge.runner().last());
  }

  void keep(const model::Found& found, Standing how, std::uint64_t seed,
            const model::Outcome& outcome) {
    for (Violated& known : result.violated) {
      if (known.guarantee != found.guarantee || known.standing != how) continue;
      ++known.runs;
      return;
    }
    result.violated.push_back({.guarantee = found.guarantee,
                               .standing = how,
                               .first_run = result.runs,
                               .run_seed = seed,
                               .runs = 1,
                               .scenario = model::kept(scenario, judge.runner(), outcome),
                               .violation = found.violation});
  }

  bool step() {
    const std::uint64_t seed = run_seed(options.seed, ++result.runs);
    make(options, subject, seed, generator, scenario);
    const bool due = options.recheck_every != 0 && result.runs % options.recheck_every == 0;
    const model::Outcome* outcome =
        &judge.run(scenario, subject, {.paired = options.paired, .recheck = due});
    bool failed = outcome->verdict.kind == model::VerdictKind::crash;
    for (const model::Found& found : outcome->verdict.found)
      failed |= standing(found) == Standing::failure;
    if (failed && !due && options.recheck_every != 0) {
      outcome = &judge.run(scenario, subject, {.paired = options.paired, .recheck = true});
    }
    result.turns += outcome->turns;
    result.digest.add(outcome->digest);
    count(outcome->exercised, result.exercised);
    count(outcome->judged, result.judged);
    count(shapes_of(scenario), result.shapes);
    count(prober.look_at(judge.runner().trace().events(), judge.runner().tables()), result.probes);
    ++result.verdicts[static_cast<std::size_t>(outcome->verdict.kind)];
    for (const model::Found& found : outcome->verdict.found) {
      keep(found, standing(found), seed, *outcome);
      const bool repeats = guarantees()[found.guarantee].name != "deterministic";
      if (repeats || result.nondeterministic_seed) continue;
      result.nondeterministic_seed = seed;
      result.nondeterministic_how = found.violation.expected + "; " + found.violation.found;
    }
    return !failed;
  }

  model::Subject& subject;
  CampaignOptions options;
  CampaignResult result;
  Judge judge;
  ProbeFinder prober;
  Generator generator;
  model::Scenario scenario;
};

Campaign::Campaign(model::Subject& subject, const CampaignOptions& options)
    : state_(std::make_unique<State>(subject, options)) {}
Campaign::~Campaign() = default;

bool Campaign::step() { return state_->step(); }
const CampaignResult& Campaign::result() const { return state_->result; }
const model::Runner& Campaign::runner() const { return state_->judge.runner(); }

model::Scenario scenario_of_run(const CampaignOptions& options, const model::Subject& subject,
                                std::uint64_t run_seed) {
  Generator generator;
  model::Scenario scenario;
  Campaign::State::make(options, subject, run_seed, generator, scenario);
  return scenario;
}

}  // namespace midstride::properties
