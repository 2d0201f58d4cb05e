// A pool of workers that loses a job under some schedules, and the test that finds such a schedule.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/find_failure.hpp"

using namespace midstride::sim;

struct Pool {
  Channel<int>& jobs;
  Channel<int>& idle;
  std::vector<int> backlog;

  void submit(int job) {
    if (jobs.balance() < 0) return jobs.send(job);  // a worker waits
    backlog.push_back(job);
  }
  int next(int worker) {
    if (backlog.empty()) {
      idle.send(worker);
      return jobs.receive();
    }
    const int job = backlog.back();
    backlog.pop_back();
    return job;
  }
};

void every_job_is_done(World& world) {
  Pool pool{world.channel<int>("jobs"), world.channel<int>("idle"), {}};
  int idle_count = 0, done_count = 0;
  world.spawn("monitor", [&] {
    for (;; ++idle_count) pool.idle.receive();
  });
  for (const int worker : {1, 2}) {
    world.spawn("worker " + std::to_string(worker), [&, worker] {
      for (;; ++done_count) pool.next(worker);
    });
  }
  world.spawn("boss", [&] {
    for (int job = 0; job < 3; ++job, world.schedule()) pool.submit(job);
  });
  const Outcome outcome = world.run();
  if (done_count != 3) throw std::runtime_error("a job is lost: " + outcome.waiting);
}

int main(int argc, char** argv) {
  const WorldOptions options{.granularity = Granularity::yields};
  const auto failure = argc == 2
                           ? replay(options, schedule_from(argv[1]).value(), every_job_is_done)
                           : find_failure(options, 1000, every_job_is_done);
  if (!failure) {
    std::puts("every job is done");
    return 0;
  }
  std::printf("%s\nreplay: %s \"%s\"\n", failure->what.c_str(), argv[0],
              schedule_text(failure->picks).c_str());
  return 1;
}
