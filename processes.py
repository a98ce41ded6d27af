"""Whether a process still runs, asked in the way that is safe on each system."""

from __future__ import annotations

import ctypes
import os


def is_running(process: str) -> bool:
    """Whether a process number of this host is in use; a text that is no number is not."""
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
    return True


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
