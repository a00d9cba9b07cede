"""Manners of the REST API under ``/api/v1``: who calls, what may be sent, how answers and refusals look.

Rule: an API function takes checked values, makes one service or query call, and returns a schema.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask_login import current_user
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spectree import Response as SpecResponse
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from werkzeug.exceptions import BadRequest as UnreadableBody

from social_cme.core.errors import AppError, BadRequest, Forbidden, Invalid, Unauthenticated
from social_cme.core.ids import MAX_ID, token_hash
from social_cme.extensions import csrf, limiter
from social_cme.web.converters import KeyConverter, SlugConverter
from social_cme.web.uploads import takes

PREFIX = "/api/v1"
ALLOWANCE = "600 per minute"
_ID_SCHEMA = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
_SLUG_SCHEMA = {"type": "string", "pattern": f"^{SlugConverter.regex}$"}
_KEY_SCHEMA = {"type": "string", "pattern": f"^{KeyConverter.regex}$"}


class ApiScope(StrEnum):
    """What a personal access token allows."""

    READ = "read"
    WRITE = "write"


class Schema(BaseModel):
    """Base of what the API accepts: unknown fields are ignored, so none of them can set anything."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, from_attributes=True)


class Problem(BaseModel):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    code: str
    fields: dict[str, list[str]] | None = None
    details: dict[str, Any] | None = None
    request_id: str


class PageQuery(Schema):
    """How to page through a list."""

    cursor: str | None = Field(None, max_length=512, description="The next_cursor of the page before.")
    limit: int = Field(20, ge=1, le=100)


class ClientBody(Schema):
    """A body whose sender can repeat it safely."""

    client_id: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]{8,64}$", description="Name of this request; a repeat returns the first result."
    )


def _refuse_invalid(_request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any) -> None:
    if error is not None:
        raise invalid_from(error)


def invalid_from(error: ValidationError) -> Invalid:
    """Turn pydantic's findings into the product's ``Invalid`` with one entry per field."""
    fields: dict[str, list[str]] = {}
    for finding in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in finding["loc"]) or "body"
        fields.setdefault(name, []).append(str(finding["msg"]).removeprefix("Value error, "))
    return Invalid("Some values are missing or not of the expected form.", fields=fields)


class _Spec(SpecTree):
    """Writes the schemas of its models down when the description is asked for: a second and a half that no start has to wait."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._wanted: dict[str, tuple[Any, Any]] = {}
        super().__init__(*arguments, **options)

    def _add_model(self, model: Any, mode: Any = "validation") -> str:
        key = self.naming_strategy(model)
        self._wanted[key] = (model, mode)
        return key

    def _generate_spec(self) -> dict[str, Any]:
        for model, mode in self._wanted.values():
            super()._add_model(model, mode)
        return super()._generate_spec()


spec = _Spec(
    "flask",
    title="Social CME",
    version="1",
    description="The same functions as the pages: rooms, threads, live sessions, participation.",
    mode="strict",
    path="api/v1/docs",
    before=_refuse_invalid,
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"token": []},
    validation_error_model=Problem,
)


def blueprint(name: str) -> Blueprint:
    """Make the API blueprint of a feature; the registry mounts it under ``/api/v1``.

    A call that comes with a cookie needs the CSRF header, one with a token does not; each caller has one allowance.
    """
    bp = Blueprint(f"{name}_api", f"social_cme.{name}.api", url_prefix=PREFIX)
    csrf.exempt(bp)
    bp.before_request(_check_csrf_for_cookies)
    limiter.limit(ALLOWANCE, key_func=_caller)(bp)
    return bp


def _caller() -> str:
    token = request.headers.get("Authorization", "")
    if token:
        return f"token:{token_hash(token)}"
    return f"user:{current_user.id}" if current_user.is_authenticated else f"address:{request.remote_addr}"


def endpoint(
    bp: Blueprint,
    rule: str,
    method: str,
    *,
    result: type[BaseModel] | None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    form: type[BaseModel] | None = None,
    status: int = 200,
    scope: ApiScope = ApiScope.READ,
    public: bool = False,
    errors: tuple[int, ...] = (),
    file: str = "picture",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mount a function as an API route, documented and checked.

    The function gets the path values, ``body=``, ``query=`` and ``form=`` (an upload as multipart) as keyword arguments, and
    returns an instance of *result* (or ``None`` for status 204). *public* routes may be called by strangers; the others need a
    token with *scope* or a log-in. *file* names the kind of what a *form* brings, see ``uploads.takes``.
    """
    refusals = {400, 403, 404, 409, 429, *errors} | (set() if public else {401})
    answers = _answers(result, status, refusals | ({415} if body is not None or form is not None else set()))

    sent = {"body": ("json", body), "query": ("query", query), "form": ("form", form)}
    parts = {name: part for name, (part, schema) in sent.items() if schema is not None}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        checked = spec.validate(
            query=query,
            json=body,
            form=form,
            resp=answers,
            tags=(bp.name.removesuffix("_api"),),
            security={} if public else None,
            operation_id=f"{bp.name.removesuffix('_api')}.{function.__name__}",
        )(_answering(function, parts, status, is_empty=result is None))

        @functools.wraps(checked)
        def guarded(**path: Any) -> Any:
            _authorise(scope, public=public)
            if body is not None:
                _require_object()
            if form is not None:
                _require_form()
            return checked(**path)

        view_func = takes(file)(guarded) if form is not None else guarded
        bp.add_url_rule(rule, endpoint=function.__name__, view_func=view_func, methods=[method])
        return function

    return decorate


def _answering(
    function: Callable[..., Any], parts: dict[str, str], status: int, *, is_empty: bool
) -> Callable[..., Any]:
    """Return a view that hands *function* the checked *parts* of a request by its own names for them."""

    def view(**path: Any) -> Any:
        context = request.context if parts else None  # type: ignore[attr-defined]
        answer = function(**path, **{name: getattr(context, part) for name, part in parts.items()})
        return Response(status=status) if is_empty else (answer, status)

    view.__name__, view.__doc__, view.__module__ = function.__name__, function.__doc__, function.__module__
    return view


def _answers(result: type[BaseModel] | None, status: int, refusals: set[int]) -> SpecResponse:
    codes: dict[str, Any] = {f"HTTP_{status}": result} if result is not None else {}
    for code in sorted(refusals):
        codes[f"HTTP_{code}"] = Problem
    plain = () if result is not None else (f"HTTP_{status}",)
    return SpecResponse(*plain, **codes)


class _UnsupportedBody(AppError):
    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Send JSON with the content type application/json."


def _require_object() -> None:
    """Refuse a body that is not one JSON object; the library that checks the schema would take it for an empty one."""
    if request.mimetype != "application/json":
        raise _UnsupportedBody
    try:
        body = request.get_json()
    except (UnreadableBody, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")


def _require_form() -> None:
    if request.mimetype != "multipart/form-data":
        raise _UnsupportedBody("Send a form with the content type multipart/form-data.")


def _authorise(scope: ApiScope, *, public: bool) -> None:
    if current_user.is_authenticated:
        # Asking who calls is what reads the token; before that nothing is known of its scopes.
        scopes = g.get("token_scopes")
        if scopes is not None and scope not in scopes:
            raise Forbidden(f"This token does not have the scope “{scope}”.")
        return
    if request.headers.get("Authorization"):
        raise Unauthenticated("This token is not valid, has expired or was revoked.")
    if not public:
        raise Unauthenticated("Send a personal access token in the Authorization header.")


def register_api(app: Flask, blueprints: list[Blueprint]) -> None:
    """Mount the API blueprints and serve their description."""
    for bp in blueprints:
        app.register_blueprint(bp)

    @app.get(f"{PREFIX}/openapi.json", endpoint="openapi_document")
    def _document() -> Response:
        return jsonify(_described(spec.spec))

    with app.app_context():
        spec.app = app


def _described(document: dict[str, Any]) -> dict[str, Any]:
    """Say of the address parts what the routes' own converters accept."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and not parameter["schema"]:
                    is_id = parameter["name"].endswith("_id")
                    is_key = parameter["name"] == "image"
                    parameter["schema"] = dict(_ID_SCHEMA if is_id else _KEY_SCHEMA if is_key else _SLUG_SCHEMA)
    return document


def _check_csrf_for_cookies() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.headers.get("Authorization"):
        return
    if current_user.is_authenticated:
        csrf.protect()
