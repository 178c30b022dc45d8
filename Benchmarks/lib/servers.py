"""Starts servers, waits until they answer, reads their memory, and leaves none behind.

A server gets a session of its own. This process is a subreaper (prctl(2)), so whatever a server leaves behind becomes
its child and is killed too; and when this process dies, the kernel ends the servers (setpriv --pdeathsig).
"""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

FIRST_PORT = 27100
READY_SECONDS = 10
STOP_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36


class Server:
    """One server to be measured. action: serve, or a way to refuse; see peers/arguments."""

    def __init__(self, name, action, script, handler, build):
        self.name, self.action, self.script, self.handler = name, action, script, handler
        self.label = name if action == "serve" else f"{name} {action}"
        self.scratch = build / "scratch" / self.label.replace(" ", "-")
        self.port = None
        self.process = None
        self.log = None


class Servers:
    """A context manager: at its end no process of it is left."""

    def __init__(self, logs):
        self.logs = logs
        self.next_port = FIRST_PORT
        self.servers = []

    def __enter__(self):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: exit(128 + number))
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for server in self.servers:
            try:
                server.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()
        # A killed orphan's own children come to us in turn, hence the loop.
        while orphans := _children(os.getpid()):
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def start(self, server):
        """Starts the server and waits until it answers. Returns None, or why it does not run."""
        server.port = self._free_port()
        server.scratch.mkdir()
        server.scratch.chmod(0o755)
        log = server.log = self.logs / f"{server.scratch.name}.log"
        command = [server.script, server.action, str(server.port), server.handler, server.scratch]
        if shutil.which("setpriv"):
            command = ["setpriv", "--pdeathsig", "TERM", "--"] + command
        with open(log, "ab") as output:
            server.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                              start_new_session=True)
        self.servers.append(server)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if server.process.poll() is not None:
                return f"ended with status {server.process.returncode}: {_last_line(log)}"
            if _answers(server.port):
                return None
            time.sleep(0.01)
        return f"did not listen within {READY_SECONDS} s: {_last_line(log)}"

    def stop(self, server):
        """Ends a server that is not needed any more."""
        server.process.terminate()
        try:
            server.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()

    def children(self, server):
        """The processes that the server has started itself."""
        return _children(server.process.pid) if server.process.poll() is None else []

    def memory(self, server):
        """Kilobytes of the server's process and of each of its children, as [{name, rss, pss}], its own first.
        Empty when the server has died."""
        processes = [server.process.pid] + self.children(server)
        return [memory for memory in map(_memory, processes) if memory]

    def _free_port(self):
        while True:
            port = self.next_port
            self.next_port += 1
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    pass  # taken: the next one


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def _last_line(log):
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _memory(pid):
    try:
        name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
        lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None  # it has ended meanwhile and has no memory
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
    return {"name": name, "rss": kilobytes["Rss"], "pss": kilobytes["Pss"]}
