"""The suite's notebooks reach nothing but this machine."""

import subprocess
import sys


def attempt(host, environment):
    code = f"import socket; socket.create_connection(({host!r}, 9), timeout=2)"
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True).stderr


def test_connections_to_other_machines_are_refused(kernel_environment):
    assert "run without network" in attempt("example.org", kernel_environment)
    assert "run without network" in attempt("203.0.113.1", kernel_environment)


def test_connections_to_this_machine_are_not(kernel_environment):
    assert "run without network" not in attempt("127.0.0.1", kernel_environment)
