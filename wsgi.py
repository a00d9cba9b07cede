"""Start of the server: patches the standard library for eventlet first of all, then builds and serves the application."""

from __future__ import annotations

import gc
import os
import sys
import warnings

# What is imported stays to the end; to look for garbage among it meanwhile would be a quarter of the start.
gc.disable()

# psycopg must wait in Python for the patched sockets, or every query would stop the event loop. It reads this at import.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"eventlet|engineio|socketio")
warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")

# Patching comes before any other import, so this one setting is read from the environment alone, not from a .env file.
MODE = os.environ.get("ASYNC_MODE", "eventlet")
if MODE == "eventlet":
    import eventlet

    eventlet.monkey_patch()

from config import ConfigurationError, load_settings, stop_with  # noqa: E402

try:
    settings = load_settings(async_mode=MODE)
except ConfigurationError as error:
    raise stop_with(error) from None

from social_cme.app import create_app  # noqa: E402

app = create_app(settings)
gc.enable()

if __name__ == "__main__":
    from social_cme.server import serve

    sys.exit(serve(app, settings, demo="--demo" in sys.argv[1:]))
