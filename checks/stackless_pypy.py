"""Runs programs on the stackless module of Debian's pypy3 and compares what they do with what sim did.

Usage: pypy3 checks/stackless_pypy.py FILE, printed by the test ChannelPrograms of midstride_laws_test:
two lines a program, its text and its log, among what the test says. Compared are send, receive, schedule, preference,
schedule_all, nested run and FIFO order. Exit 1 if a program differs.
"""
import sys

import stackless


class Player:
    def __init__(self, text):
        parts = [part.split() for part in text.split(" | ")]
        self.log = []
        self.channels = []
        for shape in parts[0][1:]:
            channel = stackless.channel()
            channel.preference = int(shape.rstrip("*"))
            channel.schedule_all = shape.endswith("*")
            self.channels.append(channel)
        self.steps = [[s.rstrip("?").split() for s in " ".join(p[1:]).split(", ") if s] for p in parts[1:]]

    def run(self):
        for who in range(1, len(self.steps)):
            stackless.tasklet(self.play)(who)
        self.play(0)
        return self.log

    def note(self, what, who, step, result=0):
        self.log.append("%s %d %d %d" % (what, who, step, result))

    def play(self, who):
        for at, step in enumerate(self.steps[who]):
            self.note("begin", who, at)
            self.note("done", who, at, self.perform(step))
        self.note("end", who, 0)
        # Where a tasklet of pypy3 ends, whoever switched to it last is passed over. One that waits
        # for ever leaves the ring in the same way, and the right one follows.
        if who != 0:
            stackless.channel().receive()

    def perform(self, step):
        name, dot, action = step[0].partition(".")
        channel = self.channels[int(name[1:])] if dot else None
        value = int(step[1]) if len(step) > 1 else None
        if not dot:
            action = name
        if action == "receive":
            return 10 + channel.receive()
        if action == "send":
            channel.send(value)
        elif action == "preference":
            channel.preference = value - 1
        elif action == "schedule_all":
            channel.schedule_all = value == 1
        elif action == "schedule":
            stackless.schedule()
        elif action == "run":
            stackless.run()
        else:
            raise SystemExit("no such step: " + " ".join(step))
        return 0


def expected(line):
    kept = ("begin", "done", "end")
    return [entry for entry in line.split("; ") if entry.split()[:1] and entry.split()[0] in kept]


def main(path):
    lines = open(path).read().splitlines()
    programs = [(text, log) for text, log in zip(lines, lines[1:]) if text.startswith("channels ")]
    different = 0
    for text, log in programs:
        found = Player(text).run()
        wanted = expected(log)
        if found == wanted:
            continue
        different += 1
        if different > 3:
            continue
        at = next((i for i, (f, w) in enumerate(zip(found, wanted)) if f != w), min(len(found), len(wanted)))
        print("%s\n  entry %d: sim %s, pypy3 %s" % (text, at, wanted[at:at + 1], found[at:at + 1]))
    print("stackless: %d programs, %d differ" % (len(programs), different))
    return 1 if different or not programs else 0


sys.exit(main(sys.argv[1]))
