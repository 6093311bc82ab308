"""Lets irctest (https://github.com/progval/irctest) run its tests of servers against `parley gateway`.

The suite starts a server for each test, and connects with nicks that nobody has registered. A gateway has IRC over TLS alone, and
real accounts. So each test has a gateway with data of its own, and a port in front of it (`adapter.py`).
"""

import atexit
import json
import os
from pathlib import Path
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from adapter import Adapter
from irctest import patma
from irctest.basecontrollers import BaseServerController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

PARLEY = os.environ.get("PARLEY_PROGRAM") or Path(__file__).parent.parent / "parley.mjs"
# For who connects without a password of their own.
PASSWORD = "irctest-password"


class Gateway:
    """One running gateway. `facts` waits until it answers."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="parley-irctest-"))
        # The suite wants no channels but those of its tests.
        (self.directory / "tracker").mkdir(mode=0o700)
        (self.directory / "tracker" / "settings.json").write_text('{"version": 1, "initialChannels": []}')
        ports = [f"--{name}-port=0" for name in ("web", "ws", "line", "irc", "peer", "tracker")]
        # Who has left is seen to have left within a second.
        flags = ["--json", "--idle=1", "--log-level=warn", f"--data-dir={self.directory}"]
        self.log = (self.directory / "log").open("w")
        self.process = subprocess.Popen(
            ["node", PARLEY, "gateway", *flags, *ports],
            stdout=subprocess.PIPE,
            stderr=self.log,
            start_new_session=True,
        )
        self._facts = None

    @property
    def facts(self):
        if self._facts is None:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError((self.directory / "log").read_text())
            self._facts = json.loads(line)
        return self._facts

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        log = (self.directory / "log").read_text()
        if log:
            print(f"log of the gateway:\n{log}")
        shutil.rmtree(self.directory)


class Accounts:
    """Accounts at a tracker, all with one password, whatever the suite takes for it."""

    def __init__(self, tracker, password):
        self.tracker = tracker
        self.password = password
        self.there = set()
        self.taken_for = {}

    def password_of(self, name):
        """Makes the account where there is none. None where the tracker refuses the name."""
        if name.lower() in self.there:
            return self.password
        body = json.dumps({"username": name, "password": self.password}).encode()
        request = urllib.request.Request(f"{self.tracker}/register", body, {"content-type": "application/json"})
        try:
            urllib.request.urlopen(request).close()
        except urllib.error.HTTPError as error:
            print(f"no account for {name}: {error.read().decode()}")
            return None
        self.there.add(name.lower())
        return self.password

    def register(self, name, password):
        if self.password_of(name) is None:
            raise NotImplementedByController(f"the name {name}")
        self.taken_for[name.lower()] = password

    def replaced(self, name, password):
        return self.password if self.taken_for.get(name.lower()) == password else password


class ParleyController(BaseServerController):
    software_name = "Parley"
    supported_sasl_mechanisms = {"PLAIN"}
    supports_sts = False
    capabilities = frozenset(
        {
            Capabilities.ACCOUNT_NOTIFY,
            Capabilities.ACCOUNT_TAG,
            Capabilities.AWAY_NOTIFY,
            Capabilities.BATCH,
            Capabilities.ECHO_MESSAGE,
            Capabilities.EXTENDED_JOIN,
            Capabilities.EXTENDED_MONITOR,
            Capabilities.LABELED_RESPONSE,
            Capabilities.MESSAGE_REDACTION,
            Capabilities.MESSAGE_TAGS,
            Capabilities.MULTILINE,
            Capabilities.MULTI_PREFIX,
            Capabilities.READ_MARKER,
            Capabilities.SERVER_TIME,
            Capabilities.SETNAME,
        }
    )
    optional_behaviors = frozenset(
        {
            OptionalBehaviors.CAP_REQ_MINUS,
            OptionalBehaviors.ELIST_M,
            OptionalBehaviors.ELIST_N,
            OptionalBehaviors.ELIST_U,
            OptionalBehaviors.MULTI_JOIN,
            OptionalBehaviors.MULTI_PRIVMSG,
        }
    )
    isupport = {
        "ELIST": patma.StrRe(".*U.*"),
        "MONITOR": patma.ANYSTR,
        "MSGREFTYPES": "msgid,timestamp",
        "PREFIX": patma.ANYSTR,
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }
    # Started while the test before runs.
    _spare = None

    def run(self, hostname, port, *, password, ssl, run_services, faketime, websocket_hostname, websocket_port, **_):
        if websocket_hostname is not None or websocket_port is not None:
            raise NotImplementedByController("IRC over WebSockets")
        if ssl:
            raise NotImplementedByController("TLS by the adapter")
        if faketime is not None:
            raise NotImplementedByController("a clock that runs faster")
        self.port = port
        self.gateway = ParleyController._spare or Gateway()
        ParleyController._spare = None
        self.proc = self.gateway.process
        irc = self.gateway.facts["irc"]
        ParleyController._spare = Gateway()
        self.accounts = Accounts(self.gateway.facts["tracker"], password or PASSWORD)
        self.adapter = Adapter((hostname, port), (irc["host"], irc["port"]), self.accounts, bool(password))
        self.port_open = True

    def registerUser(self, case, username, password=None):
        self.accounts.register(username, password)

    def wait_for_services(self):
        pass

    def kill_proc(self):
        self.adapter.close()
        self.gateway.stop()
        self.proc = None


@atexit.register
def _stop_spare():
    if ParleyController._spare is not None:
        ParleyController._spare.stop()


def get_irctest_controller_class():
    return ParleyController
