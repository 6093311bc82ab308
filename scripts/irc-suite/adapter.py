"""A plain port in front of the IRC port of a gateway, for what the suite takes for granted and Parley has otherwise:

* TLS: the suite speaks plain text;
* accounts: who comes with a nick and without a password is given an account, and its password is sent before the nick;
* passwords: those of the suite are often shorter than the 8 characters of Parley. In AUTHENTICATE the account's own takes their place;
* the channels that everybody is in for good: they are closed for each client when it comes, and hidden;
* the name of the server;
* time: users of a gateway are peers of their own. What one says is still on its way to the other when the first one is answered,
  so that a PING with which the suite asks for all that there is waits for a moment, and everything after somebody came, went or is
  away.

Everything else goes through as it is.
"""

import base64
import os
import re
import select
import socket
import ssl
import threading
import time

NAME = (b"irc.parley", b"My.Little.Server")
SETTLE_SECONDS = float(os.environ.get("PARLEY_SETTLE_SECONDS", "0.3"))
# Who is there and away is told by the tracker, which takes longer.
SLOW = (b"QUIT", b"AWAY", b"SETNAME")
SLOW_SECONDS = float(os.environ.get("PARLEY_SLOW_SECONDS", "3"))
PERMANENT = re.compile(rb"(?:@\S+ )?:\S+ (?:JOIN|PART|(?:353|366|332|322) \S+(?: =)?|MARKREAD) :?#(?:general|broadcast)\s")


class Adapter:
    def __init__(self, address, gateway, accounts, is_given):
        """
        accounts: `password_of(name)`, which makes the account where there is none, and is None for a name that cannot have one;
            `replaced(name, password)`, the account's password where that is what the suite takes for it
        is_given: the clients give passwords themselves
        """
        self.gateway = gateway
        self.accounts = accounts
        self.is_given = is_given
        self.slow_until = 0.0
        self.sockets = set()
        self.listener = socket.create_server(address)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()
        for one in list(self.sockets):
            end(one)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            raw = socket.create_connection(self.gateway)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = context.wrap_socket(raw)
            self.sockets |= {client, server}
            threading.Thread(target=Pair(self, client, server).run, daemon=True).start()


class Pair:
    """One client and its connection to the gateway. One thread: TLS sockets of Python are not for two at once."""

    def __init__(self, adapter, client, server):
        self.adapter = adapter
        self.client = client
        self.server = server
        self.signed_in = False
        self.has_password = adapter.is_given
        self.rest_up = b""
        self.rest_down = b""

    def run(self):
        try:
            while True:
                ready, _, _ = select.select([self.client, self.server], [], [])
                if self.client in ready and not self._up(self.client.recv(65536)):
                    break
                if self.server in ready and not self._down():
                    break
        except (OSError, ValueError):
            pass  # closed, by one of them or by the end of the test
        finally:
            end(self.server)
            end(self.client)

    def _up(self, data):
        settle = SETTLE_SECONDS if data.startswith(b"PING synchronize") else 0
        time.sleep(max(settle, self.adapter.slow_until - time.monotonic()))
        if not data or data.upper().startswith(SLOW):
            self.adapter.slow_until = time.monotonic() + SLOW_SECONDS
        if self.signed_in:
            # As they come, also pieces of lines.
            self.server.sendall((self.rest_up + data).replace(*reversed(NAME)))
            self.rest_up = b""
        else:
            *lines, self.rest_up = (self.rest_up + data).split(b"\n")
            for line in lines:
                self.server.sendall(self._before(line) + b"\n")
        return len(data) > 0

    def _down(self):
        data = b""
        self.server.setblocking(False)
        try:
            while more := self.server.recv(65536):
                data += more
            return False
        except ssl.SSLWantReadError:
            pass  # all that there is, or what TLS has to say for itself
        finally:
            self.server.setblocking(True)
            *lines, self.rest_down = (self.rest_down + data).split(b"\n")
            self.client.sendall(b"".join(self._shown(line) for line in lines))
        return True

    def _before(self, line):
        """A line of somebody who has not signed in, and what is to be said before it."""
        words = line.split()
        command = words[0].upper() if words else b""
        if command == b"PASS":
            self.has_password = True
        if command == b"AUTHENTICATE" and len(words) == 2:
            return b"AUTHENTICATE " + self._own(words[1]) + b"\r"
        if command == b"NICK" and len(words) > 1:
            name = words[1].removeprefix(b":").decode(errors="replace")
            if re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
                password = self.adapter.accounts.password_of(name)
                if password and not self.has_password:
                    return f"PASS :{password}\r\n".encode() + line
        return line

    def _own(self, response):
        """A SASL PLAIN message with the password of the account; anything else as it is."""
        try:
            parts = base64.b64decode(response, validate=True).decode().split("\0")
        except ValueError:
            return response
        if len(parts) != 3:
            return response
        parts[2] = self.adapter.accounts.replaced(parts[1], parts[2])
        return base64.b64encode("\0".join(parts).encode())

    def _shown(self, line):
        if PERMANENT.match(line + b"\n"):
            return b""
        if not self.signed_in and re.match(rb":\S+ 001 ", line):
            self.signed_in = True
            self.server.sendall(b"PART #general,#broadcast\r\n")
        # The suite looks for what may be sent all the same under its own name, not with a minus (IRCv3 message-tags).
        line = line.replace(b"-draft/reply", b"-draft/reply,+draft/reply")
        return line.replace(*NAME) + b"\n"


def end(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()
