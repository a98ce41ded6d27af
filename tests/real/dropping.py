"""Drops files on a window, as a file manager does: the XDND protocol, spoken through Xlib.

drop(":99", 400, 300, [Path("/parts/bolt.stl")])
"""

import ctypes
import ctypes.util
import time
from collections.abc import Callable, Iterator
from ctypes import POINTER, Structure, Union, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from pathlib import Path

CLIENT_MESSAGE, SELECTION_REQUEST, SELECTION_NOTIFY = 33, 30, 31
VERSION = 5


class _Client(Structure):
    _fields_ = [("type", c_int), ("serial", c_ulong), ("sent", c_int), ("display", c_void_p), ("window", c_ulong)]
    _fields_ += [("kind", c_ulong), ("format", c_int), ("data", c_long * 5)]


class _Request(Structure):
    _fields_ = [("type", c_int), ("serial", c_ulong), ("sent", c_int), ("display", c_void_p), ("owner", c_ulong)]
    _fields_ += [(name, c_ulong) for name in ("requestor", "selection", "target", "property", "time")]


class _Answer(Structure):
    _fields_ = [("type", c_int), ("serial", c_ulong), ("sent", c_int), ("display", c_void_p)]
    _fields_ += [(name, c_ulong) for name in ("requestor", "selection", "target", "property", "time")]


class _Event(Union):
    _fields_ = [("type", c_int), ("client", _Client), ("request", _Request), ("answer", _Answer), ("all", c_long * 24)]


def drop(display: str, x: int, y: int, files: list[Path]) -> None:
    """Drag files over the place of the screen and let go. AssertionError where the window does not take them."""
    _Source(display).drop(x, y, "".join(f"file://{file}\r\n" for file in files).encode())


class _Source:
    """A window of no size that holds what is dragged."""

    def __init__(self, display: str):
        self.x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self.x.XOpenDisplay.restype = c_void_p
        for name in ("XDefaultRootWindow", "XInternAtom", "XCreateSimpleWindow"):
            getattr(self.x, name).restype = c_ulong
        self.x.XListProperties.restype = POINTER(c_ulong)
        self.display = c_void_p(self.x.XOpenDisplay(display.encode()))
        assert self.display, f"no screen {display}"
        self.root = c_ulong(self.x.XDefaultRootWindow(self.display))
        size = [c_uint(1), c_uint(1), c_uint(0), c_ulong(0), c_ulong(0)]
        self.window = self.x.XCreateSimpleWindow(self.display, self.root, c_int(0), c_int(0), *size)

    def drop(self, x: int, y: int, data: bytes) -> None:
        uris = self._atom("text/uri-list")
        target = next((window for window in self._windows(self.root.value) if self._takes_drops(window)), None)
        assert target, "no window takes drops"
        self.x.XSetSelectionOwner(self.display, c_ulong(self._atom("XdndSelection")), c_ulong(self.window), c_ulong(0))
        self._send(target, "XdndEnter", VERSION << 24, uris, 0, 0)
        for step in range(5):
            place = (x + step) << 16 | y
            self.x.XWarpPointer(self.display, c_ulong(0), self.root, 0, 0, c_uint(0), c_uint(0), x + step, y)
            self._send(target, "XdndPosition", 0, place, 0, self._atom("XdndActionCopy"))
            self._hear("XdndStatus", lambda request: None, 20)
            time.sleep(0.2)
        self._send(target, "XdndDrop", 0, 0, 0, 0)
        self._hear("XdndFinished", lambda request: self._give(request, uris, data), 20)
        self.x.XCloseDisplay(self.display)

    def _atom(self, name: str) -> int:
        return self.x.XInternAtom(self.display, c_char_p(name.encode()), 0)

    def _windows(self, window: int) -> Iterator[int]:
        """A window and all below it."""
        yield window
        root, parent, children, count = c_ulong(), c_ulong(), POINTER(c_ulong)(), c_uint()
        found = [byref(each) for each in (root, parent, children, count)]
        if self.x.XQueryTree(self.display, c_ulong(window), *found):
            for index in range(count.value):
                yield from self._windows(children[index])

    def _takes_drops(self, window: int) -> bool:
        count = c_int()
        held = self.x.XListProperties(self.display, c_ulong(window), byref(count))
        return self._atom("XdndAware") in [held[index] for index in range(count.value)]

    def _send(self, target: int, kind: str, *data: int) -> None:
        event = _Event()
        event.client.type, event.client.window, event.client.format = CLIENT_MESSAGE, target, 32
        event.client.kind, event.client.data = self._atom(kind), (c_long * 5)(self.window, *data)
        self.x.XSendEvent(self.display, c_ulong(target), 0, c_long(0), byref(event))
        self.x.XFlush(self.display)

    def _hear(self, wanted: str, give: Callable[[_Request], None], seconds: float) -> None:
        """Answer until the window says `wanted`."""
        event, end = _Event(), time.monotonic() + seconds
        while time.monotonic() < end:
            while self.x.XPending(self.display):
                self.x.XNextEvent(self.display, byref(event))
                if event.type == SELECTION_REQUEST:
                    give(event.request)
                elif event.type == CLIENT_MESSAGE and event.client.kind == self._atom(wanted):
                    return
            time.sleep(0.02)
        raise AssertionError(f"the window did not say {wanted}")

    def _give(self, request: _Request, uris: int, data: bytes) -> None:
        """Hand over what is dragged."""
        answer = _Event()
        answer.answer.type = SELECTION_NOTIFY
        for key in ("requestor", "selection", "target", "time"):
            setattr(answer.answer, key, getattr(request, key))
        if request.target == uris:
            answer.answer.property = request.property
            place = [c_ulong(request.requestor), c_ulong(request.property), c_ulong(uris)]
            self.x.XChangeProperty(self.display, *place, 8, 0, c_char_p(data), len(data))
        self.x.XSendEvent(self.display, c_ulong(request.requestor), 0, c_long(0), byref(answer))
        self.x.XFlush(self.display)
