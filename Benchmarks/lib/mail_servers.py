"""Mail servers, each with a Maildir of its own: started, waited for, counted, and stopped again."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

READY_SECONDS = 15
BOX = "box@example.org"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """One server; after __init__ it answers on `port` and stores in `maildir`."""

    delivers_at_once = True

    def __init__(self, root, directory):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        directory.chmod(0o755)
        self.root, self.directory, self.port = root, directory, free_port()
        self.maildir = directory / "mail" / "box"
        for part in ("tmp", "new", "cur"):
            (self.maildir / part).mkdir(parents=True)
        for place in (self.maildir, *self.maildir.iterdir()):
            place.chmod(0o777)
        self.log = open(directory / "log", "wb")
        self.start()
        self.wait()

    def spawn(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, cwd=self.directory, start_new_session=True)

    def wait(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as client:
                    if client.recv(4) == b"220 ":
                        client.sendall(b"QUIT\r\n")
                        return
            except OSError:
                time.sleep(0.1)
        self.stop()
        sys.exit(f"mail: {self.name} does not answer; see {self.directory}/log")

    def stored(self):
        return len(os.listdir(self.maildir / "new"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Doorward(Server):
    name = "doorward"

    @staticmethod
    def missing():
        return None

    def start(self):
        text = (self.root / "services/smtp.toml").read_text()
        changes = {"enabled = false": "enabled = true", r'listen = .*': f'listen = ["127.0.0.1:{self.port}"]',
                   "/etc/doorward/mail": str(self.directory / "etc"), "/srv/mail": str(self.directory / "mail"),
                   "per_source = .*": "per_source = 100"}
        if os.getuid() != 0:
            changes['user = "mail".*'] = ""
        for old, new in changes.items():
            text = re.sub(old, new, text)
        for name in ("services", "etc"):
            (self.directory / name).mkdir()
        (self.directory / "services/smtp.toml").write_text(text)
        (self.directory / "etc/recipients").write_text(f"{BOX} {self.maildir}\n")
        handlers = self.root / "build/libexec/doorward"
        (self.directory / "doorward.toml").write_text(f'handlers = "{handlers}"\nstate = "state"\n')
        self.spawn(self.root / "build/bin/doorward", "run", "--config", self.directory / "doorward.toml")


class Aiosmtpd(Server):
    name = "aiosmtpd"

    @staticmethod
    def missing():
        # Debian's own Python: its packages are not those of another one in PATH.
        check = subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], capture_output=True)
        return "apt-get install python3-aiosmtpd" if check.returncode else None

    def start(self):
        self.spawn("/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}",
                   "-c", "aiosmtpd.handlers.Mailbox", self.maildir)


class Postfix(Server):
    name = "postfix"
    delivers_at_once = False

    @staticmethod
    def missing():
        if not pathlib.Path("/usr/lib/postfix/sbin/master").exists():
            return "apt-get install postfix"
        return None if os.getuid() == 0 else "needs root"

    def start(self):
        etc, spool, data = (self.directory / name for name in ("etc", "spool", "data"))
        for place in (etc, spool, data):
            place.mkdir()
        shutil.chown(data, "postfix")
        settings = {
            "compatibility_level": "3.6", "queue_directory": spool, "data_directory": data,
            "command_directory": "/usr/sbin", "daemon_directory": "/usr/lib/postfix/sbin", "mail_owner": "postfix",
            "setgid_group": "postdrop", "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
            "myhostname": "mx.example.org", "mydestination": "", "mynetworks": "127.0.0.0/8", "alias_maps": "",
            "smtpd_relay_restrictions": "permit_mynetworks, reject", "virtual_mailbox_domains": "example.org",
            "virtual_mailbox_base": self.directory / "mail", "virtual_mailbox_maps": "static:box/",
            "virtual_uid_maps": "static:8", "virtual_gid_maps": "static:8", "virtual_minimum_uid": "1",
            "maillog_file": self.directory / "maillog", "maillog_file_prefixes": self.directory,
        }
        (etc / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        lines = []
        for line in pathlib.Path("/etc/postfix/master.cf").read_text().splitlines():
            words = line.split()
            if not line or line[0] in "# \t" or words[0] == "smtp" and words[1] == "inet":
                continue
            words[4] = "n"  # no chroot
            lines.append(" ".join(words))
        lines.append(f"127.0.0.1:{self.port} inet n - n - - smtpd")
        (etc / "master.cf").write_text("\n".join(lines) + "\n")
        subprocess.run(["postfix", "-c", etc, "start"], check=True, stdout=self.log, stderr=self.log)

    def stop(self):
        subprocess.run(["postfix", "-c", self.directory / "etc", "stop"], stdout=self.log, stderr=self.log)


SERVERS = {server.name: server for server in (Doorward, Aiosmtpd, Postfix)}
