#include "runtimes/cpython/script.hpp"

#include <string_view>

#include "model/program.hpp"
#include "runtimes/cpython/common_python.hpp"
#include "runtimes/cpython/render.hpp"
#include "runtimes/cpython/script_harness.hpp"

namespace midstride::runtimes {

namespace {

using cpython::python_name;
using cpython::Style;
using model::Decision;
using model::Inspection;
using model::NameId;

// The parts of the program that come from the scenario.
class Script {
 public:
  explicit Script(const model::Scenario& scenario) : scenario_(scenario) {
    program_.compile(scenario);
  }

  std::string write() {
    // Python looks for its text's encoding in the first two lines: the story comes after them.
    out_ =
        "#!/usr/bin/env python3\n"
        "# One schedule of a reload in running code. Needs Python 3.11; run it as it is, or with\n"
        "# --trace to see every statement and the version of the code that it belongs to.\n";
    for (const std::string& line : scenario_.story)
      out_ += line.empty() ? "#\n" : "# " + line + "\n";
    out_ += "\n";
    modules();
    scripts();
    channels();
    reloads();
    inspections();
    schedule();
    out_ += cpython::common_python;
    out_ += cpython::script_harness;
    return std::move(out_);
  }

 private:
  std::string_view text(NameId id) const { return scenario_.text(id); }
  std::string quoted(NameId id) const { return "'" + std::string(text(id)) + "'"; }

  void modules() {
    out_ += "MODULES = {}  # by name: version -> source\n";
    for (std::uint32_t m = 0; m < scenario_.modules.size(); ++m) {
      const model::Module& module = scenario_.modules[m];
      const std::string name = "'" + python_name(text(module.name)) + "'";
      out_ += "MODULES[" + name + "] = {}\n";
      for (std::uint32_t v = 0; v < module.versions.size(); ++v) {
        out_ += "MODULES[" + name + "][" + std::to_string(module.versions[v].number) + "] = '''\n" +
                cpython::python_module(scenario_, program_, m, v, Style::plain) + "'''\n";
      }
    }
  }

  void scripts() {
    out_ += "TASKS = {}  # by name: a function _script\n";
    for (std::uint32_t task = 0; task < scenario_.tasks.size(); ++task) {
      out_ += "TASKS[" + quoted(scenario_.tasks[task].name) + "] = '''\n" +
              cpython::python_script(scenario_, program_, task, Style::plain) + "'''\n";
    }
  }

  void channels() {
    out_ += "CHANNELS = {  # by name: preference, schedule_all\n";
    for (const model::Channel& channel : scenario_.channels) {
      out_ += "    " + quoted(channel.name) + ": (" + std::to_string(channel.preference) + ", " +
              (channel.schedule_all ? "True" : "False") + "),\n";
    }
    out_ += "}\n";
  }

  void reloads() {
    const bool swaps = scenario_.subject == "cpython/code-swap";
    out_ += std::string("RELOADER = '") + (swaps ? "code-swap" : "importlib") + "'\n";
    out_ += "RELOADS = {  # by name: modules, each with its version\n";
    for (const model::Reload& reload : scenario_.reloads) {
      out_ += "    " + quoted(reload.name) + ": [";
      for (const model::Target& target : reload.targets) {
        if (!out_.ends_with('[')) out_ += ", ";
        out_ +=
            "('" + python_name(text(target.module)) + "', " + std::to_string(target.version) + ")";
      }
      out_ += "],\n";
    }
    out_ += "}\n";
    // The order in which code-swap goes through the names of a module.
    out_ += "NAMES = {\n";
    for (const model::ModuleCode& module : program_.modules) {
      out_ += "    '" + python_name(text(module.name)) + "': [";
      for (const NameId slot : module.slots) {
        if (!out_.ends_with('[')) out_ += ", ";
        out_ += "'" + python_name(text(slot)) + "'";
      }
      out_ += "],\n";
    }
    out_ += "}\n";
  }

  void inspections() {
    out_ += "INSPECTIONS = {  # by name: task; local and new value\n";
    for (const Inspection& inspection : scenario_.inspections) {
      if (inspection.kind == Inspection::Kind::flush) continue;
      out_ += "    " + quoted(inspection.name) + ": (" + quoted(inspection.task);
      if (inspection.kind == Inspection::Kind::poke) {
        out_ +=
            ", '" + python_name(text(inspection.local)) + "', '" + literal(inspection.value) + "'";
      }
      out_ += inspection.kind == Inspection::Kind::poke ? "),\n" : ",),\n";
    }
    out_ += "}\n";
  }

  static std::string literal(const model::Node& node) {
    if (node.kind == model::NodeKind::integer) return std::to_string(node.value);
    return node.kind == model::NodeKind::object ? "_Object()" : "None";
  }

  void schedule() {
    out_ += "SCHEDULE = [  # who, for how many turns\n";
    for (const Decision& decision : scenario_.decisions) {
      out_ += "    ";
      switch (decision.kind) {
        case Decision::Kind::run:
          out_ += "('run', " + quoted(decision.name) + ", " + std::to_string(decision.count) + "),";
          break;
        case Decision::Kind::reload:
          out_ +=
              "('reload', " + quoted(decision.name) + ", " + std::to_string(decision.count) + "),";
          break;
        case Decision::Kind::inspect: out_ += "('inspect', " + quoted(decision.name) + "),"; break;
        case Decision::Kind::collect: out_ += "('collect',),"; break;
      }
      if (decision.ran_op.valid()) {
        out_ += "  # last: " + std::string(text(decision.ran_op));
        if (decision.ran_object.valid()) out_ += " " + std::string(text(decision.ran_object));
      }
      out_ += "\n";
    }
    out_ += "]\n";
  }

  const model::Scenario& scenario_;
  model::Program program_;
  std::string out_;
};

}  // namespace

std::string stand_alone_program(const model::Scenario& scenario) {
  return Script(scenario).write();
}

}  // namespace midstride::runtimes
