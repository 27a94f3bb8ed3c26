"""`hod play` as a process, for tests of its page and its protocol."""

import os
import re
import subprocess
import time
from contextlib import contextmanager
from urllib.parse import urlparse

PROGRAM = os.environ.get("HOD_PROGRAM", "hod")


class Server:
    def __init__(self, process, url, output):
        self.process = process
        self.url = url
        self.output = output
        self.connections = []
        self.host = urlparse(url).netloc
        self.token = url.split("#token=")[1]


@contextmanager
def serve(*arguments):
    """Starts the program and waits for its address; kills it at the end."""
    process = subprocess.Popen(
        [PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    output = ""
    try:
        while "Ctrl-C" not in output:
            line = process.stdout.readline()
            assert line, f"the program has ended: {output}"
            output += line
        url = re.search(r"http://\S+", output)[0]
        yield Server(process, url, output)
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_until(condition, seconds=10):
    """The condition's value once it is true; fails if that takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"still not true after {seconds} s")
