"""What the sandbox costs: Doorward beside itself, with more or less of it on (peers/doorward says how).

A small difference needs more than the peers do: more rounds, and their runs in slices, all variants' first ones, then
all second ones, and so on, every time in another order: so what disturbs the machine for half a second disturbs all.
The order rotates, and after each full turn its direction changes, so that none always follows the same one.
Beside the rate there is the processor time of the gate and its handlers, which other work on the machine changes less.
`no-sandbox-again` is a second instance of the first: what its ratio is off 1 by is what this method cannot see.
"""
import os
import pathlib
import signal
import statistics
import sys
import time

VARIANTS = ["no-sandbox", "no-sandbox-again", "identity", "landlock-only", "seccomp-only", "everything"]
STARTING = ["no-sandbox", "everything"]
STARTS = 20
SLICES = 4
READY_SECONDS = 10


def measure(servers, make_server, load, rounds):
    """{missing, figures, kernel, starts}, each by the variant's name."""
    running, missing = _start(servers, make_server, VARIANTS)
    for server in running.values():
        load.warm_up(server)
    gates = {name: (servers.children(server) + [None])[0] for name, server in running.items()}
    kernel = {name: _what_the_kernel_holds(gate) for name, gate in gates.items()}
    figures = _rounds(gates, running, load, rounds) if running else {}
    for server in running.values():
        servers.stop(server)
    return {"rounds": rounds, "missing": missing, "figures": figures, "kernel": kernel,
            "starts": _starts(servers, make_server)}


def _start(servers, make_server, names, prefix=""):
    running, missing = {}, {}
    for name in names:
        server = make_server(prefix + name)
        if why := servers.start(server):
            missing[name] = why
        else:
            running[name] = server
    return running, missing


def order(names, turn):
    """The names in the order of that turn, which counts from 0."""
    cycle, shift = divmod(turn, len(names))
    rotated = names[shift:] + names[:shift]
    return rotated[::-1] if cycle % 2 else rotated


def _rounds(gates, running, load, rounds):
    figures = {}
    measurements = {"echo_16": lambda port: load.echo(port, 16), "echo_1": lambda port: load.echo(port, 1),
                    "first_byte": load.first_byte}
    for round_number in range(rounds):
        for measurement, run in measurements.items():
            print(f"bench: sandbox, round {round_number + 1}/{rounds} {measurement}", file=sys.stderr)
            slices = {name: [] for name in running}
            for turn in range(round_number * SLICES, (round_number + 1) * SLICES):
                for name in order(list(running), turn):
                    before = _processor_seconds(gates[name])
                    result = run(running[name].port)
                    slices[name].append(result | {"processor": _processor_seconds(gates[name]) - before})
            for name, parts in slices.items():
                figures.setdefault(measurement, {}).setdefault(name, []).append(_together(parts))
        for server in running.values():
            # Two lines a connection: kept, they would be hundreds of megabytes, and writing them back would disturb.
            os.truncate(server.log, 0)
        load.next_round()
    return figures


def _together(slices):
    """One run's figures from its slices'."""
    total = {key: sum(part[key] for part in slices) for key in ("seconds", "good", "bad", "processor")}
    return total | {
        "fault": next((part["fault"] for part in slices if part["fault"]), ""),
        "rate": total["good"] / total["seconds"],
        "processor_us": total["processor"] / max(total["good"], 1) * 1e6,
        "p50_us": statistics.median(part["p50_us"] for part in slices),
        "p99_us": statistics.median(part["p99_us"] for part in slices),
    }


def _processor_seconds(pid):
    """Of a gate and the handlers that it has reaped (proc(5): utime, stime, cutime, cstime); 0 when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _what_the_kernel_holds(gate):
    """What is on, from the gate's /proc, where Landlock does not show. The ambient capabilities are the handlers'."""
    process = pathlib.Path(f"/proc/{gate}")
    if not process.exists():
        return {"fault": "there is no gate"}
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
    return {"uid": int(status["Uid"].split()[0]), "capabilities": int(status["CapAmb"], 16).bit_count(),
            "no_new_privs": int(status["NoNewPrivs"]), "seccomp_filters": int(status["Seccomp_filters"]),
            "own_network": os.readlink(process / "ns/net") != os.readlink("/proc/self/ns/net")}


def _starts(servers, make_server):
    """{variant: {took, waited, fault}}: seconds from the gate's fork to its being ready, as the supervisor logs them,
    and from SIGHUP to the line in the log. The first is the first of its kind that this supervisor starts."""
    results = {name: {"took": [], "waited": [], "fault": ""} for name in STARTING}
    running, missing = _start(servers, make_server, STARTING, "starts-")
    for name, why in missing.items():
        results[name]["fault"] = why
    for number in range(1 + STARTS):
        print(f"bench: starts, {number + 1}/{1 + STARTS}", file=sys.stderr)
        for name in order(list(running), number):
            if results[name]["fault"]:
                continue
            try:
                took, waited = _start_one_more(running[name], f"more{number:02}")
                results[name]["took"].append(took)
                results[name]["waited"].append(waited)
            except RuntimeError as error:
                results[name]["fault"] = str(error)
    for server in running.values():
        servers.stop(server)
    return results


def _start_one_more(server, service):
    """Adds a service to a running supervisor and waits until it is ready."""
    text = (server.scratch / "more.toml").read_text()
    (server.scratch / "services" / f"{service}.toml").write_text(text)
    seen = server.log.stat().st_size
    start = time.monotonic()
    os.kill(server.process.pid, signal.SIGHUP)
    while time.monotonic() < start + READY_SECONDS:
        with open(server.log, encoding="utf-8", errors="replace") as log:
            log.seek(seen)
            lines = [line for line in log.read().split("\n")[:-1] if f" service={service} " in line]
        for line in lines:
            if " event=ready " in line:
                waited = time.monotonic() - start
                time.sleep(0.05)  # what the supervisor has left to do belongs to no service's start
                return float(line.rsplit(" took=", 1)[1].split()[0]), waited
            if " event=start_failed " in line or " event=bind_failed " in line:
                raise RuntimeError(line)
        time.sleep(0.002)
    raise RuntimeError(f"{service} was not ready within {READY_SECONDS} s")
