"""A stream of lines (NDJSON) in constant memory: bounded lines, in batches of bounded number and size."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

LONGEST = 64 * 1024
"""Bytes of a line."""

MOST, LARGEST = 1000, 1024 * 1024
"""Lines and bytes of a batch."""


class Line(NamedTuple):
    """A line of the stream, the first has number 1; without `text` it was longer than `limit` bytes."""

    number: int
    text: bytes | None
    limit: int = LONGEST


class _Splitter:
    def __init__(self) -> None:
        self.number = 0
        self.rest = bytearray()
        self.skipping = False

    def feed(self, chunk: bytes) -> list[Line]:
        *ends, rest = chunk.split(b"\n")
        lines = [line for end in ends if (line := self._ended(end))]
        self._keep(rest)
        return lines

    def _ended(self, end: bytes) -> Line | None:
        self._keep(end)
        text, skipped = bytes(self.rest), self.skipping
        self.rest.clear()
        self.skipping = False
        self.number += 1
        text = text.strip(b" \t\r")
        if skipped or len(text) > LONGEST:
            return Line(self.number, None)
        return Line(self.number, text) if text else None

    def _keep(self, part: bytes) -> None:
        # a line break of two characters may stand behind the longest line
        if self.skipping or len(self.rest) + len(part) > LONGEST + 1:
            self.skipping = True
            self.rest.clear()
        else:
            self.rest += part

    def finish(self) -> list[Line]:
        last = self._ended(b"") if self.rest or self.skipping else None
        return [last] if last else []


async def batches(chunks: AsyncIterable[bytes]) -> AsyncIterator[list[Line]]:
    """The lines that are not blank. A stream that breaks raises, and its unfinished line is no line."""
    splitter = _Splitter()
    batch: list[Line] = []
    size = 0
    async for chunk in chunks:
        for line in splitter.feed(chunk):
            if len(batch) == MOST or (batch and size + len(line.text or b"") > LARGEST):
                yield batch
                batch, size = [], 0
            batch.append(line)
            size += len(line.text or b"")
    batch += splitter.finish()
    if batch:
        yield batch
