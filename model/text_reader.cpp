// The text form as a whole: its first line, the story, declarations, decisions, expectation. The
// reader knows the grammar only; what else makes a scenario is checked on the value
// (well_formed.hpp).

#include <algorithm>
#include <array>
#include <utility>

#include "model/text.hpp"
#include "model/text_reading.hpp"
#include "model/text_statements.hpp"

namespace midstride::model {

namespace {

using Part = Where::Part;

// The longest lines and the longest text that write() makes are within the reader's limits. A node
// is at most `module.name, ` or `name.receive(), `, a line has at most three names beside its
// nodes.
constexpr std::size_t node_bytes_max = 2 * name_bytes_max + 16;
constexpr std::size_t line_bytes_max = 3 * name_bytes_max + 64;
static_assert(line_nodes_max * node_bytes_max + line_bytes_max <= text_line_bytes_max);
static_assert((guarantees_max + 1) * (name_bytes_max + 1) + 16 <= text_line_bytes_max);
static_assert(nodes_max * node_bytes_max +
                  (2 * lines_max + decisions_max + names_max) * line_bytes_max +
                  story_lines_max * (story_line_bytes_max + 3) + text_line_bytes_max <=
              text_bytes_max);

class Reader {
 public:
  explicit Reader(std::string_view text) : in_(text) {}

  std::variant<Scenario, TextError> read(std::string_view file_name) {
    in_.glance();
    heading();
    while (!in_.at_end()) declaration();
    if (!in_.error()) check();
    if (!in_.error()) return std::move(scenario_);
    TextError error = *in_.error();
    error.file = file_name;
    return error;
  }

 private:
  struct Declaration {
    std::string_view word;
    void (Reader::*read)();
    bool once;
  };
  static constexpr std::size_t declaration_count = 13;
  static const std::array<Declaration, declaration_count> declarations;

  void heading() {
    in_.lexer().next_line();
    if (in_.lexer().line() != 1 || in_.lexer().column() != 1)
      in_.fail({}, "'midstride' at the very start", "a blank or a comment");
    in_.expect("midstride");
    const TextPlace place = in_.here();
    const std::uint64_t version = in_.number("the version of the format");
    if (version != text_format_version)
      in_.fail(place,
               "version " + std::to_string(text_format_version) + " of the format, the only one",
               in_quotes(std::to_string(version)));
    if (!in_.at(Token::Kind::end)) in_.fail_here("the end of the line");
    while (const auto comment = in_.lexer().next_comment()) story_line(*comment);
    in_.lexer().next_line();
  }
  void story_line(std::string_view comment) {
    in_.fail_when_more(scenario_.story.size() + 1, story_lines_max, "lines of story");
    in_.mark({.part = Part::story, .index = narrow(scenario_.story.size())}, in_.here());
    if (comment.starts_with(' ')) comment.remove_prefix(1);
    scenario_.story.emplace_back(comment);
  }

  // What the grammar lets pass; the scenario is in normal form then.
  void check() {
    scenario_.names = in_.take_names();
    normalise(scenario_);
    if (const auto fault = first_fault(scenario_))
      in_.fail(in_.place_of(fault->where), fault->expected, fault->found);
  }

  void declaration() {
    if (in_.lexer().indentation() != 0)
      return in_.fail_here("a declaration at the start of the line");
    const std::string_view word = in_.lexer().token().text;
    const auto known = std::ranges::find(declarations, word, &Declaration::word);
    if (known == declarations.end()) {
      std::vector<std::string_view> words;
      for (const Declaration& declaration : declarations) words.push_back(declaration.word);
      return in_.fail_here("a declaration", hint(word, words));
    }
    bool& seen = seen_[static_cast<std::size_t>(known - declarations.begin())];
    if (known->once && seen) return in_.fail_here("one such line", " once more");
    seen = true;
    in_.lexer().advance();
    (this->*known->read)();
  }

  void subject() {
    if (in_.at(Token::Kind::end)) return in_.fail_here("a subject, such as model/overwrite");
    const TextPlace place = in_.here();
    scenario_.subject = in_.lexer().take_subject();
    if (!is_subject(scenario_.subject)) in_.fail(place, subject_form, in_quotes(scenario_.subject));
    in_.end_line();
  }

  void granularity() {
    constexpr std::array all{Granularity::yields, Granularity::safepoints, Granularity::ops};
    scenario_.granularity = one_of(all, "'yields', 'safepoints' or 'ops'");
    in_.end_line();
  }

  // The one of `all` whose name is the next word.
  template <class Kind, std::size_t size>
  Kind one_of(const std::array<Kind, size>& all, std::string_view expected) {
    const TextPlace place = in_.here();
    const std::string_view word = in_.at(Token::Kind::name) ? in_.lexer().take_word() : "";
    for (const Kind kind : all)
      if (name_of(kind) == word) return kind;
    if (word.empty()) {
      in_.fail_here(expected);
    } else {
      in_.fail(place, expected, in_quotes(word));
    }
    return all[0];
  }

  void budget() {
    scenario_.turn_budget = positive("a number of turns", turn_budget_max);
    in_.end_line();
  }
  std::uint32_t positive(std::string_view expected,
                         std::uint32_t max = std::numeric_limits<std::uint32_t>::max()) {
    const TextPlace place = in_.here();
    const auto number = static_cast<std::uint32_t>(in_.number(expected, max));
    if (number == 0) in_.fail(place, std::string(expected) + " from 1 on", "'0'");
    return number;
  }

  // The declared name, with its place.
  NameId declared(Where where, std::string_view expected) {
    in_.count_declaration();
    in_.mark(where, in_.here());
    in_.mark(where.at(Where::name), in_.here());
    return in_.name(expected).id;
  }

  void module() {
    const Where where{.part = Part::module, .index = narrow(scenario_.modules.size())};
    Module& made = scenario_.modules.emplace_back();
    made.name = declared(where, "a module's name");
    if (in_.at("from"))
      return in_.fail_here("the end of the line",
                           " (modules in files are not in this version of the language yet)");
    in_.end_line();
    const std::uint32_t indentation = in_.lexer().indentation();
    if (indentation == 0) return in_.fail_here("an indented 'version'");
    while (!in_.at_end() && in_.lexer().indentation() == indentation)
      version(made, where, indentation);
    if (in_.lexer().indentation() != 0) in_.fail_here("the indentation of the 'version' before");
  }
  void version(Module& made, Where where, std::uint32_t indentation) {
    in_.expect("version");
    where.version = narrow(made.versions.size());
    where.part = Part::version;
    in_.mark(where, in_.here());
    Version& version = made.versions.emplace_back();
    version.number = positive("a version's number", version_max);
    in_.end_line();
    where.part = Part::module_line;
    read_block(in_, where, indentation, version.lines);
  }

  void channel() {
    Channel& made = scenario_.channels.emplace_back();
    made.name = declared({.part = Part::channel, .index = narrow(scenario_.channels.size() - 1)},
                         "a channel's name");
    if (in_.accept("preference")) made.preference = preference();
    if (in_.at("schedule")) {
      const TextPlace place = in_.here();
      const std::string_view word = in_.lexer().take_word();
      if (word != "schedule-all") in_.fail(place, "'schedule-all'", in_quotes(word));
      made.schedule_all = true;
    }
    if (!in_.at(Token::Kind::end))
      in_.fail_here("'preference', 'schedule-all' or the end of the line");
    in_.end_line();
  }
  std::int8_t preference() {
    const bool negative = in_.accept("-");
    const auto number = static_cast<std::int8_t>(in_.number("-1, 0 or 1", 1));
    return negative ? static_cast<std::int8_t>(-number) : number;
  }

  void task() {
    Where where{.part = Part::task, .index = narrow(scenario_.tasks.size())};
    Task& made = scenario_.tasks.emplace_back();
    made.name = declared(where, "a task's name");
    in_.expect(":");
    where.part = Part::task_line;
    if (!in_.at(Token::Kind::end)) return read_one_line(in_, where, made.lines);
    in_.end_line();
    read_block(in_, where, 0, made.lines);
  }

  void reload() {
    const Where where{.part = Part::reload, .index = narrow(scenario_.reloads.size())};
    Reload& made = scenario_.reloads.emplace_back();
    made.name = declared(where, "a reload's name");
    in_.expect(":");
    for (std::size_t spot = Where::first_item;; spot += 2) {
      in_.mark(where.at(spot), in_.here());
      Target& target = made.targets.emplace_back();
      target.module = in_.name("a declared module").id;
      in_.expect("->");
      in_.mark(where.at(spot + 1), in_.here());
      target.version = static_cast<std::uint32_t>(in_.number("a version's number"));
      if (!in_.at(",")) break;
      in_.expect(",");
    }
    in_.end_line();
  }

  void peek() {
    inspection(Inspection::Kind::peek);
    in_.end_line();
  }
  void poke() {
    const Where where = inspection(Inspection::Kind::poke);
    Inspection& made = scenario_.inspections.back();
    in_.expect(".");
    in_.mark(where.at(Where::detail), in_.here());
    made.local = in_.name("a local's name").id;
    in_.expect("=");
    made.value = read_literal(in_);
    in_.end_line();
  }
  void flush() {
    inspection(Inspection::Kind::flush);
    in_.end_line();
  }
  Where inspection(Inspection::Kind kind) {
    const Where where{.part = Part::inspection, .index = narrow(scenario_.inspections.size())};
    Inspection& made = scenario_.inspections.emplace_back();
    made.kind = kind;
    made.name = declared(where, "a " + std::string(name_of(kind)) + "'s name");
    in_.expect(":");
    in_.mark(where.at(Where::object), in_.here());
    made.task = in_.repeat(tasklet_form);
    return where;
  }

  void decisions() {
    in_.end_line();
    const std::uint32_t indentation = in_.lexer().indentation();
    if (indentation == 0) return in_.fail_here("an indented decision");
    while (!in_.at_end() && in_.lexer().indentation() == indentation) decision();
    if (in_.lexer().indentation() != 0) in_.fail_here("the indentation of the decision before");
  }

  void decision() {
    in_.fail_when_more(scenario_.decisions.size() + 1, decisions_max, "decisions");
    const Where where{.part = Part::decision, .index = narrow(scenario_.decisions.size())};
    Decision& made = scenario_.decisions.emplace_back();
    in_.mark(where, in_.here());
    const std::string_view word = in_.lexer().token().text;
    constexpr std::string_view words[] = {"run", "reload", "peek", "poke", "flush", "collect"};
    if (std::ranges::find(words, word) == std::end(words))
      return in_.fail_here("a decision", hint(word, words));
    in_.lexer().advance();
    in_.mark(where.at(Where::name), in_.here());
    if (word == "run") {
      made.name = in_.repeat(tasklet_form);
      made.count = count();
    } else if (word == "reload") {
      made.kind = Decision::Kind::reload;
      made.name = in_.repeat("a declared reload");
      made.count = count();
    } else if (word == "collect") {
      made.kind = Decision::Kind::collect;
    } else {
      made.kind = Decision::Kind::inspect;
      made.name = inspected(word);
    }
    if (in_.accept("->")) record(made);
    in_.end_line();
  }
  std::uint32_t count() {
    if (in_.at(Token::Kind::end) || in_.at("->")) return 0;
    return static_cast<std::uint32_t>(in_.number("a number, '->' or the end of the line"));
  }
  NameId inspected(std::string_view word) {
    const TextPlace place = in_.here();
    const std::string expected = "a declared " + std::string(word);
    const Reading::Name name = in_.name(expected);
    using enum Inspection::Kind;
    for (const auto& [role, kind] : {std::pair{Reading::Role::peek, peek},
                                     {Reading::Role::poke, poke},
                                     {Reading::Role::flush, flush}}) {
      if (name.role == role && name_of(kind) != word)
        in_.fail(place, expected,
                 "the " + std::string(name_of(kind)) + " " + in_quotes(in_.text_of(name.id)));
    }
    return name.id;
  }
  void record(Decision& made) {
    made.ran_op = in_.word("the op that it ran");
    if (in_.at(Token::Kind::name)) made.ran_object = in_.anything("what the op acted on");
  }

  void policy() {
    const TextPlace place = in_.here();
    if (!in_.at(Token::Kind::name)) return in_.fail_here("a policy's name");
    scenario_.policy = in_.lexer().take_word();
    if (!is_word(form_of(scenario_.policy)))
      in_.fail(place, "a policy's name", in_quotes(scenario_.policy));
    if (in_.accept("seed"))
      scenario_.seed = in_.number("a number", std::numeric_limits<std::uint64_t>::max());
    else if (!in_.at(Token::Kind::end))
      in_.fail_here("'seed' or the end of the line");
    in_.end_line();
  }

  void expectation() {
    constexpr std::array all{
        VerdictKind::held,       VerdictKind::violated,         VerdictKind::deadlock,
        VerdictKind::crash,      VerdictKind::nondeterministic, VerdictKind::out_of_budget,
        VerdictKind::unavailable};
    const Where where{.part = Part::expectation};
    Expectation& made = scenario_.expectation.emplace();
    in_.mark(where, in_.here());
    made.verdict = one_of(all, "a verdict, such as 'held' or 'violated'");
    if (made.verdict == VerdictKind::violated) {
      do {
        in_.fail_when_more(made.guarantees.size() + 1, guarantees_max, "guarantees");
        in_.mark(where.at(Where::first_item + made.guarantees.size()), in_.here());
        made.guarantees.push_back(in_.word("a guarantee's name"));
      } while (in_.at(Token::Kind::name));
    }
    in_.end_line();
  }

  static std::uint32_t narrow(std::size_t index) { return static_cast<std::uint32_t>(index); }

  Reading in_;
  Scenario scenario_;
  std::array<bool, declaration_count> seen_{};
};

// The sketch's order, which is also that of write().
const std::array<Reader::Declaration, Reader::declaration_count> Reader::declarations{{
    {"subject", &Reader::subject, true},
    {"granularity", &Reader::granularity, true},
    {"budget", &Reader::budget, true},
    {"module", &Reader::module, false},
    {"channel", &Reader::channel, false},
    {"task", &Reader::task, false},
    {"reload", &Reader::reload, false},
    {"peek", &Reader::peek, false},
    {"poke", &Reader::poke, false},
    {"flush", &Reader::flush, false},
    {"do", &Reader::decisions, true},
    {"then", &Reader::policy, true},
    {"expect", &Reader::expectation, true},
}};

}  // namespace

std::string describe(const TextError& error) {
  return error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) +
         ": expected " + error.expected + ", found " + error.found;
}

std::variant<Scenario, TextError> read(std::string_view text, std::string_view file_name) {
  return Reader(text).read(file_name);
}

}  // namespace midstride::model
