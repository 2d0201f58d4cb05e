// Counts the active frames of each load, to say whether another version of a module is in use: a
// frame runs code of that module which another load brought in.
#pragma once

#include "model/event.hpp"
#include "properties/by_id.hpp"

namespace midstride::properties {

class ActiveLoads {
 public:
  void clear() {
    code_of_frame_.clear();
    frames_of_load_.clear();
    frames_of_module_.clear();
  }
  void enter(const model::Tables& tables, std::uint32_t frame, std::uint32_t code) {
    code_of_frame_[frame] = code + 1;
    count(tables.codes[code], 1);
  }
  void exit(const model::Tables& tables, std::uint32_t frame) {
    std::uint32_t& code = code_of_frame_[frame];
    if (code == 0) return;
    count(tables.codes[code - 1], -1);
    code = 0;
  }
  bool another_in_use(const model::Tables& tables, std::uint32_t code) {
    const model::CodeRow& row = tables.codes[code];
    if (row.module == model::no_module) return false;
    return frames_of_module_[row.module] != frames_of_load_[row.load];
  }

 private:
  void count(const model::CodeRow& row, std::int32_t by) {
    if (row.module == model::no_module) return;
    frames_of_load_[row.load] += by;
    frames_of_module_[row.module] += by;
  }

  ById<std::uint32_t> code_of_frame_;  // code + 1; 0: it is not active
  ById<std::int32_t> frames_of_load_;
  ById<std::int32_t> frames_of_module_;
};

}  // namespace midstride::properties
