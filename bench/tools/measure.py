"""Runs every contender over both sets and prints one table in markdown. Standard library only; Linux.

A contender runs as its own processes from nothing to the file of kept ids. Timed runs go round by round, so that a noisy neighbour meets all.
Recall, precision and peak memory come from one more run over reuters2013, which also writes what was called the same as what. The sets of
--corpus have a table of their own."""

import argparse
import ctypes
import datetime
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import score

HERE = os.path.dirname(os.path.abspath(__file__))
PR_SET_CHILD_SUBREAPER = 36


class Contender:
    """kind is what its groups file holds: "pairs" it decided on, "clusters" (pairs whose closure are the clusters), or "flags" (single ids)."""

    def __init__(self, name, version, command, kind, grouped=None):
        self.name, self.version, self.kind = name, version, kind
        self.command, self.grouped = command, grouped or command
        self.wall = {"bulk": [], "reuters2013": []}
        self.cpu = {"bulk": [], "reuters2013": []}
        self.sized = {}  # of each corpus of --corpus: wall and CPU seconds of each run
        self.peak = 0  # bytes, of all its processes together
        self.recall = self.strict = self.loose = None
        self.failed = ""


def version_of(environment, package):
    with open(os.path.join(environment, "installed")) as f:
        pinned = dict(line.strip().split("==") for line in f if "==" in line)
    return pinned.get(package, "?")


def contenders(args):
    tool = shlex.quote(args.dedup)
    keep = "awk -F'\\t' '$1 == $2 {{print $1}}'"
    version = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip() or "?"
    skipped = "|| [ $? = 3 ]"  # articles without text, of which reuters2013 has some
    yield Contender("dedup clusters", version, f"{tool} clusters --all --quiet {{input}} | {keep} > {{kept}}", "clusters",
                    f"{tool} clusters --quiet {{input}} | awk -F'\\t' '$1 != $2 {{{{print $2 FS $1}}}}' > {{groups}}")
    yield Contender("dedup pairs --containment 0", version, f"{tool} pairs --containment 0 --quiet {{input}} > {{kept}} {skipped}", "pairs",
                    f"{tool} pairs --containment 0 --quiet {{input}} | cut -f1,2 > {{groups}}")
    scripts = [("rensa", "rensa", "pairs"), ("rensa", "rensa_rho", "flags"), ("datasketch", "datasketch", "pairs"),
               ("text-dedup", "text_dedup", "clusters"), ("datatrove", "datatrove", "clusters")]
    for package, script, kind in scripts:
        if package not in args.only.split(","):
            continue
        environment = os.path.join(args.environments, "env-" + package)
        name = "rensa, rho flags" if script == "rensa_rho" else package
        command = f"{shlex.quote(environment)}/bin/python -B {shlex.quote(HERE)}/with_{script}.py {{input}} {{kept}} --dir {{dir}} --jobs {os.cpu_count()}"
        if os.path.exists(os.path.join(environment, "installed")):
            yield Contender(name, version_of(environment, package), command, kind, command + " --groups {groups}")
        else:
            c = Contender(name, "", "", kind)
            c.failed = "could not be installed"
            yield c


def run(command, **names):
    """Runs a command line to its end, its orphans too. Returns wall and CPU seconds and peak bytes of memory (0 unless sampled)."""
    sample = names.pop("sample", False)
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile("w+") as log:
        line = command.format(dir=scratch, **names)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        child = subprocess.Popen(["/bin/sh", "-c", line], stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
        sampler = Memory() if sample else None
        code = child.wait()
        wall = time.perf_counter() - start
        try:
            while True:
                os.wait()
        except ChildProcessError:
            pass
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if code != 0:
            log.seek(0)
            raise RuntimeError((log.read().strip().splitlines() or [f"exit code {code}"])[-1])
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, sampler.stop() if sampler else 0


class Memory(threading.Thread):
    """Samples the proportional memory (PSS: shared pages count once) of all processes below this one; the peak counts."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.done = 0, threading.Event()
        self.start()

    def run(self):
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(map(pss, below(os.getpid()))))

    def stop(self):
        self.done.set()
        self.join()
        return self.peak


def below(root):
    """The processes that descend from root. What cannot be read any more has ended."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as f:
                    parent = int(f.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        for child in children.get(todo.pop(), []):
            found.append(child)
            todo.append(child)
    return found


def pss(process):
    try:
        with open(f"/proc/{process}/smaps_rollup") as f:
            return sum(int(line.split()[1]) * 1024 for line in f if line.startswith("Pss:"))
    except OSError:
        return 0


def measure(args, every, scratch):
    inputs = {"reuters2013": args.reuters, "bulk": args.bulk}
    kept, groups = os.path.join(scratch, "kept"), os.path.join(scratch, "groups")
    gold = score.read_gold(args.gold)
    for c in every:
        if c.failed:
            continue
        try:
            print(f"{c.name}: recall", file=sys.stderr)
            _, _, c.peak = run(c.grouped, input=args.reuters, kept=kept, groups=groups, sample=True)
            c.recall, c.strict, c.loose = score.score(groups, c.kind, gold)
        except (RuntimeError, OSError) as err:
            c.failed = str(err)
    for turn in range(args.runs):
        for c in every:
            for name, path in inputs.items():
                if c.failed or turn > 0 and c.wall[name][0] > args.long:
                    continue
                try:
                    wall, cpu, _ = run(c.command, input=path, kept=kept)
                except RuntimeError as err:
                    c.failed = str(err)
                    continue
                c.wall[name].append(wall)
                c.cpu[name].append(cpu)
                print(f"{c.name}: {name} {wall:.2f} s, CPU {cpu:.2f} s", file=sys.stderr)


class Corpus:
    """A bigger set: NAME=FILE=TENTH. TENTH is made in the same way of a tenth of the articles, for tools that would take too long."""

    def __init__(self, text):
        self.name, self.whole, self.tenth = text.split("=")

    def path(self, tenth):
        return self.tenth if tenth else self.whole


def measure_sizes(args, every, scratch):
    """Runs every contender over the bigger sets, round by round. Who would take longer than --slow seconds, by its speed on bulk, or more than half of
    the memory, by its peak over reuters2013, gets the tenth; the first contender runs over that too, to be compared with."""
    kept = os.path.join(scratch, "kept")
    for corpus in args.corpus:
        turns = []
        for c in every:
            if c.failed:
                continue
            size = os.path.getsize(corpus.whole)
            tenth = (statistics.median(c.wall["bulk"]) * size / os.path.getsize(args.bulk) > args.slow
                     or c.peak * size / os.path.getsize(args.reuters) > memory() / 2)
            turns.append((c, tenth))
        if any(tenth for _, tenth in turns) and not turns[0][1]:
            turns.insert(1, (turns[0][0], True))
        for turn in range(args.runs):
            for c, tenth in turns:
                runs = c.sized.setdefault((corpus.name, tenth), [])
                if c.failed or turn > 0 and runs and runs[0][0] > args.long:
                    continue
                try:
                    wall, cpu, _ = run(c.command, input=corpus.path(tenth), kept=kept)
                except RuntimeError as err:
                    c.failed = str(err)
                    continue
                runs.append((wall, cpu))
                print(f"{c.name}: {corpus.name}{', a tenth' if tenth else ''} {wall:.2f} s, CPU {cpu:.2f} s", file=sys.stderr)


def sizes(args, every):
    """The table of the bigger sets."""
    yield "| corpus | MB | tool | runs | wall, s | MB/s | × dedup | CPU, s | × dedup CPU |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|---:|"
    for corpus in args.corpus:
        for tenth in (False, True):
            for c in every:
                runs = c.sized.get((corpus.name, tenth))
                if not runs:
                    continue
                wall, cpu = (statistics.median(r[k] for r in runs) for k in (0, 1))
                first = [statistics.median(r[k] for r in every[0].sized[corpus.name, tenth]) for k in (0, 1)]
                size = os.path.getsize(corpus.path(tenth)) / 1e6
                yield (f"| {corpus.name}{', **a tenth of it**' if tenth else ''} | {size:.0f} | {c.name} | {len(runs)} | {wall:.2f} | {size / wall:.1f} | "
                       f"{wall / first[0]:.1f} | {cpu:.2f} | {cpu / first[1]:.1f} |")


def memory():
    """Bytes of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def conditions():
    with open("/proc/cpuinfo") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")
    return f"{now} UTC; {cpu}, {os.cpu_count()} cores, {memory() / 2**30:.0f} GiB; Python {sys.version.split()[0]}; load at the end {os.getloadavg()[0]:.1f}."


def table(args, every):
    yield conditions()
    yield ""
    yield ("| tool | version | runs | reuters2013, s | bulk, s | bulk, MB/s | × dedup | bulk CPU, s | × dedup CPU | peak, MiB | recall | precision ≥ 0.70 | ≥ 0.65 |")
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    first = None
    for c in every:
        if c.failed:
            yield f"| {c.name} | {c.version} | failed: {c.failed} |" + " |" * 10
            continue
        wall, cpu = statistics.median(c.wall["bulk"]), statistics.median(c.cpu["bulk"])
        first = first or (wall, cpu)
        runs = "–".join(str(n) for n in sorted({len(w) for w in c.wall.values()}))
        yield (f"| {c.name} | {c.version} | {runs} | {statistics.median(c.wall['reuters2013']):.2f} | {wall:.2f} | "
               f"{os.path.getsize(args.bulk) / 1e6 / wall:.1f} | {wall / first[0]:.1f} | {cpu:.2f} | {cpu / first[1]:.1f} | {c.peak / 2**20:.0f} | "
               f"{c.recall:.4f} | {c.strict:.4f} | {c.loose:.4f} |")


def main():
    p = argparse.ArgumentParser()
    for name in ("environments", "dedup", "only", "bulk", "reuters", "gold"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--long", type=float, default=60, help="seconds from which one run is enough")
    p.add_argument("--corpus", type=Corpus, action="append", default=[], help="NAME=FILE=TENTH: a bigger set, and a tenth of it")
    p.add_argument("--slow", type=float, default=300, help="seconds that a tool may take over a bigger set; slower ones get a tenth of it")
    p.add_argument("--raw", help="write every single run to this file too")
    args = p.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # servers that a tool leaves behind are waited for, and their CPU counted
    every = list(contenders(args))
    with tempfile.TemporaryDirectory() as scratch:
        measure(args, every, scratch)
        measure_sizes(args, every, scratch)
    lines = list(table(args, every))
    if args.corpus:
        lines += ["", *sizes(args, every)]
    print("\n".join(lines))
    if args.raw:
        with open(args.raw, "w") as f:
            for c in every:
                for name in c.wall:
                    for wall, cpu in zip(c.wall[name], c.cpu[name]):
                        f.write(f"{c.name}\t{c.version}\t{name}\t{wall:.3f} s\tCPU {cpu:.3f} s\n")
                for (name, tenth), runs in c.sized.items():
                    for wall, cpu in runs:
                        f.write(f"{c.name}\t{c.version}\t{name}{', a tenth' if tenth else ''}\t{wall:.3f} s\tCPU {cpu:.3f} s\n")
            f.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
