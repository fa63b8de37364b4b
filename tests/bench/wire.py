"""A lean HTTP client: what is measured is the service's time, not that of a client library."""

import asyncio
import time
from collections.abc import Callable, Sequence
from statistics import median
from urllib.parse import urlsplit

Request = bytes
"""A whole request as it goes over the wire."""


class Answer(Exception):
    """Not the answer that was hoped for."""


def request(method: str, url: str, key: str | None = None, body: bytes = b"", kind: str = "application/json") -> Request:
    """A request on a connection that stays open."""
    parts = urlsplit(url)
    lines = [
        f"{method} {parts.path}{'?' + parts.query if parts.query else ''} HTTP/1.1",
        f"Host: {parts.netloc}",
        *([f"Authorization: Bearer {key}"] if key else []),
        *([f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if method != "GET" else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> "Wire":
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port, limit=2**24))

    async def ask(self, sent: Request) -> bytes:
        """The body of a good answer; raises Answer for another one."""
        self._writer.write(sent)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        if head[9:10] != b"2":
            raise Answer(f"{head.decode().splitlines()[0]}: {body[:1000].decode()}")
        return body

    def close(self) -> None:
        self._writer.close()


def ask_all(url: str, requests: Sequence[Request]) -> list[bytes]:
    """One after the other on one connection; their bodies."""

    async def run() -> list[bytes]:
        wire = await Wire.open(url)
        bodies = [await wire.ask(one) for one in requests]
        wire.close()
        return bodies

    return asyncio.run(run())


def latencies(url: str, requests: Sequence[Request], clients: int = 1) -> tuple[list[float], float]:
    """The requests dealt out to so many clients: the seconds of each, and how many a second there were in all."""

    async def client(share: Sequence[Request], kept: list[float]) -> None:
        wire = await Wire.open(url)
        for one in share:
            began = time.perf_counter()
            await wire.ask(one)
            kept.append(time.perf_counter() - began)
        wire.close()

    async def run() -> tuple[list[float], float]:
        kept: list[float] = []
        began = time.perf_counter()
        await asyncio.gather(*(client(requests[n::clients], kept) for n in range(clients)))
        return kept, len(kept) / (time.perf_counter() - began)

    return asyncio.run(run())


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


MILLISECONDS = 1000.0

Statistic = Callable[[Sequence[float]], float]


def p50(values: Sequence[float]) -> float:
    """Median, in milliseconds."""
    return median(values) * MILLISECONDS


def p99(values: Sequence[float]) -> float:
    """In milliseconds."""
    return percentile(values, 99) * MILLISECONDS
