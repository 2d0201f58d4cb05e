// The locals of a run's frames by name, and objects with their fields, followed event by event:
// what an inspector saw, printed the way Python prints it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/event.hpp"
#include "model/value.hpp"

namespace midstride::cli {

class Locals {
 public:
  // Of one run, whose events are told from the first on.
  explicit Locals(const model::Tables& tables) : tables_(tables) {}

  void on(const model::Event& event);

  // `a`, of a slot that belongs to the frame.
  std::string name(std::uint32_t frame, std::uint32_t slot) const;
  // The tasklet that runs the frame.
  std::string task_of(std::uint32_t frame) const;
  // As repr() does: {'a': 1, 'b': {}} for an object with these fields.
  std::string show(model::Value value) const;
  std::string show_handle(std::uint32_t handle) const;

 private:
  struct Frame {
    std::uint32_t function = 0;
    std::uint32_t slots = 0;  // number of its first slot
    model::Actor actor;
  };
  std::string show(model::Value value, std::vector<std::uint32_t>& around) const;

  const model::Tables& tables_;
  std::map<std::uint32_t, Frame> frames_;
  // By object, in the order in which the fields were first assigned.
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, model::Value>>> fields_;
  std::uint32_t next_slot_ = 0;
};

}  // namespace midstride::cli
