"""Asks other servers for JSON: only below an address that the operator configured, bounded in time and size.

Rule: what a person typed may become a value in a path or a query, quoted here, and never an address. Redirects are not followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

MOST_BYTES = 4 * 1024 * 1024
TRIES = 3
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class OutboundError(Exception):
    """The other server could not be reached, or its answer could not be read; worth another try later."""


class UnknownThereError(Exception):
    """The other server answered that it has no such thing."""


class OutboundClient:
    """Asks one configured server; tries again after a failure, with growing pauses that begin with *pause* seconds."""

    def __init__(self, base: str, *, agent: str, pause: float = 1.0, seconds: float = 20.0) -> None:
        self.base = base.rstrip("/")
        retries = Retry(
            total=TRIES,
            redirect=False,
            status_forcelist=_TRY_AGAIN,
            allowed_methods={"GET"},
            backoff_factor=pause,
            backoff_max=30 * pause,
            # A stranger must not decide how long a job sleeps.
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        self._pool = PoolManager(
            retries=retries,
            timeout=Timeout(connect=min(seconds, 5.0), read=seconds),
            headers={"User-Agent": agent, "Accept": "application/json"},
            maxsize=2,
        )

    def get_json(self, *path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the answer for the path made of the parts *path*, each quoted as a whole.

        Raises ``UnknownThereError`` for 404 and 410, ``OutboundError`` for everything else that is no JSON.
        """
        address = "/".join([self.base, *(quote(part, safe="") for part in path)])
        if query:
            address = f"{address}?{urlencode(query)}"
        try:
            answer = self._pool.request("GET", address, preload_content=False, redirect=False)
            try:
                body = answer.read(MOST_BYTES + 1, decode_content=True)
            finally:
                answer.release_conn()
        except HTTPError as error:
            raise OutboundError(f"{self.base}: {type(error).__name__}") from error
        if answer.status in {404, 410}:
            raise UnknownThereError
        if answer.status != 200 or len(body) > MOST_BYTES:
            raise OutboundError(f"{self.base}: status {answer.status}, {len(body)} bytes")
        try:
            return json.loads(body)
        except ValueError as error:
            raise OutboundError(f"{self.base}: no JSON") from error
