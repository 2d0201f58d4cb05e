#include "model/text_statements.hpp"

#include <algorithm>
#include <string>

namespace midstride::model {

namespace {

// Statements that belong to a later step of the language.
struct LaterWord {
  std::string_view word;
  std::string_view step;
};
constexpr LaterWord later_words[] = {
    {"while", "unbounded loops"},
    {"lambda", "lambdas"},
    {"global", "global statements"},
    {"import", "imports of modules"},
};
constexpr std::string_view statement_words[] = {
    "atexit",   "break", "class", "continue", "def",    "emit",   "field", "for", "from", "kill",
    "nonlocal", "once",  "pass",  "raise",    "reload", "return", "spawn", "try", "yield"};

std::string not_yet(std::string_view what) {
  return " (" + std::string(what) + " are not in this version of the language yet)";
}

Node literal(Reading& in, std::string_view expected) {
  if (in.accept("None")) return {.kind = NodeKind::none};
  if (in.accept("{")) return in.expect("}"), Node{.kind = NodeKind::object};
  const bool negative = in.accept("-");
  const auto value =
      static_cast<std::int32_t>(in.number(negative ? "a number after '-'" : expected, integer_max));
  return {.kind = NodeKind::integer, .value = negative ? -value : value};
}

class StatementReader {
 public:
  StatementReader(Reading& in, Where where, std::vector<Line>& lines)
      : in_(in), where_(where), lines_(lines) {}

  void block(std::uint32_t parent) {
    const std::uint32_t indentation = in_.lexer().indentation();
    if (in_.at_end() || indentation <= parent) return in_.fail_here("an indented block");
    while (!in_.at_end() && in_.lexer().indentation() == indentation) statement(indentation);
    if (in_.lexer().indentation() > parent)
      in_.fail_here("the indentation of a line before, such as " + std::to_string(indentation) +
                    " spaces");
  }

  void statement(std::uint32_t indentation) {
    begin_line();
    if (in_.at("def")) return define(indentation);
    if (in_.at("class")) return define_class(indentation);
    if (in_.at("try")) return attempt(indentation);
    if (in_.at("for")) return loop(indentation);
    simple();
  }

  void one_line() {
    begin_line();
    if (in_.at("def") || in_.at("class") || in_.at("try") || in_.at("for"))
      return in_.fail_here("a statement that opens no block");
    simple();
  }

 private:
  // Lines.

  // From here on marks are for the next line of the list.
  void begin_line() {
    in_.count_line();
    where_.line = static_cast<std::uint32_t>(lines_.size());
    mark(Where::whole);
  }
  void mark(std::size_t spot) { mark_at(spot, in_.here()); }
  void mark_at(std::size_t spot, TextPlace place) { in_.mark(where_.at(spot), place); }

  // Takes the word that the line begins with.
  Line line(LineKind kind) {
    in_.lexer().advance();
    return {.kind = kind};
  }
  NameId marked_name(std::string_view expected) {
    mark(Where::name);
    return in_.name(expected).id;
  }

  // `:` and the lines below.
  void body(std::uint32_t indentation) {
    in_.expect(":");
    in_.end_line();
    in_.fail_when_more(++depth_, blocks_max, "blocks inside one another");
    block(indentation);
    --depth_;
  }
  void end_block() {
    begin_line();
    lines_.push_back({.kind = LineKind::end});
  }

  void define(std::uint32_t indentation) {
    Line head = line(LineKind::def_);
    head.name = marked_name("a function's name");
    in_.expect("(");
    parameters(head.nodes);
    lines_.push_back(std::move(head));
    body(indentation);
    end_block();
  }

  void parameters(std::vector<Node>& nodes) {
    if (in_.accept(")")) return;
    do {
      if (nodes.size() == parameters_max) return too_many("parameters");
      const TextPlace place = in_.here();
      const auto expected = nodes.empty() ? "a parameter's name or ')'" : "a parameter's name";
      push(nodes, {.kind = NodeKind::name, .name = in_.name(expected).id}, place);
    } while (in_.accept(","));
    close_list();
  }

  void define_class(std::uint32_t indentation) {
    Line head = line(LineKind::class_);
    head.name = marked_name("a class's name");
    if (in_.accept("(")) {
      global(head.nodes, "a base class");
      if (in_.at(",")) in_.fail_here("')'", not_yet("classes with several bases"));
      in_.expect(")");
    }
    lines_.push_back(std::move(head));
    body(indentation);
    end_block();
  }

  void attempt(std::uint32_t indentation) {
    lines_.push_back(line(LineKind::try_));
    body(indentation);
    while (in_.lexer().indentation() == indentation && (in_.at("except") || in_.at("finally"))) {
      begin_line();
      const bool finally = in_.at("finally");
      Line part = line(finally ? LineKind::finally_ : LineKind::except_);
      if (!finally && in_.accept("TaskletExit")) part.kind = LineKind::except_exit;
      if (!finally && part.kind == LineKind::except_ && !in_.at(":")) {
        part.kind = LineKind::except_class;
        global(part.nodes, "a class, 'TaskletExit' or ':'");
      }
      lines_.push_back(std::move(part));
      body(indentation);
    }
    end_block();
  }

  void loop(std::uint32_t indentation) {
    Line head = line(LineKind::for_each);
    head.name = marked_name("a name for what a round is about");
    in_.expect("in");
    if (in_.accept("range")) {
      head.kind = LineKind::for_range;
      rounds(head.nodes);
    } else {
      expression(head.nodes, "'range' or a generator");
    }
    lines_.push_back(std::move(head));
    body(indentation);
    end_block();
  }

  void rounds(std::vector<Node>& nodes) {
    in_.expect("(");
    const TextPlace place = in_.here();
    const auto count = in_.number("the number of rounds", integer_max);
    push(nodes, {.kind = NodeKind::integer, .value = static_cast<std::int32_t>(count)}, place);
    in_.expect(")");
  }

  void simple() {
    lines_.push_back(simple_line());
    in_.end_line();
  }

  Line simple_line() {
    if (in_.at("emit")) return with_expression(line(LineKind::emit));
    if (in_.at("return")) return with_expression(line(LineKind::return_));
    if (in_.at("raise")) return with_expression(line(LineKind::raise));
    if (in_.at("pass")) return line(LineKind::pass);
    if (in_.at("break")) return line(LineKind::break_);
    if (in_.at("continue")) return line(LineKind::continue_);
    if (in_.at("yield")) return yield();
    if (in_.at("spawn")) return spawn();
    if (in_.at("kill")) return kill();
    if (in_.at("reload")) return reload();
    if (in_.at("nonlocal")) return nonlocal();
    if (in_.at("from")) return import();
    if (in_.at("once")) return once();
    if (in_.at("atexit")) return with_expression(line(LineKind::at_exit));
    return assignment();
  }

  Line with_expression(Line line) {
    expression(line.nodes, "an expression");
    return line;
  }
  Line yield() {
    Line yielding = line(LineKind::yield);
    if (in_.at(Token::Kind::end)) return yielding;
    yielding.kind = LineKind::yield_value;
    return with_expression(std::move(yielding));
  }
  Line spawn() {
    Line spawning = line(LineKind::spawn);
    spawning.name = marked_name("a name for the tasklet");
    in_.expect("=");
    return with_expression(std::move(spawning));
  }
  Line kill() {
    Line killing = line(LineKind::kill);
    mark(Where::name);
    killing.name = in_.repeat(tasklet_form);
    return killing;
  }
  Line reload() {
    Line reloading = line(LineKind::reload);
    reloading.name = marked_name("a declared reload");
    return reloading;
  }

  Line nonlocal() {
    Line sharing = line(LineKind::nonlocal);
    sharing.name = marked_name("a local of the function around this one");
    return sharing;
  }

  Line import() {
    Line importing = line(LineKind::import_);
    mark(Where::object);
    importing.module = in_.name("a module").id;
    in_.expect("import");
    importing.name = marked_name("a global's name");
    if (in_.at(",")) in_.fail_here("the end of the line", not_yet("imports of several names"));
    return importing;
  }

  Line once() {
    Line persistent = line(LineKind::once);
    persistent.name = marked_name("a global's name");
    in_.expect("=");
    return with_expression(std::move(persistent));
  }

  // An expression, or what is left of a `=` and one.
  Line assignment() {
    refuse_later_words();
    const TextPlace place = in_.here();
    Line made{.kind = LineKind::expression};
    expression(made.nodes, "a statement");
    if (in_.at("=")) {
      become_assignment(made, place);
      in_.accept("=");
      expression(made.nodes, "an expression");
    } else if (is_field(made.nodes)) {
      return field();
    } else if (!in_.at(Token::Kind::end) && !in_.error()) {
      in_.fail_here("'=' or the end of the line", after_first_word(made.nodes));
    }
    return made;
  }

  // `field` is a name like others, but not before another one.
  bool is_field(const std::vector<Node>& nodes) const {
    return !in_.error() && nodes.size() == 1 && nodes[0].kind == NodeKind::name &&
           in_.text_of(nodes[0].name) == "field" && in_.at(Token::Kind::name);
  }
  Line field() {
    Line made{.kind = LineKind::field};
    made.name = marked_name("a field's name");
    in_.expect("=");
    const TextPlace place = in_.here();
    push(made.nodes, literal(in_, "None, a number or {}"), place);
    return made;
  }

  void become_assignment(Line& made, TextPlace place) {
    if (in_.error()) return;
    const Node& last = made.nodes.back();
    made.name = last.name;
    made.module = last.module;
    switch (last.kind) {
      case NodeKind::name:
        made.kind = LineKind::assign;
        mark_at(Where::name, place);
        break;
      case NodeKind::member:
        made.kind = LineKind::assign_member;
        mark_at(Where::object, place);
        mark_at(Where::name, last_name_);
        break;
      case NodeKind::attribute:
        made.kind = LineKind::assign_attribute;
        mark_at(Where::name, last_name_);
        break;
      case NodeKind::none:
      case NodeKind::integer:
      case NodeKind::object:
      case NodeKind::call:
      case NodeKind::receive:
      case NodeKind::send:
      case NodeKind::is_instance:
      case NodeKind::same:
      case NodeKind::super_:
      case NodeKind::next:
        return in_.fail(place, "a name, a module's global or an attribute before '='",
                        "something that cannot be assigned to");
    }
    made.nodes.pop_back();
  }

  void refuse_later_words() {
    const std::string_view word = in_.lexer().token().text;
    for (const LaterWord& later : later_words)
      if (word == later.word) return in_.fail_here("a statement", not_yet(later.step));
    if (word == "except" || word == "finally")
      in_.fail_here("a statement", " without 'try' above it");
  }

  // `retrun 1` is a name and something after it.
  std::string after_first_word(const std::vector<Node>& nodes) const {
    if (nodes.size() != 1 || nodes[0].kind != NodeKind::name) return {};
    const std::string& word = in_.text_of(nodes[0].name);
    return " after " + in_quotes(word) + hint(word, statement_words);
  }

  // Expressions.

  void expression(std::vector<Node>& nodes, std::string_view expected) {
    if (++nesting_ > line_nodes_max) return too_long();
    primary(nodes, expected);
    if (in_.at("is")) {
      const TextPlace place = in_.here();
      in_.accept("is");
      primary(nodes, "an expression after 'is'");
      push(nodes, {.kind = NodeKind::same}, place);
    }
    --nesting_;
  }

  void primary(std::vector<Node>& nodes, std::string_view expected) {
    operand(nodes, expected);
    while (!in_.at_end()) {
      const TextPlace place = in_.here();
      if (in_.accept(".")) {
        last_name_ = in_.here();
        push(nodes, {.kind = NodeKind::attribute, .name = in_.attribute()}, last_name_);
      } else if (in_.accept("(")) {
        const std::uint8_t argc = arguments(nodes);
        push(nodes, {.kind = NodeKind::call, .argc = argc}, place);
      } else {
        break;
      }
    }
  }

  void operand(std::vector<Node>& nodes, std::string_view expected) {
    const TextPlace place = in_.here();
    if (in_.at("lambda")) return in_.fail_here(expected, not_yet("lambdas"));
    if (in_.accept("isinstance")) {
      in_.expect("(");
      pair(nodes);
      return push(nodes, {.kind = NodeKind::is_instance}, place);
    }
    if (in_.accept("super")) return super_call(nodes, place);
    if (in_.accept("next")) {
      in_.expect("(");
      expression(nodes, "a generator");
      in_.expect(")");
      return push(nodes, {.kind = NodeKind::next}, place);
    }
    if (in_.accept("(")) {
      expression(nodes, "an expression");
      return in_.expect(")");
    }
    if (!in_.at(Token::Kind::name) || in_.at("None"))
      return push(nodes, literal(in_, expected), place);
    const Reading::Name first = in_.name(expected);
    if (first.role == Reading::Role::channel && in_.accept("."))
      return channel_call(nodes, first.id, place);
    named(nodes, first, place);
  }

  // A name, or that of a module's global.
  void global(std::vector<Node>& nodes, std::string_view expected) {
    const TextPlace place = in_.here();
    named(nodes, in_.name(expected), place);
  }
  void named(std::vector<Node>& nodes, const Reading::Name& first, TextPlace place) {
    Node node{.kind = NodeKind::name, .name = first.id};
    if (first.role == Reading::Role::module && in_.accept(".")) {
      last_name_ = in_.here();
      node = {.kind = NodeKind::member, .name = in_.name("a global's name").id, .module = first.id};
    }
    push(nodes, node, place);
  }

  void super_call(std::vector<Node>& nodes, TextPlace place) {
    Node node{.kind = NodeKind::super_};
    in_.expect("(");
    if (!in_.accept(")")) {
      pair(nodes);
      node.argc = 2;
    }
    in_.expect(".");
    node.name = in_.attribute();
    push(nodes, node, place);
  }
  // Two expressions and the closing bracket.
  void pair(std::vector<Node>& nodes) {
    expression(nodes, "an expression");
    in_.expect(",");
    expression(nodes, "an expression");
    in_.expect(")");
  }

  void channel_call(std::vector<Node>& nodes, NameId channel, TextPlace place) {
    const bool sends = in_.at("send");
    if (!sends && !in_.at("receive")) return in_.fail_here("'send' or 'receive' after a channel");
    in_.lexer().advance();
    in_.expect("(");
    if (sends) expression(nodes, "an expression to send");
    in_.expect(")");
    push(nodes, {.kind = sends ? NodeKind::send : NodeKind::receive, .name = channel}, place);
  }

  // Between the brackets of a call, and the closing one.
  std::uint8_t arguments(std::vector<Node>& nodes) {
    std::uint8_t count = 0;
    if (in_.accept(")")) return count;
    do {
      if (count == parameters_max) return too_many("arguments"), count;
      expression(nodes, count == 0 ? "an argument or ')'" : "an argument");
      ++count;
    } while (in_.accept(","));
    close_list();
    return count;
  }

  void close_list() {
    if (!in_.accept(")")) in_.fail_here("',' or ')'");
  }

  void push(std::vector<Node>& nodes, const Node& node, TextPlace place) {
    if (nodes.size() == line_nodes_max) return too_long();
    in_.count_node();
    mark_at(Where::first_item + nodes.size(), place);
    nodes.push_back(node);
  }
  void too_long() { in_.fail_when_more(line_nodes_max + 1, line_nodes_max, line_nodes_limit); }
  void too_many(std::string_view what) {
    in_.fail_here("at most " + std::to_string(parameters_max) + " " + std::string(what));
  }

  Reading& in_;
  Where where_;
  std::vector<Line>& lines_;
  TextPlace last_name_;  // of the attribute or global that was read last
  std::size_t depth_ = 0;
  std::size_t nesting_ = 0;
};

}  // namespace

void read_block(Reading& in, Where where, std::uint32_t parent, std::vector<Line>& lines) {
  StatementReader(in, where, lines).block(parent);
}

void read_one_line(Reading& in, Where where, std::vector<Line>& lines) {
  StatementReader(in, where, lines).one_line();
}

Node read_literal(Reading& in) { return literal(in, "None, a number or {}"); }

}  // namespace midstride::model
