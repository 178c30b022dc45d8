"""Runs connload, each time from a source address of its own."""
import json
import subprocess


class Load:
    """What is put on a server. Every method returns what connload printed, with the rate of good connections."""

    def __init__(self, connload, at_once, one_at_a_time, first_byte, first_round=1):
        """Connections of a run: 16 at once, one at a time, and for the first byte. Rounds count from first_round, at
        most 254, which makes their source addresses."""
        self.connload = connload
        self.at_once, self.one_at_a_time, self.first_bytes = at_once, one_at_a_time, first_byte
        self.round_number = first_round
        self.run_number = 0

    def next_round(self):
        self.round_number += 1
        self.run_number = 0

    def echo(self, port, at_once):
        return self._run("exchange", port, self.at_once if at_once > 1 else self.one_at_a_time, at_once)

    def first_byte(self, port):
        return self._run("first-byte", port, self.first_bytes, 1)

    def refused(self, port):
        return self._run("refused", port, self.at_once, 16)

    def warm_up(self, server):
        """A few connections that are not counted; what goes wrong here goes wrong in the measurement too."""
        self._run("refused" if server.action.startswith("refuse") else "exchange", server.port, 64, 16)

    def _run(self, mode, port, total, at_once):
        self.run_number += 1
        source = f"127.{self.round_number}.{self.run_number // 250}.{self.run_number % 250 + 2}"
        command = [self.connload, mode, str(port), source, str(total), str(at_once)]
        # connload bounds itself to a minute and one call; the timeout is for a connload that is wrong.
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=90).stdout
        result = json.loads(output)
        result["rate"] = result["good"] / result["seconds"]
        return result
