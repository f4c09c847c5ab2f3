"""Ends the taking of connections without losing those that clients hold for made."""

import contextlib
import ctypes
import socket
import struct
import sys

_SO_ATTACH_FILTER = 26
_DROP_EVERYTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # one instruction of classic BPF: return 0, bytes to keep


def refuse_connections(listener):
    """Makes the kernel drop what would open a further connection; those made already wait to be accepted.

    A socket that is closed resets the connections in its queue, whose clients may have sent a request by then. With
    this call before, the queue can be emptied first. A client that comes in between tries again by itself after a
    second, and finds the socket closed. Elsewhere than on Linux nothing happens.

    Args:
        listener: a socket that listens.

    Example:
        >>> refuse_connections(listener)
        >>> listener.setblocking(False)  # accept what is left, until BlockingIOError; then close
    """
    if sys.platform != "linux":
        return
    instructions = ctypes.create_string_buffer(_DROP_EVERYTHING, len(_DROP_EVERYTHING))
    program = struct.pack("HP", 1, ctypes.addressof(instructions))
    with contextlib.suppress(OSError):  # some containers' kernels have no filters
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
