// Hand-made runs, for the tests of monitors: events are added one by one, in the notation of the
// trace, over one small program whose tables are filled in beforehand, and a guarantee's monitor is
// asked what it makes of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/monitor.hpp"

namespace midstride::properties {

class Story {
 public:
  // Attempts. The first loads have been committed when a story begins.
  static constexpr std::uint32_t shop1 = 0, bank1 = 1;  // first loads
  static constexpr std::uint32_t r2 = 2, r3 = 3, back = 4,
                                 same = 5;                      // shop -> 2, 3, 1, and 1 once more
  static constexpr std::uint32_t b2 = 6;                        // bank -> 2
  static constexpr std::uint32_t both_shop = 7, both_bank = 8;  // shop -> 2, bank -> 2
  // Actors.
  static constexpr model::Actor t = model::Actor::of(model::ActorKind::tasklet, 1);
  static constexpr model::Actor u = model::Actor::of(model::ActorKind::tasklet, 2);
  static constexpr model::Actor inspector = model::Actor::of(model::ActorKind::inspector, 0);
  static constexpr model::Actor machinery(std::uint32_t attempt) {
    return model::Actor::of(model::ActorKind::machinery, attempt);
  }
  static constexpr model::Actor body(std::uint32_t attempt) {
    return model::Actor::of(model::ActorKind::body, attempt);
  }

  Story();
  // Without the commits of the first loads.
  struct BeforeFirstLoads {};
  explicit Story(BeforeFirstLoads);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  // shop.f, shop.g, shop.X.f, bank.pay, shop (the body), or t (the script), as brought in by that
  // attempt.
  std::uint32_t code(std::uint32_t load, std::string_view qualified_name) const;
  // The first word of a resolve of shop.x, say.
  std::uint32_t name(std::string_view qualified_name) const;
  model::NameId id(std::string_view name) const;
  // A new method over function and self, and its handle.
  std::uint32_t method(model::Value class_, model::Value function, model::Value self);
  // The same method object seen with another function.
  std::uint32_t seen_again(std::uint32_t handle, model::Value function);
  std::uint32_t error(model::ErrorKind kind, model::Value value = {});
  // A new layout of shop.X of version 1 with these fields, and a new instance of it.
  std::uint32_t layout(std::initializer_list<std::string_view> fields);
  model::Value instance();
  static model::Value number(std::int32_t number) { return model::Value::integer(number); }

  // Whoever acts from now on.
  Story& by(model::Actor actor);
  Story& operator()(model::EventKind kind, std::uint32_t a = 0, std::uint32_t b = 0,
                    std::uint32_t c = 0, std::uint8_t how = 0);
  // As operator(), for what every test needs. Those of an attempt are by its machinery and leave
  // the actor as it was.
  Story& enter(std::uint32_t frame, std::uint32_t code);
  Story& op(std::uint32_t frame, std::uint32_t code);
  Story& exit(std::uint32_t frame);
  Story& resolve(std::string_view qualified_name, model::Value value, std::uint32_t load);
  Story& request(std::uint32_t attempt);
  Story& begin(std::uint32_t attempt, std::uint32_t from = 1);
  Story& commit(std::uint32_t attempt);
  Story& fail(std::uint32_t attempt);
  Story& reload(std::uint32_t attempt, std::uint32_t from = 1);  // request, begin, commit

  model::LocalsPolicy locals = model::LocalsPolicy::snapshot;
  model::RemovedNames removed_names = model::RemovedNames::go;
  std::uint32_t versions_max = 0;
  bool ended_normally = true;

  // "held, not exercised", "held, exercised", "violated: EXPECTED; FOUND" or, where the event at
  // fault is not the last one, "violated before the end: EXPECTED; FOUND". A monitor is asked
  // twice, to see that it forgets.
  std::string judge(const model::Guarantee& guarantee) const;
  const model::Trace& trace() const { return trace_; }
  const model::Tables& tables() const { return tables_; }

 private:
  void fill_tables();
  Story& of_machinery(std::uint32_t attempt, model::EventKind kind, std::uint32_t b = 0,
                      std::uint32_t c = 0);

  model::Scenario scenario_;
  model::Program program_;
  model::Tables tables_;
  model::Trace trace_;
  model::Actor actor_ = t;
};

}  // namespace midstride::properties
