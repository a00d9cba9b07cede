"""The one table of features and the loader that plugs their files in.

Rule: a feature is a folder; what it offers is found by the kind of file, never by a list somewhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from flask import Flask

from social_cme.persistence.facts import register_listener
from social_cme.realtime.gateway import gateway
from social_cme.realtime.setup import bind_realtime
from social_cme.web.api import register_api

PACKAGE = "social_cme"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature folder and the kinds of file in it that the application plugs in."""

    name: str
    kinds: frozenset[str]


def _feature(name: str, *kinds: str) -> Feature:
    return Feature(name=name, kinds=frozenset(kinds))


# Lower features first. Kinds plugged in: models, identity, context (template variables), views, api, channels, sockets,
# listeners, jobs, cli.
FEATURES: tuple[Feature, ...] = (
    _feature("accounts", "models", "identity", "views", "api", "jobs"),
    _feature("rooms", "models", "views", "api", "channels"),
    _feature("media", "models", "views", "api", "jobs"),
    _feature("privacy", "models", "views", "api"),
    _feature("discussions", "models", "views", "api", "channels", "sockets", "jobs", "cli"),
    _feature("keeping", "models", "context", "views", "api", "listeners", "jobs"),
    _feature("live", "models", "context", "views", "api", "channels", "sockets", "listeners", "jobs"),
    _feature("cohorts", "models", "views", "api", "jobs"),
    _feature("moderation", "models", "context", "views", "api", "channels", "listeners"),
    _feature("cme", "models", "context", "views", "api", "listeners"),
    _feature("search", "models", "context", "views", "api", "listeners", "jobs", "cli"),
    _feature("notifications", "models", "context", "views", "api", "channels", "listeners", "jobs"),
    _feature("admin", "cli"),
    _feature("home", "context", "views"),
    _feature("demo", "cli"),
)


def import_models() -> None:
    """Import every model, so that the metadata is complete for migrations."""
    importlib.import_module(f"{PACKAGE}.persistence.facts")
    importlib.import_module(f"{PACKAGE}.persistence.transaction")
    importlib.import_module(f"{PACKAGE}.jobs.outbox")
    for feature in FEATURES:
        _load(feature, "models")


def import_all() -> None:
    """Import every file that is plugged in, so that a process forked from this one need not."""
    import_models()
    for feature in FEATURES:
        for kind in sorted(feature.kinds):
            _load(feature, kind)


def plug_in(app: Flask) -> None:
    """Register the faces, listeners, jobs and commands of every feature with *app*."""
    import_models()
    bind_realtime(app)
    for module in (*_modules("identity"), *_modules("context")):
        module.bind(app)
    _plug_in_faces(app)
    for listener in (one for module in _modules("listeners") for one in module.LISTENERS):
        register_listener(listener)
    for command in (one for module in _modules("cli") for one in module.COMMANDS):
        app.cli.add_command(command)
    # Importing a module of jobs registers them with the queue.
    list(_modules("jobs"))


def _plug_in_faces(app: Flask) -> None:
    for module in _modules("views"):
        app.register_blueprint(module.bp)
    register_api(app, [module.bp for module in _modules("api")])
    for kind in (one for module in _modules("channels") for one in getattr(module, "CHANNELS", ())):
        gateway.add_channel_kind(kind)
    for module in _modules("sockets"):
        module.register(gateway)


def _modules(kind: str) -> Iterator[ModuleType]:
    for feature in FEATURES:
        module = _load(feature, kind)
        if module is not None:
            yield module


@cache
def _load(feature: Feature, kind: str) -> ModuleType | None:
    if kind not in feature.kinds:
        return None
    return importlib.import_module(f"{PACKAGE}.{feature.name}.{kind}")
