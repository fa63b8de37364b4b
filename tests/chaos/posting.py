"""Clients that post without pause and note what was acknowledged; what fails is not sent again until the end."""

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.stories import Erp, Request

PATIENCE = 30.0


@dataclass
class Client:
    """One thread that posts an ERP's requests to the given services in turn."""

    erp: Erp
    key: str
    urls: list[str]
    pause: float = 0.1
    kept: int | None = None
    """Connections kept open between requests; none, and no answer is lost with one that is closed meanwhile."""

    answers: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """The ids of requests on connections that broke before an answer came."""

    wrong: list[str] = field(default_factory=list)
    """What no fault excuses: other statuses, a 503 without Retry-After, refusals."""

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    @property
    def acknowledged(self) -> int:
        """Events, not requests."""
        return sum(len(request.events) for request in self.erp.told if request.is_acknowledged)

    def _run(self) -> None:
        limits = httpx.Limits(max_keepalive_connections=self.kept)
        with httpx.Client(timeout=PATIENCE, trust_env=False, limits=limits) as http:
            turn = 0
            while not self._over.is_set():
                request = self.erp.request()
                heard = False
                while not heard and not self._over.is_set():
                    turn += 1
                    heard = self.send(http, self.urls[turn % len(self.urls)], request)
                    time.sleep(self.pause)

    def send(self, http: httpx.Client, url: str, request: Request) -> bool:
        """Whether anybody heard it; a broken connection or a 503 leaves it open what happened."""
        id = f"{self.erp.name}-{secrets.token_hex(8)}"
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": request.content_type, "X-Request-Id": id}
        try:
            response = http.post(f"{url}/v1/events", content=request.body(), headers=headers)
        except httpx.ConnectError:
            return False
        except httpx.TransportError:
            self.broken.append(id)
            return True
        self.answers[response.status_code] += 1
        if response.status_code in (200, 201, 207):
            self._note(request, response.json())
        elif response.status_code != 503 or "Retry-After" not in response.headers:
            self.wrong.append(f"{response.status_code} {dict(response.headers)} {response.text[:500]}")
        return True

    def _note(self, request: Request, answer: dict[str, Any]) -> None:
        if request.kind == "single":
            request.positions = {answer["id"]: answer["position"]}
        elif answer["rejected"]:
            self.wrong.append(f"rejected: {[one['error'] for one in answer['results'] if one['error']][:3]}")
        elif request.kind == "stream":
            if not answer["complete"] or answer["accepted"] + answer["duplicate"] != len(request.events):
                self.wrong.append(f"a stream of {len(request.events)}: {answer}")
            else:
                request.positions = {}
        else:
            request.positions = {one["id"]: one["position"] for one in answer["results"]}


def post_again(clients: list[Client], url: str) -> Counter[str]:
    """Everything once more, in the order it was first sent; nothing may be refused. What came of it, counted."""
    counts: Counter[str] = Counter()
    with httpx.Client(timeout=120, trust_env=False) as http:
        for client in clients:
            events = [event for request in client.erp.told for event in request.events]
            headers = {"Authorization": f"Bearer {client.key}", "Content-Type": "application/x-ndjson"}
            body = Request("stream", events).body()
            answer = http.post(f"{url}/v1/events", content=body, headers=headers).json()
            assert answer["rejected"] == 0 and answer["complete"], answer
            counts.update({name: answer[name] for name in ("accepted", "duplicate")})
    return counts
