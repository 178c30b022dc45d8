"""Turns what sandbox.py measured into Markdown: what the sandbox costs, and what is on in each row."""
import math
import statistics

from results import table

BASE, ALL = "no-sandbox", "everything"
LEAST_RATE_RATIO = 0.95
MOST_FIRST_BYTE_RATIO = 1.05
MOST_START_MS = 20

NAMES = {
    "no-sandbox": "no sandbox",
    "no-sandbox-again": "(no sandbox, a second instance)",
    "identity": "identity only",
    "landlock-only": "identity, Landlock",
    "seccomp-only": "identity, seccomp",
    "everything": "**everything**",
}


def _interval(values):
    """The interval that holds the median with at least 95 % probability, by the sign test: between the order statistics
    that fewer than 2.5 % of fair coins would leave outside. None for fewer than six values."""
    count, outside, rank = len(values), 0.0, 0
    while (outside := outside + math.comb(count, rank) / 2 ** count) <= 0.025:
        rank += 1
    ordered = sorted(values)
    return (ordered[rank - 1], ordered[-rank]) if rank else None


def _ratio(results, measurement, name, key):
    """The text of a ratio by the base's figure of the same round: median, and its interval."""
    ratios = results.ratios(measurement, name, BASE, key)
    if name == BASE or not ratios:
        return ""
    interval = _interval(ratios)
    return f"{statistics.median(ratios):.3f}x" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def _target(results, measurement, name, key, bound, is_reached):
    if name != ALL:
        return ""
    return results.judge(results.ratio(measurement, ALL, BASE, key), is_reached, bound,
                         [(measurement, ALL), (measurement, BASE)])


def _rates(results):
    rows = []
    for name in NAMES:
        cells = [NAMES[name]]
        for measurement in ("echo_16", "echo_1"):
            cells += [results.median(measurement, name, "rate", ".0f"), _ratio(results, measurement, name, "rate"),
                      _target(results, measurement, name, "rate", f"≥ {LEAST_RATE_RATIO:g}",
                              lambda value: value >= LEAST_RATE_RATIO)]
        rows.append(cells + [str(results.bad("echo_16", name) + results.bad("echo_1", name))])
    return table(["the sandbox's cost, connections/s", "16 at once", "÷ no sandbox", "target", "one at a time",
                  "÷ no sandbox", "target", "bad"], rows)


def _processor(results):
    rows = []
    for name in NAMES:
        cells = [NAMES[name]]
        for measurement in ("echo_16", "echo_1"):
            cells += [results.median(measurement, name, "processor_us", ".0f"),
                      _ratio(results, measurement, name, "processor_us")]
        rows.append(cells)
    return table(["the sandbox's cost, processor µs a connection, gate and handler", "16 at once", "÷ no sandbox's",
                  "one at a time", "÷ no sandbox's"], rows)


def _first_bytes(results):
    rows = []
    for name in NAMES:
        rows.append([NAMES[name], results.median("first_byte", name, "p50_us", ".3f", 1e-3),
                     results.median("first_byte", name, "p99_us", ".3f", 1e-3),
                     _ratio(results, "first_byte", name, "p50_us"),
                     _target(results, "first_byte", name, "p50_us", f"≤ {MOST_FIRST_BYTE_RATIO:g}",
                             lambda value: value <= MOST_FIRST_BYTE_RATIO),
                     str(results.bad("first_byte", name))])
    return table(["the sandbox's cost, first byte, alone, ms", "p50", "p99", "p50 ÷ no sandbox's", "target", "bad"],
                 rows)


def _starts(results, starts):
    rows = []
    for name, start in starts.items():
        took = [seconds * 1000 for seconds in start["took"]]
        if len(took) < 2:
            cells, median = ["not run"] * 4, None
        else:
            first, others, waited = took[0], took[1:], [seconds * 1000 for seconds in start["waited"][1:]]
            median = None if start["fault"] else statistics.median(others)
            cells = [f"{statistics.median(others):.0f}", f"{max(others):.0f}", f"{first:.0f}",
                     f"{statistics.median(waited):.0f}"]
        target = ""
        if name == ALL:
            target = results.judge(median, lambda value: value <= MOST_START_MS, f"≤ {MOST_START_MS}", [])
        rows.append([NAMES[name]] + cells[:2] + [target] + cells[2:])
    return table(["one more service starts, ms", "median", "most", "target", "the first", "since SIGHUP, median"], rows)


def _what_was_on(kernel):
    """A line for each row's gate, as the kernel says."""
    networks = {True: "an empty", False: "the machine's"}
    lines = ["What is on, by the gates' /proc:", ""]
    for name, facts in kernel.items():
        if "fault" in facts:
            lines.append(f"- {NAMES[name]}: {facts['fault']}")
            continue
        lines.append(
            f"- {NAMES[name]}: uid {facts['uid']}, {facts['capabilities']} capabilities for handlers, "
            f"no_new_privs {facts['no_new_privs']}, {facts['seccomp_filters']} seccomp filter(s), "
            f"{networks[facts['own_network']]} network namespace")
    return lines + [""]


def tables(results, part):
    """The tables of this part. results: the same, for judging."""
    head = [f"What the sandbox costs: {part['rounds']} round(s), up to {part['connections']} connections a run. In "
            "brackets after a ratio: where its median lies with 95 % probability. How far the second instance's ratio "
            "is from 1 is how far any may be.", ""]
    faults = results.faults()
    faults += [f"- Not started: {NAMES[name]}: {start['fault']}" for name, start in part["starts"].items()
               if start["fault"]]
    return (head + _rates(results) + _first_bytes(results) + _processor(results) + _starts(results, part["starts"])
            + _what_was_on(part["kernel"]) + (faults + [""] if faults else []))
