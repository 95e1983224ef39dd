"""Python imports this at start-up when its folder is on PYTHONPATH: connections off this machine are refused."""

import socket

_connect, _connect_ex, _lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def _allow(family, host):
    if family in (socket.AF_INET, socket.AF_INET6) and host and not str(host).startswith(LOCAL):
        raise ConnectionRefusedError(f"the course's tests run without network; something asked for {host}")


def connect(self, address):
    _allow(self.family, address[0])
    return _connect(self, address)


def connect_ex(self, address):
    _allow(self.family, address[0])
    return _connect_ex(self, address)


def getaddrinfo(host, *args, **kwargs):
    _allow(socket.AF_INET, host.decode() if isinstance(host, bytes) else host)
    return _lookup(host, *args, **kwargs)


socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
