// Between Python and Run: the functions that rendered code and the reloaders call, the tasklets'
// thread states, and the events of a run. Everything that an event says is read from the
// interpreter: which code runs from that code's own constant, a method's three from the method, a
// namespace from its dictionary, locals from the frame, errors from the exceptions.
//
// What only shows later is told later, but before anybody else can run: that an exception was
// raised shows when a handler or a finally block begins, or when it leaves the tasklet; that a
// frame is gone shows when its caller goes on. So each call from rendered code first settles what
// happened since the last one (settle).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/run.hpp"
#include "runtimes/cpython/codes.hpp"
#include "runtimes/cpython/identity.hpp"
#include "runtimes/cpython/interpreter.hpp"
#include "runtimes/cpython/namespaces.hpp"
#include "runtimes/cpython/python.hpp"

namespace midstride::runtimes::cpython {

// How a reloader treats a request while the same module is being loaded.
enum class Overlap : std::uint8_t {
  left_to_reloader,  // it is called, whatever it does then
  queued,            // it waits for its turn; rejected when the module's own body asked for it
};
struct Reloader {
  const char* function;  // of the prelude: called with the module and its names
  Overlap overlap;
};

class Harness {
 public:
  static constexpr std::size_t frames_max = 200;  // of one tasklet, as in the model
  // How often a tasklet may call after its run is over, while it is unwound.
  static constexpr std::uint32_t abandoned_calls_max = 100'000;

  // The one that the functions in Python call.
  static Harness& the();

  void begin(model::Run& run);
  void end();
  // [task] See Subject.
  void load(std::uint32_t attempt, const Reloader& reloader);
  void script(std::uint32_t task);
  void spawned(std::uint64_t payload);
  // [hub]
  void inspect(const model::Inspection& inspection);
  void collect();

  // What the functions in Python do (functions.cpp). Null: an exception is set.
  PyObject* enter(std::uint32_t code, PyObject* const* parameters, std::size_t count);
  PyObject* op(std::uint32_t frame, std::uint32_t code, std::uint32_t pc);
  PyObject* value(std::uint32_t frame, PyObject* value);
  PyObject* round(std::uint32_t frame, std::uint32_t code, std::uint32_t pc, PyObject* rounds);
  PyObject* each(std::uint32_t frame, std::uint32_t code, std::uint32_t pc, PyObject* generator);
  PyObject* suspends(std::uint32_t frame, PyObject* value);
  PyObject* resumes(std::uint32_t frame);
  PyObject* object(PyObject* object);
  PyObject* left(PyObject* object);
  PyObject* matches(std::uint32_t frame, PyObject* class_);
  PyObject* caught(std::uint32_t frame);
  PyObject* send(PyObject* value);
  PyObject* receive();
  PyObject* yield();
  PyObject* spawn(PyObject* callee, PyObject* const* arguments, std::size_t count);
  PyObject* kill();
  PyObject* emit(PyObject* value);
  PyObject* reload();
  PyObject* once();
  PyObject* at_exit(PyObject* callee);
  // For loaders and reloaders: the code of the attempt under way, after which its body runs
  // (scratch: the namespace of its own in which it does so, or null); the body is over; a step.
  PyObject* load_code(PyObject* scratch);
  PyObject* body_over();
  PyObject* persistent();  // the names of the attempt's module that are, a list
  PyObject* step_begins(model::Step step);
  PyObject* stored(std::uint32_t slot);  // by the machinery, into the module
  PyObject* step_ends();

 private:
  struct Frame {
    std::uint32_t id = 0;
    std::uint32_t slots = 0;     // number of its first slot in the events
    std::uint32_t function = 0;  // index into Program::functions
    std::uint32_t code = 0;
    model::Value generator{};       // whose frame it is
    std::size_t written = 0;        // of its first local in Task::written
    const model::Op* op = nullptr;  // begun last
    bool open = false;              // and not seen to end
    Ref object;  // what that op calls, looks into or compares with, once it has been seen
    Ref left;    // what it compares, likewise
  };
  struct Hook {
    Ref callee;
    std::uint32_t number = 0;
  };
  struct Task {
    PyThreadState* thread = nullptr;  // null: not begun, or over
    std::vector<Frame> frames;
    std::vector<bool> written;  // of the frames' locals: which have ever been assigned
    model::EnterHow entered_by = model::EnterHow::script;  // the outermost frame
    Ref callee;                                            // of a spawned tasklet
    std::uint32_t attempt = 0;
    std::uint32_t own_space = 0;  // of the body that the attempt runs
    model::Step step = model::Step::stage;
    bool begun = false;  // the attempt
    bool in_body = false;
    bool abandoned = false;
    std::uint32_t abandoned_calls = 0;
    std::vector<Hook> hooks;  // to be called when the tasklet ends, in the order of their numbers
    Ref last_thrown;          // the exception that was told of last
  };
  struct Module {
    Ref object;
    std::uint32_t version = 0;
    std::vector<std::uint32_t> open;  // attempts begun and not ended
    std::vector<Ref> compiled;        // by version; null: Python did not take it
  };
  struct Spawned {
    Ref callee;
    Ref arguments;
  };
  // The frame of a generator between two values.
  struct Suspended {
    Frame frame;
    std::vector<bool> written;
  };
  // How a call from the harness into Python ended.
  struct Finish {
    std::uint32_t error = model::no_error;
    Ref exception;
  };

  Harness();
  const model::Program& program() const { return run_->program(); }
  const model::FunctionCode& function_of(const Frame& frame) const {
    return program().functions[frame.function];
  }
  const model::FunctionCode& function_of_code(std::uint32_t code) const {
    return program().functions[run_->tables().codes[code].function];
  }
  Ref local_name(const Frame& frame, std::uint16_t local) const;

  // harness.cpp
  void make_script(std::uint32_t task);
  Task& open_task();
  void close_task(Task& task);
  void run(Task& task, PyObject* callable, PyObject* arguments);
  void load_one(std::uint32_t attempt, const Reloader& reloader);
  bool admit(std::uint32_t attempt, const Module& module);
  void end_attempt(Task& task, Module& module, bool first, const Finish& finished);
  Ref value_for(const model::Node& node) const;

  // watched_ops.cpp
  template <class Call>
  sim::Wake suspend(Task& task, Call call);
  PyObject* unwind(Task& task) const;
  PyObject* result_of(Task& task, const sim::Wake& wake, Ref result) const;
  void enter_event(const Task& task, std::uint32_t code, std::uint32_t frame);
  void tell_of_made_generator(PyObject* value, PyObject* callee, std::uint32_t slot);
  PyObject* no_more_rounds(Task& task, std::uint32_t frame);
  void leave_body(Task& task);
  void write(Task& task, Frame& frame, std::uint16_t local, PyObject* value);

  // telling.cpp
  void settle(Task& task, std::uint32_t frame);
  Finish finish(Task& task, const Ref& result);
  void leave_frames_above(Task& task, std::uint32_t frame, model::ExitHow how);
  void finish_op(Task& task, Frame& frame);
  void tell_of_handled(Task& task);
  void leave_ended_generator(Task& task);
  std::uint32_t tell_of_throw(Task& task, PyObject* exception);
  std::uint32_t error_of(Task& task, PyObject* exception, std::uint32_t& signature);
  std::uint32_t error_of_call(Task& task, const std::string& text, std::uint32_t& signature);
  std::uint32_t error_of_attribute(const Frame& frame, const std::string& text);
  bool is_method_attribute(const Frame& frame) const;
  void read_locals(Task& task);
  void read_locals(Task& task, const Frame& frame, PyFrameObject* python);
  Ref innermost_locals(const Task& task) const;

  Interpreter& interpreter_;
  Codes codes_;
  Identity identity_{codes_};
  Namespaces namespaces_{codes_, identity_};
  model::Run* run_ = nullptr;
  std::vector<std::unique_ptr<Task>> tasks_;  // by TaskId
  Task* running_ = nullptr;                   // who ran last; null: the hub
  std::vector<Module> modules_;
  std::vector<Ref> scripts_;  // by task: a function; null: Python did not take it
  std::vector<Spawned> spawned_;
  std::unordered_map<std::uint32_t, Suspended> suspended_;  // by frame
  std::unordered_map<std::uint32_t, Ref> failures_;  // by ErrorId: what a failed attempt raised
  std::uint32_t hooks_registered_ = 0;
  std::uint32_t runs_ = 0;
};

}  // namespace midstride::runtimes::cpython
