"""Messages between the bench and its worker processes: JSON behind a four-byte length."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

Message = dict[str, Any]
_LENGTH = struct.Struct(">I")
LARGEST = 64 << 20
_WINDOW_ROWS, _WINDOW_CELLS = 256, 32_768


class ChannelClosed(Exception):
    """The other end of the pipe is gone."""


def pack(message: Message) -> bytes:
    """One message as bytes; lone surrogates survive because the JSON is ASCII."""
    body = json.dumps(message, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    if len(body) > LARGEST:
        raise ValueError(f"a message of {len(body):,} bytes is over the limit of {LARGEST:,}")
    return _LENGTH.pack(len(body)) + body


def send(fd: int, message: Message) -> None:
    """Write one whole message; raises ChannelClosed when nobody reads."""
    view = memoryview(pack(message))
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise ChannelClosed from error


def window_rows(columns: int) -> int:
    """Rows that cross at a time: fewer of a wide result, so that decoding them is not felt."""
    return max(8, min(_WINDOW_ROWS, _WINDOW_CELLS // max(1, columns)))


def _unpack(body: bytes) -> Message:
    """One message; raises ChannelClosed for what is none, at any depth and with any number."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ChannelClosed from error
    if not isinstance(message, dict):
        raise ChannelClosed
    return message


class Reader:
    """Cuts a byte stream into messages; raises ChannelClosed where it is none."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Add bytes, return the messages that are now complete."""
        self._buffer += data
        messages: list[Message] = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LARGEST:
                raise ChannelClosed
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            messages.append(_unpack(bytes(self._buffer[_LENGTH.size : end])))
            del self._buffer[:end]
        return messages

    def read(self) -> list[Message]:
        """Block until at least one message is complete; raises ChannelClosed at the end."""
        while True:
            data = os.read(self._fd, 1 << 18)
            if not data:
                raise ChannelClosed
            if messages := self.feed(data):
                return messages
