"""Turns the figures into Markdown: medians, spreads, ratios, and whether each target was reached."""
import os
import subprocess
import time

import sandbox_report
from results import Results, table, times

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


def facts(root, handler):
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
    }


def _judge_ratio(results, measurement, own, peer):
    least = LEAST_RATIOS.get((measurement, own, peer))
    if least is None:
        return ""
    value = results.ratio(measurement, own, peer, "rate")
    sides = [(measurement, own), (measurement, peer)]
    return results.judge(value, lambda value: value >= least, f"≥ {least:g}", sides)


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
            "" if is_own else times(results.ratio("echo_16", "doorward", label, "rate")),
            _judge_ratio(results, "echo_16", "doorward", label),
            results.median("echo_1", label, "rate", ".0f"),
            "" if is_own else times(results.ratio("echo_1", "doorward", label, "rate")),
            str(results.bad("echo_16", label) + results.bad("echo_1", label)),
        ])
    return table(["connections/s", "16 at once", "Doorward ÷ it", "target", "one at a time", "Doorward ÷ it", "bad"],
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
            "" if label == "tcpserver" else times(ratio),
            target,
            str(results.bad("first_byte", label)),
        ])
    return table(["first byte, alone, ms", "p50", "p99", "p50 ÷ tcpserver's", "target", "bad"], rows)


def _refusal(results):
    rows = []
    for label in _labels(results, "refused"):
        is_own = label.startswith("doorward")
        rows.append([
            NAMES.get(label, label),
            results.median("refused", label, "rate", ".0f"),
            "" if is_own else times(results.ratio("refused", "doorward refuse", label, "rate")),
            "" if is_own else times(results.ratio("refused", "doorward refuse-by-rule", label, "rate")),
            _judge_ratio(results, "refused", "doorward refuse", label),
            str(results.bad("refused", label)),
        ])
    return table(["refused/s", "16 at once", "Doorward's block list ÷ it", "Doorward's rule ÷ it", "target", "bad"],
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
    return table(["memory after the load, kB", "RSS", "PSS", "target"], rows)


def _notes(results):
    lines = results.faults()
    own = results.memory.get("doorward", [])
    if own and len(own) != 2:
        lines.append(f"- Memory is not judged: Doorward has {len(own)} processes where a supervisor and a gate belong.")
    return lines + [""] if lines else []


def _head(results):
    fact = results["facts"]
    line = (f"{fact['date']}, commit {fact['commit']}, Linux {fact['kernel']}, {fact['processors']} processors shared "
            f"with the load generator (load {fact['load_before']} before), {'root' if fact['is_root'] else 'not root'}")
    if "peers" in results:
        line += f", {results['peers']['rounds']} round(s), up to {results['peers']['connections']} connections a run"
    line += (". Median (least–most) of the rounds; ratios are medians of the rounds' ratios. "
             f"Every server runs {fact['handler']}.")
    if "peers" in results:
        line += f" Peers: {', '.join(fact['peers'])}."
    return [line, ""]


def markdown(results):
    """The report, and whether every target was reached without a bad connection anywhere."""
    is_root = results["facts"]["is_root"]
    lines, parts = _head(results), []
    if "peers" in results:
        peers = Results(results["peers"], is_root)
        lines += _echo(peers) + _first_byte(peers) + _refusal(peers) + _memory(peers) + _notes(peers)
        parts.append(peers)
    if "sandbox" in results:
        sandbox = Results(results["sandbox"], is_root)
        lines += sandbox_report.tables(sandbox, results["sandbox"])
        parts.append(sandbox)
    if not is_root:
        lines += ["- Not root: Doorward leaves out identities and capabilities, so no target is judged.", ""]
    verdicts = [verdict for part in parts for verdict in part.verdicts]
    counts = {verdict: verdicts.count(verdict) for verdict in ("reached", "short")}
    unjudged = len(verdicts) - sum(counts.values())
    lines.append(f"Targets: {counts['reached']} reached, {counts['short']} short, {unjudged} not judged.")
    is_reached = counts["reached"] == len(verdicts) and all(part.is_clean() for part in parts)
    return "\n".join(lines) + "\n", is_reached
