"""A receiver of webhooks in a process of its own, as cheap as one can be: it counts, and on /hang it never answers."""

import asyncio
import json
import os
import time

OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


class Counter:
    """How many arrived on /hook since the last reset, and when the last one did. A reset ends what hangs."""

    def __init__(self) -> None:
        self.count, self.last = 0, 0.0
        self.hanging: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ", 2)[1]
        lower = head.lower()
        length = int(lower.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]) if b"content-length: " in lower else 0
        await reader.readexactly(length)
        if path == b"/hang":
            self.hanging.add(writer)
            await reader.read()
            self.hanging.discard(writer)
            raise ConnectionError
        answer = OK
        if path == b"/hook":
            self.count, self.last = self.count + 1, time.time()
        elif path == b"/reset":
            self.count = 0
            for one in self.hanging:
                one.transport.abort()
        elif path == b"/count":
            body = json.dumps({"count": self.count, "last": self.last, "hanging": len(self.hanging)}).encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        elif path == b"/ready":
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        writer.write(answer)


async def main() -> None:
    server = await asyncio.start_server(Counter().serve, "127.0.0.1", int(os.environ["DUNLOG_PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
