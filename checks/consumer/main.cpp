// Two senders and a receiver on the installed library, in the order of every seed from 1 to 100:
// each word arrives once, and each order is found.
#include <cstdint>
#include <cstdio>
#include <set>
#include <vector>

#include "sim/policies.hpp"
#include "sim/scheduler.hpp"

namespace sim = midstride::sim;

namespace {

struct World {
  sim::Scheduler scheduler;
  sim::ChannelId channel = sim::ChannelId::none();
  std::uint64_t next_word = 1;
  std::vector<std::uint64_t> received;
};

void send_one(void* context, sim::TaskId) {
  World& world = *static_cast<World*>(context);
  world.scheduler.turn(sim::Point::op);
  const std::uint64_t word = world.next_word++;
  world.scheduler.turn(sim::Point::op);
  world.scheduler.send(world.channel, word);
}

void receive_two(void* context, sim::TaskId) {
  World& world = *static_cast<World*>(context);
  for (int i = 0; i < 2; ++i) world.received.push_back(world.scheduler.receive(world.channel).word);
}

}  // namespace

int main() {
  World world;
  std::set<std::vector<std::uint64_t>> orders;
  const auto policy = sim::make_policy("random");
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    world.scheduler.begin({}, nullptr);
    world.channel = world.scheduler.channel({.name = "c"});
    world.next_word = 1;
    world.received.clear();
    world.scheduler.spawn(send_one, &world, {.name = "first"});
    world.scheduler.spawn(send_one, &world, {.name = "second"});
    world.scheduler.spawn(receive_two, &world, {.name = "receiver"});
    policy->begin(seed, 8);
    if (world.scheduler.run(*policy).kind != sim::Ending::Kind::finished) return 1;
    orders.insert(world.received);
  }
  const bool both = orders == std::set<std::vector<std::uint64_t>>{{1, 2}, {2, 1}};
  std::printf("consumer: 100 seeds, %zu orders: %s\n", orders.size(),
              both ? "as expected" : "WRONG");
  return both ? 0 : 1;
}
