// identity: what goes on under its name goes on being the same thing.
//
//   isinstance(o, K), or an except K where o was raised: K is what its name gave since the last
//       commit of its module, and o's class, or one that this is based on, was brought in under K's
//       name by another load  =>  it is true
//   a is b, one of them as K above, the other brought in under that name by another load => it is 1
//
// as far as every version of the module that was committed since the older of the two loads, and
// that of K's load, defines the name once, as the same kind and with the same base. Exercised: such
// a comparison with what its name gives, after a reload of its module was committed, whether the
// two are of one load or not.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "properties/by_id.hpp"
#include "properties/guarantees/all.hpp"
#include "properties/guarantees/classes.hpp"
#include "properties/guarantees/run_monitor.hpp"

namespace midstride::properties {

using namespace model;

namespace {

// What a function or a class is called where it was made. A method has no name of its own.
struct Home {
  std::uint32_t module = 0;
  NameId name{};
  std::uint32_t load = no_load;
};

class Identity final : public RunMonitor {
 public:
  void on(std::uint32_t index, const Event& event) override {
    switch (event.kind()) {
      case EventKind::store: classes_.on(index, event); break;
      case EventKind::reload_commit: commit(event.a); break;
      case EventKind::resolve: resolve(event); break;
      case EventKind::is_a: compare(index, event); break;
      default: break;
    }
  }

 private:
  struct Named {
    std::uint32_t commits = 0;  // of its module when its name gave it last, + 1; 0: it never did
  };
  struct Commit {
    std::uint32_t attempt;
    std::uint32_t module;
  };

  void forget() override {
    classes_.clear();
    for (ById<Named>& table : named_) table.clear();
    commits_.clear();
    committed_.clear();
  }

  void commit(std::uint32_t attempt_id) {
    committed_.push_back({attempt_id, attempt(attempt_id).module});
    if (is_reload(attempt_id)) ++commits_[attempt(attempt_id).module];
  }

  void resolve(const Event& event) {
    const Value value{event.b};
    const auto home = home_of(value);
    if (!home || event.c == no_load || home->module != event.a >> 16) return;
    if (tables().program->modules[home->module].slots[event.a & 0xffff] != home->name) return;
    named(value).commits = commits_.get(home->module) + 1;
  }

  void compare(std::uint32_t index, const Event& event) {
    const Value left{event.a}, right{event.b};
    if (event.how() == static_cast<std::uint8_t>(IsAHow::same)) {
      judge(index, event, right, left);
      if (!by_name(right)) judge(index, event, left, right);
    } else if (left.tag() == Tag::instance) {
      Value class_ = Value::of(Tag::class_, tables().instance_classes[left.index()]);
      while (class_ != Value::absent() && !alike(class_, right)) class_ = classes_.base(class_);
      judge(index, event, right, class_);
    }
  }

  // `now` is what the name gives; `then` has been brought in under it too.
  void judge(std::uint32_t index, const Event& event, Value now, Value then) {
    if (!by_name(now) || !alike(now, then)) return;
    const Home home = *home_of(now);
    if (commits_.get(home.module) == 0) return;
    if (event.c != 0) return exercise();
    const std::uint32_t older = home_of(then)->load;
    if (older == home.load || !unchanged(home, older)) return;
    exercise();
    constexpr std::array words{"an instance of", "the same as", "caught as"};
    violate(index, event.how(),
            fmt::format("{} is {} {}", tables().show(Value{event.a}), words[event.how()],
                        tables().show(Value{event.b})),
            "it is not");
  }

  bool by_name(Value value) {
    const auto home = home_of(value);
    return home && named(value).commits == commits_.get(home->module) + 1;
  }
  Named& named(Value value) { return named_[value.tag() == Tag::class_ ? 1 : 0][value.index()]; }

  // Whether both were brought in under one name.
  bool alike(Value left, Value right) const {
    const auto one = home_of(left), other = home_of(right);
    return one && other && left.tag() == right.tag() && one->module == other->module &&
           one->name == other->name;
  }

  std::optional<Home> home_of(Value value) const {
    if (value.tag() == Tag::class_) {
      const EntityRow& made = tables().classes[value.index()];
      return Home{made.module, tables().program->classes[made.function_or_class].name, made.load};
    }
    if (value.tag() != Tag::function) return std::nullopt;
    const EntityRow& made = tables().functions[value.index()];
    const FunctionCode& code = tables().program->functions[made.function_or_class];
    if (code.kind != FunctionCode::Kind::function) return std::nullopt;
    return Home{made.module, code.name, made.load};
  }

  // From the older load on, every committed version has the definition that the newer load has.
  bool unchanged(const Home& newer, std::uint32_t older) const {
    const Line* wanted =
        only_definition(tables(), newer.module, attempt(newer.load).to, newer.name);
    const auto same = [&](std::uint32_t load) {
      const Line* line = only_definition(tables(), newer.module, attempt(load).to, newer.name);
      if (line == nullptr || line->kind != wanted->kind) return false;
      return line->kind == LineKind::def_ || line->nodes == wanted->nodes;
    };
    if (wanted == nullptr || !same(older)) return false;
    bool since = false;
    for (const Commit& commit : committed_) {
      since = since || commit.attempt == older;
      const bool counts = since || older > newer.load;
      if (commit.module == newer.module && counts && !same(commit.attempt)) return false;
    }
    return true;
  }

  Classes classes_;
  std::array<ById<Named>, 2> named_;  // functions, classes
  ById<std::uint32_t> commits_;       // by module, first loads not counted
  std::vector<Commit> committed_;
};

}  // namespace

Guarantee identity() {
  constexpr EventMask needs =
      mask_of(EventKind::is_a, EventKind::resolve, EventKind::store, EventKind::reload_commit);
  return {.name = "identity",
          .statement =
              "An object stays an instance of the class of that name, and a class or function the "
              "same thing, where the versions define it alike.",
          .antecedent =
              "something is compared with what its name gives, after a commit of the "
              "module",
          .needs = needs,
          .sees = needs,
          .make = make<Identity>};
}

}  // namespace midstride::properties
