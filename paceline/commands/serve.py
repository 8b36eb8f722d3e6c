"""`paceline serve`: the API and the pages, and a worker beside them."""

from __future__ import annotations

import uvicorn

from features.domain.errors import UsageError
from paceline.commands.work import worker_beside
from paceline.console import note
from paceline.home import Home
from service.app import create_app
from service.settings import ServeSettings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(home: Home, *, host: str, port: int, demo: bool = False, worker: bool = False) -> None:
    """Serve until Ctrl-C.

    Args:
        home: Home folder.
        host: Address to listen on.
        port: Port.
        demo: Serve a simulated company without sign-in; only on a loopback address.
        worker: Keep a worker beside the web process that scores what is new.

    Raises:
        UsageError: `demo` on an address that others can reach.
    """
    if demo and host not in LOOPBACK:
        raise UsageError(f"the demo has no passwords and may only listen on 127.0.0.1, not on {host}")
    settings = ServeSettings(database=home.root, host=host, port=port, demo=demo, simulated=home.is_simulated)
    note(f"Paceline on http://{host}:{port}/  (Ctrl-C stops it)")
    application = create_app(settings)
    with worker_beside(home, wanted=worker):
        uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, server_header=False)
