"""Whether a process still runs, asked in the way that is safe on each system; and how one came to its end."""

from __future__ import annotations

import ctypes
import os
import signal


def is_running(process: str) -> bool:
    """Whether a process of this host, by its number, is at work; a text that is no number is not.

    One that has ended, and that its parent has not yet asked for, is at work no more: in a container that may last.
    """
    if not process.isascii() or not process.isdigit():
        return False
    if os.name == "nt":
        return _is_running_on_windows(int(process))
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[:1] not in ([b"Z"], [b"X"])
    except OSError:  # not Linux
        return True


def ending(code: int) -> str:
    """How a process ended, from its exit code, as the rest of a sentence: "was ended by SIGKILL"."""
    number = -code if code < 0 else code - 128 if 128 < code < 160 else 0
    try:
        return f"was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"ended with code {code}"


def _is_running_on_windows(process: int) -> bool:
    # os.kill(pid, 0) would end the process on Windows, so the kernel is asked through a handle that can only look.
    query_limited_information, invalid_parameter, still_active = 0x1000, 87, 259
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(query_limited_information, False, process)
    if not handle:
        return ctypes.get_last_error() != invalid_parameter
    try:
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        return not known or code.value == still_active
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
