// Numbers pairs of ids in the order in which they are first asked for, so that a ById can be kept
// per pair. A hash table of our own: one that forgets everything at once, keeps its memory, and
// whose layout nobody can see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace midstride::properties {

class PairIds {
 public:
  PairIds() : places_(64) {}

  void clear() {
    count_ = 0;
    if (++generation_ != 0) return;
    for (Place& place : places_) place.generation = 0;
    generation_ = 1;
  }
  // 0 for the first pair of this generation, then 1, ...
  std::uint32_t operator()(std::uint32_t first, std::uint32_t second) {
    const std::uint64_t key = std::uint64_t{first} << 32 | second;
    Place& place = places_[find(key)];
    if (place.generation == generation_) return place.id;
    place = {key, count_, generation_};
    const std::uint32_t id = count_++;
    if (std::size_t{count_} * 2 > places_.size()) grow();
    return id;
  }
  // The number that the pair has, if it has one.
  std::optional<std::uint32_t> known(std::uint32_t first, std::uint32_t second) const {
    const Place& place = places_[find(std::uint64_t{first} << 32 | second)];
    return place.generation == generation_ ? std::optional(place.id) : std::nullopt;
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    std::uint32_t id = 0;
    std::uint32_t generation = 0;  // 0: never used
  };

  // Where the key is, or the free place where it would be. There is always a free one.
  std::size_t find(std::uint64_t key) const {
    const std::uint64_t mixed = (key ^ key >> 32) * 0x9e37'79b9'7f4a'7c15;
    std::size_t at = static_cast<std::size_t>(mixed >> 32) & (places_.size() - 1);
    while (places_[at].generation == generation_ && places_[at].key != key)
      at = (at + 1) & (places_.size() - 1);
    return at;
  }
  void grow() {
    const std::vector<Place> old = std::exchange(places_, std::vector<Place>(places_.size() * 2));
    for (const Place& place : old) {
      if (place.generation == generation_) places_[find(place.key)] = place;
    }
  }

  std::vector<Place> places_;  // a power of two of them, at most half of them used
  std::uint32_t count_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace midstride::properties
