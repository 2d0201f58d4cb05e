// What the monitors of single runs share: the facts of the run, and the words in which they tell of
// a violation. Every monitor forgets the last run in begin() and keeps its memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/monitor.hpp"

namespace midstride::properties {

class RunMonitor : public model::Monitor {
 public:
  void begin(const model::RunFacts& facts) final {
    reset();
    facts_ = &facts;
    forget();
  }

 protected:
  virtual void forget() = 0;

  const model::RunFacts& facts() const { return *facts_; }
  const model::Tables& tables() const { return *facts_->tables; }
  const model::AttemptRow& attempt(std::uint32_t attempt) const {
    return tables().attempts[attempt];
  }
  // First loads are attempts too, but exercise nothing.
  bool is_reload(std::uint32_t attempt_id) const {
    return attempt(attempt_id).reload != model::no_reload;
  }
  // Whether the actor is the body of an attempt on that module.
  bool is_body_of(model::Actor actor, std::uint32_t module) const {
    return actor.kind() == model::ActorKind::body && attempt(actor.index()).module == module;
  }

 private:
  const model::RunFacts* facts_ = nullptr;
};

template <class Made>
std::unique_ptr<model::Monitor> make() {
  return std::make_unique<Made>();
}

// Words. A name is the first word of a resolve, a handle the word of a bind, look or call.
std::string show_name(const model::Tables& tables, std::uint32_t module_and_slot);  // shop.f
std::string show_load(const model::Tables& tables, std::uint32_t load);  // version 2 of shop (r)
std::string show_handle(const model::Tables& tables, std::uint32_t handle);  // <bound method ...>
// What was found instead of what was expected: told apart even where the two read the same.
std::string show_found(const model::Tables& tables, model::Value expected, model::Value found);

// The op that an op event is about.
const model::Op& op_begun(const model::Tables& tables, const model::Event& op);

// Whether the top level of that version binds the name slot whenever it runs to its end: outside
// any try block.
bool always_defines(const model::Tables& tables, std::uint32_t module, std::uint32_t version,
                    std::uint32_t slot);

}  // namespace midstride::properties
