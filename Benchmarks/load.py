"""Runs connload, each time from a source address of its own."""
import json
import subprocess


class Load:
    """What is put on a server. Every method returns what connload printed, with the rate of good connections."""

    def __init__(self, connload, connections):
        self.connload = connload
        self.connections = connections
        self.round_number = 1
        self.run_number = 0

    def next_round(self):
        self.round_number += 1
        self.run_number = 0

    def echo(self, port, at_once):
        return self._run("exchange", port, self.connections if at_once > 1 else -(-self.connections // 4), at_once)

    def first_byte(self, port):
        return self._run("first-byte", port, min(self.connections, 400), 1)

    def refused(self, port):
        return self._run("refused", port, self.connections, 16)

    def warm_up(self, server):
        """A few connections that are not counted; what goes wrong here goes wrong in the measurement too."""
        self._run("exchange" if server.action == "serve" else "refused", server.port, 64, 16)

    def _run(self, mode, port, total, at_once):
        self.run_number += 1
        source = f"127.{self.round_number}.{self.run_number // 250}.{self.run_number % 250 + 2}"
        command = [self.connload, mode, str(port), source, str(total), str(at_once)]
        # connload bounds itself to a minute and one call; the timeout is for a connload that is wrong.
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=90).stdout
        result = json.loads(output)
        result["rate"] = result["good"] / result["seconds"]
        return result
