"""One heap of the C library for all threads of a server, where that is glibc."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from server.heap import share_heap

THREADS = """
import ctypes, sys, tempfile, threading
from server.heap import share_heap

if sys.argv[1] == "one":
    share_heap()
libc = ctypes.CDLL(None)
kept, ready = [], threading.Barrier(9)

def work():
    kept.append([bytes(2_000) for _ in range(1_000)])
    ready.wait()

for _ in range(8):
    threading.Thread(target=work).start()
ready.wait()
libc.fopen.restype, libc.malloc_info.argtypes, libc.fclose.argtypes = (
    ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p), (ctypes.c_void_p,)
)
with tempfile.NamedTemporaryFile() as told:
    file = libc.fopen(told.name.encode(), b"w")
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(told.read().count(b"<heap nr="))
"""


@pytest.mark.parametrize(("asked", "expected"), [("one", True), ("as usual", False)])
def test_threads_share_a_heap(asked: str, expected: bool) -> None:
    if platform.libc_ver()[0] != "glibc":
        share_heap()  # changes nothing there, and fails nowhere
        return
    told = subprocess.run([sys.executable, "-c", THREADS, asked], capture_output=True, text=True, check=True)
    assert (int(told.stdout) == 1) is expected
