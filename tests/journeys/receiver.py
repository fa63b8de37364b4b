"""A manager's webhook receiver: a real HTTP server that verifies every request with the independent package."""

import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.patience import PATIENCE


class Receiver:
    """Collects what arrives, by webhook id; `answer` is the status it gives, after `delay` seconds and once `answers` is set.
    With `drops` it takes that many requests and closes the connection without a word. `timeless` it lives in a time of its
    own: a signature is checked, its age is not."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.answer = 204
        self.delay = 0.0
        self.drops = 0
        self.timeless = False
        self.answers = threading.Event()
        self.answers.set()
        self.attempts: list[tuple[str, int]] = []
        self.taken: dict[str, list[dict[str, Any]]] = {}
        self.raw: list[tuple[bytes, dict[str, str]]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def types(self) -> list[str]:
        """The types of what was taken, in order of arrival."""
        with self._lock:
            return [bodies[0]["type"] for bodies in self.taken.values()]

    def _verify(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> None:
        if not self.timeless:
            webhook.verify(body, headers)
            return
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        assert webhook.sign(headers["webhook-id"], at, body.decode()) in headers["webhook-signature"].split()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if len(body) < int(self.headers["content-length"]):
                    self.close_connection = True  # whoever sent it died in the middle
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                for secret in receiver.secrets:
                    receiver._verify(Webhook(secret), body, headers)
                with receiver._lock:
                    if receiver.drops:
                        receiver.drops -= 1
                        receiver.attempts.append((headers["webhook-id"], 0))
                        self.close_connection = True
                        return
                    receiver.raw.append((body, headers))
                    receiver.attempts.append((headers["webhook-id"], receiver.answer))
                    if receiver.answer < 300:
                        receiver.taken.setdefault(headers["webhook-id"], []).append(json.loads(body))
                time.sleep(receiver.delay)
                receiver.answers.wait(PATIENCE)
                self.send_response(receiver.answer)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        return Handler
