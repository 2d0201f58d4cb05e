// A world in the order of Stackless whose tasklets write what they do into one line.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "sim/tasklet.hpp"

namespace midstride::sim {

class Stage {
 public:
  explicit Stage(Planted planted = Planted::none)
      : world({.policy = "stackless", .planted = planted}) {}

  void say(std::string_view what) {
    if (!log.empty()) log += '|';
    log += what;
  }
  // Says what comes of it: nothing, or the words of what it raises.
  template <class Call>
  void attempt(const std::string& who, const Call& call) {
    try {
      call();
      say(who + " goes on");
    } catch (const TaskletExit&) {
      say(who + ": TaskletExit");
    } catch (const std::runtime_error& error) {
      say(who + ": " + error.what());
    }
  }
  TaskId tasklet(const std::string& name, std::function<void()> body) {
    return world.spawn(name, std::move(body));
  }
  // A tasklet that says its name, as often as it is scheduled.
  TaskId bystander(const std::string& name, int times = 1) {
    return tasklet(name, [this, name, times] {
      for (int i = 0; i < times; ++i) {
        say(name);
        world.schedule();
      }
    });
  }
  TaskId receiver(const std::string& name, Channel<int>& c) {
    return tasklet(name, [this, name, &c] {
      attempt(name, [&] { say(name + " got " + std::to_string(c.receive())); });
    });
  }
  TaskId sender(const std::string& name, Channel<int>& c, int value) {
    return tasklet(name, [this, name, &c, value] { attempt(name, [&] { c.send(value); }); });
  }

  World world;
  std::string log;
};

inline std::exception_ptr error(const std::string& words) {
  return std::make_exception_ptr(std::runtime_error(words));
}

}  // namespace midstride::sim
