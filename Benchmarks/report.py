"""Turns the figures into Markdown: medians, spreads, ratios, and whether each target was reached.

A ratio is Doorward's figure by the server's of the same round; the median over the rounds counts.
A target is judged only when both sides ran without one bad connection, and as root, without which Doorward leaves out
part of its work.
"""
import os
import statistics
import subprocess
import time

# measurement, Doorward's label, peer's label, bound. "most" for latencies, else "least".
LEAST_RATIOS = {
    ("echo_16", "doorward", "tcpserver"): 1.2,
    ("echo_16", "doorward", "xinetd"): 2.0,
    ("echo_16", "doorward", "openbsd-inetd"): 2.5,
    ("echo_16", "doorward", "systemd-socket-activate"): 2.5,
    ("refused", "doorward refuse", "tcpserver refuse"): 3.0,
    ("refused", "doorward refuse", "xinetd refuse"): 8.0,
}
MOST_FIRST_BYTE_RATIO = 0.75  # of tcpserver's p50
MOST_RESIDENT_KB = 16 * 1024  # the supervisor and one gate

NAMES = {
    "doorward": "**Doorward**",
    "doorward refuse": "**Doorward**, block list",
    "doorward refuse-by-rule": "**Doorward**, access rule",
    "tcpserver refuse": "tcpserver, cdb rule",
    "xinetd refuse": "xinetd, no_access",
    "spawn-floor": "(bound: accept and posix_spawn, in C)",
    "accept-close refuse": "(bound: accept and close, in C)",
}


def _output(*command, **options):
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
    except FileNotFoundError:
        return ""
    return result.stdout.strip()


def facts(root, handler, rounds, connections):
    """What the figures depend on."""
    versions = _output("dpkg-query", "-W", "-f", "${Package} ${Version}\n", "ucspi-tcp", "systemd", "socat").split("\n")
    versions += sorted(path.name.rsplit("_", 1)[0].replace("_", " ").replace("%3a", ":")
                       for path in (root / "build/bench/peers").glob("*.deb"))
    return {
        "date": time.strftime("%Y-%m-%d"),
        "kernel": os.uname().release,
        "processors": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "is_root": os.geteuid() == 0,
        "commit": _output("git", "-C", str(root), "describe", "--always", "--dirty") or "unknown",
        "handler": f"{handler.relative_to(root) if handler.is_relative_to(root) else handler}, "
                   f"{handler.stat().st_size} bytes",
        "peers": [version for version in versions if version],
        "rounds": rounds,
        "connections": connections,
    }


class Results:
    """Access to the figures by measurement and label."""

    def __init__(self, results):
        self.figures = results["figures"]
        self.missing = results["missing"]
        self.memory = results["memory"]
        self.is_root = results["facts"]["is_root"]
        self.verdicts = []

    def values(self, measurement, label, key):
        return [result[key] for result in self.figures.get(measurement, {}).get(label, [])]

    def bad(self, measurement, label):
        return sum(self.values(measurement, label, "bad"))

    def median(self, measurement, label, key, form, scale=1.0):
        """median (least–most), or why there is none."""
        values = [value * scale for value in self.values(measurement, label, key)]
        if not values:
            return "not run"
        if not any(self.values(measurement, label, "good")):
            return "none good"
        return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"

    def ratio(self, measurement, own, peer, key):
        """Median of the rounds' ratios own/peer, or None."""
        pairs = zip(self.values(measurement, own, key), self.values(measurement, peer, key))
        ratios = [mine / theirs for mine, theirs in pairs if mine > 0 and theirs > 0]
        return statistics.median(ratios) if ratios else None

    def judge(self, value, is_reached, bound, sides):
        """The text for the column 'target', and a note of it for the exit status. sides: [(measurement, label)]."""
        bad = [f"{label}: {self.bad(measurement, label)} bad" for measurement, label in sides
               if self.bad(measurement, label)]
        absent = [label for _, label in sides if label in self.missing]
        if absent:
            verdict = f"not judged ({', '.join(absent)} not run)"
        elif bad:
            verdict = f"not judged ({', '.join(bad)})"
        elif value is None:
            verdict = "not judged (no figure)"
        elif not self.is_root:
            verdict = "not judged (not root)"
        else:
            verdict = "reached" if is_reached(value) else "short"
        self.verdicts.append(verdict)
        return f"{bound}: {verdict}"

    def judge_ratio(self, measurement, own, peer):
        least = LEAST_RATIOS.get((measurement, own, peer))
        if least is None:
            return ""
        value = self.ratio(measurement, own, peer, "rate")
        sides = [(measurement, own), (measurement, peer)]
        return self.judge(value, lambda value: value >= least, f"≥ {least:g}", sides)


def _times(value):
    return "" if value is None else f"{value:.2f}x"


def _table(head, rows):
    lines = [head] + [["---"] + ["--:"] * (len(head) - 1)] + rows
    return [f"| {' | '.join(cells)} |" for cells in lines] + [""]


def _labels(results, measurement):
    """Every server that belongs to a measurement, whether it ran or not: Doorward, the peers, the bounds."""
    is_refusal = measurement == "refused"
    labels = list(results.figures.get(measurement, {})) + list(results.missing)
    labels = [label for label in labels if ("refuse" in label) == is_refusal]
    return sorted(labels, key=lambda label: (not label.startswith("doorward"), "(bound" in NAMES.get(label, "")))


def _echo(results):
    rows = []
    for label in _labels(results, "echo_16"):
        is_own = label == "doorward"
        rows.append([
            NAMES.get(label, label),
            results.median("echo_16", label, "rate", ".0f"),
            "" if is_own else _times(results.ratio("echo_16", "doorward", label, "rate")),
            results.judge_ratio("echo_16", "doorward", label),
            results.median("echo_1", label, "rate", ".0f"),
            "" if is_own else _times(results.ratio("echo_1", "doorward", label, "rate")),
            str(results.bad("echo_16", label) + results.bad("echo_1", label)),
        ])
    return _table(["connections/s", "16 at once", "Doorward ÷ it", "target", "one at a time", "Doorward ÷ it", "bad"],
                  rows)


def _first_byte(results):
    rows = []
    for label in _labels(results, "first_byte"):
        ratio = results.ratio("first_byte", label, "tcpserver", "p50_us")
        target = ""
        if label == "doorward":
            target = results.judge(ratio, lambda value: value <= MOST_FIRST_BYTE_RATIO, f"≤ {MOST_FIRST_BYTE_RATIO:g}",
                                   [("first_byte", "doorward"), ("first_byte", "tcpserver")])
        rows.append([
            NAMES.get(label, label),
            results.median("first_byte", label, "p50_us", ".3f", 1e-3),
            results.median("first_byte", label, "p99_us", ".3f", 1e-3),
            "" if label == "tcpserver" else _times(ratio),
            target,
            str(results.bad("first_byte", label)),
        ])
    return _table(["first byte, alone, ms", "p50", "p99", "p50 ÷ tcpserver's", "target", "bad"], rows)


def _refusal(results):
    rows = []
    for label in _labels(results, "refused"):
        is_own = label.startswith("doorward")
        rows.append([
            NAMES.get(label, label),
            results.median("refused", label, "rate", ".0f"),
            "" if is_own else _times(results.ratio("refused", "doorward refuse", label, "rate")),
            "" if is_own else _times(results.ratio("refused", "doorward refuse-by-rule", label, "rate")),
            results.judge_ratio("refused", "doorward refuse", label),
            str(results.bad("refused", label)),
        ])
    return _table(["refused/s", "16 at once", "Doorward's block list ÷ it", "Doorward's rule ÷ it", "target", "bad"],
                  rows)


def _memory(results):
    rows = []
    for label, processes in results.memory.items():
        for process in processes if label == "doorward" else processes[:1]:
            name = NAMES.get(label, label)
            if label == "doorward":
                name += ", supervisor" if process is processes[0] else ", gate"
            rows.append([name, str(process["rss"]), str(process["pss"]), ""])
    own = results.memory.get("doorward", [])
    resident = sum(process["rss"] for process in own) if len(own) == 2 else None
    target = results.judge(resident, lambda value: value <= MOST_RESIDENT_KB, f"≤ {MOST_RESIDENT_KB}",
                           [("echo_16", "doorward")])
    total = [str(sum(process[key] for process in own)) if own else "not run" for key in ("rss", "pss")]
    rows.insert(len(own), ["**Doorward**, together"] + total + [target])
    return _table(["memory after the load, kB", "RSS", "PSS", "target"], rows)


def _notes(results):
    lines = [f"- Not run: {label}: {why}" for label, why in results.missing.items()]
    for measurement, labels in results.figures.items():
        for label in labels:
            if bad := results.bad(measurement, label):
                fault = next(fault for fault in results.values(measurement, label, "fault") if fault)
                lines.append(f"- Bad: {label}, {measurement}: {bad} connections; the first: {fault}")
    if not results.is_root:
        lines.append("- Not root: Doorward leaves out identities and capabilities, so no target is judged.")
    own = results.memory.get("doorward", [])
    if own and len(own) != 2:
        lines.append(f"- Memory is not judged: Doorward has {len(own)} processes where a supervisor and a gate belong.")
    return lines + [""] if lines else []


def markdown(results):
    """The report, and whether every target was reached without a bad connection anywhere."""
    fact, figures = results["facts"], Results(results)
    body = _echo(figures) + _first_byte(figures) + _refusal(figures) + _memory(figures)
    head = [
        f"{fact['date']}, commit {fact['commit']}, Linux {fact['kernel']}, {fact['processors']} processors shared with "
        f"the load generator (load {fact['load_before']} before), {'root' if fact['is_root'] else 'not root'}, "
        f"{fact['rounds']} round(s), up to {fact['connections']} connections a run. "
        "Median (least–most) of the rounds; ratios are medians of the rounds' ratios. "
        f"Every server runs {fact['handler']}. Peers: {', '.join(fact['peers'])}.",
        "",
    ]
    counts = {verdict: figures.verdicts.count(verdict) for verdict in ("reached", "short")}
    unjudged = len(figures.verdicts) - sum(counts.values())
    summary = [f"Targets: {counts['reached']} reached, {counts['short']} short, {unjudged} not judged."]
    is_clean = all(bad == 0 for labels in figures.figures.values() for runs in labels.values()
                   for bad in (run["bad"] for run in runs))
    is_reached = is_clean and counts["reached"] == len(figures.verdicts)
    return "\n".join(head + body + _notes(figures) + summary) + "\n", is_reached
