"""The demo's way to the service: its public API over HTTP, with a key per role."""

from typing import Any, Self

import httpx


class DemoFailed(Exception):
    """The service refused what the demo asked; the text is its own sentence."""


class Api:
    """One client, many roles."""

    def __init__(self, url: str, keys: dict[str, str]) -> None:
        self._keys = keys
        self._http = httpx.Client(base_url=url, timeout=120, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, role: str, path: str, **params: Any) -> Any:
        """The answer's JSON."""
        return self._answer(self._http.get(path, params=params, headers=self._as(role)))

    def post(self, role: str, path: str, body: Any, once: str | None = None) -> Any:
        """The answer's JSON; `once` is the key under which a repeat gets the first answer again."""
        headers = self._as(role) | ({"Idempotency-Key": once} if once else {})
        return self._answer(self._http.post(path, json=body, headers=headers))

    def events(self, events: list[dict[str, Any]]) -> dict[str, int]:
        """A batch as the ERP sends it; what came of it, counted. Raises DemoFailed when one was rejected."""
        headers = self._as("erp") | {"Content-Type": "application/cloudevents-batch+json"}
        answer = self._answer(self._http.post("/v1/events", json=events, headers=headers))
        for result in answer["results"]:
            if result["error"]:
                raise DemoFailed(f"{result['id']}: {result['error']['detail']}")
        return {name: answer[name] for name in ("accepted", "duplicate")}

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._keys[role]}"}

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_success:
            return response.json()
        raise DemoFailed(f"{response.request.method} {response.request.url.path}: {response.text[:500]}")
