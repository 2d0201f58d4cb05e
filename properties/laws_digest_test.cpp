// Laws of the digest: it is a function of the words in their order and of nothing else, and so is a
// run's of its scenario. That two different inputs never meet is no law of 128 bits, but nobody
// will see it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "model/run.hpp"
#include "model/subjects.hpp"
#include "model/text.hpp"
#include "properties/generator.hpp"
#include "sim/digest.hpp"

namespace midstride::properties {
namespace {

using sim::Digest;
using Words = std::vector<std::uint64_t>;

Digest of(std::span<const std::uint64_t> words, Digest digest = {}) {
  for (const std::uint64_t word : words) digest.add(word);
  return digest;
}

Words some_words() {
  return *rc::gen::suchThat<Words>([](const Words& words) { return words.size() >= 2; });
}
std::size_t below(std::size_t bound) { return *rc::gen::arbitrary<std::uint32_t>() % bound; }

RC_GTEST_PROP(LawsDigest, GoesOnFromWhereItStopped, ()) {
  const Words words = some_words();
  const auto all = std::span<const std::uint64_t>(words);
  const std::size_t cut = below(words.size());
  RC_ASSERT(of(all) == of(all.subspan(cut), of(all.first(cut))));
}

RC_GTEST_PROP(LawsDigest, DependsOnEveryBit, ()) {
  const Words words = some_words();
  Words changed = words;
  changed[below(words.size())] ^= std::uint64_t{1} << below(64);
  RC_ASSERT(of(words) != of(changed));
}

RC_GTEST_PROP(LawsDigest, DependsOnTheOrder, ()) {
  const Words words = some_words();
  Words changed = words;
  std::swap(changed[below(words.size())], changed[below(words.size())]);
  RC_ASSERT((of(words) == of(changed)) == (words == changed));
}

RC_GTEST_PROP(LawsDigest, DependsOnTheNumberOfWords, (const Words& words)) {
  Words longer = words;
  longer.push_back(0);
  RC_ASSERT(of(words) != of(longer));
}

// Where one text ends and the next begins is part of it.
RC_GTEST_PROP(LawsDigest, TellsTextsFromTheirPieces, (const std::string& text)) {
  const std::size_t cut = below(text.size() + 1);
  const auto add = [](Digest& digest, std::string_view piece) { digest.add(piece); };
  Digest whole, apart, other;
  add(whole, text);
  add(apart, text.substr(0, cut));
  add(apart, text.substr(cut));
  RC_ASSERT(whole != apart);
  const std::size_t elsewhere = below(text.size() + 1);
  add(other, text.substr(0, elsewhere));
  add(other, text.substr(elsewhere));
  RC_ASSERT((apart == other) == (cut == elsewhere));
}

// Runs.

model::Scenario generated(std::uint64_t seed, std::uint64_t policy_seed) {
  sim::Choices choices = sim::Choices::from(sim::Prng(seed));
  model::Scenario made;
  generate(choices, {.subject = "model/in-place", .seed = policy_seed}, made);
  return made;
}

struct Made {
  Digest digest;
  std::vector<model::Event> events;
};
Made run(model::Runner& runner, const model::Scenario& scenario) {
  const auto subject = model::make_subject(scenario.subject);
  const Digest digest = runner.run(scenario, *subject).digest;
  const auto events = runner.trace().events();
  return {digest, {events.begin(), events.end()}};
}
std::uint64_t any_seed() { return *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()); }

// Whatever the runner did before, and however the scenario came there.
RC_GTEST_PROP(LawsDigest, EqualScenariosRunAlike, ()) {
  const model::Scenario scenario = generated(any_seed(), any_seed());
  model::Runner fresh, used;
  run(used, generated(any_seed(), any_seed()));
  const Made first = run(fresh, scenario);
  const Made second = run(used, scenario);
  RC_ASSERT(first.digest == second.digest);
  RC_ASSERT(first.events == second.events);
  const auto reread = model::read(model::write(scenario), "written");
  RC_ASSERT(run(fresh, std::get<model::Scenario>(reread)).digest == first.digest);
}

// With other schedules of one program: the same digest means the same events.
RC_GTEST_PROP(LawsDigest, DifferentEventsHaveDifferentDigests, ()) {
  const std::uint64_t program = any_seed();
  model::Runner runner;
  const Made first = run(runner, generated(program, any_seed()));
  const Made second = run(runner, generated(program, any_seed()));
  RC_CLASSIFY(first.events != second.events, "another run");
  RC_ASSERT((first.digest == second.digest) == (first.events == second.events));
}

RC_GTEST_PROP(LawsDigest, EveryWordOfAnEventCounts, ()) {
  model::Runner runner;
  const Made made = run(runner, generated(any_seed(), any_seed()));
  std::vector<model::Event> changed = made.events;
  model::Event& event = changed[below(changed.size())];
  const std::uint32_t bit = std::uint32_t{1} << below(32);
  switch (below(4)) {
    case 0: event.head ^= bit; break;
    case 1: event.a ^= bit; break;
    case 2: event.b ^= bit; break;
    default: event.c ^= bit;
  }
  const auto traced = [](const std::vector<model::Event>& events) {
    model::Trace trace;
    for (const model::Event& each : events)
      trace.add(each.kind(), each.actor(), each.a, each.b, each.c, each.how());
    return trace.digest();
  };
  RC_ASSERT(traced(made.events) != traced(changed));
}

}  // namespace
}  // namespace midstride::properties
