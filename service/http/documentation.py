"""What OpenAPI says about a route: its answer, every problem it can end with, and who may call it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, ConfigDict, Field, create_model

from service.errors import CATALOGUE, MEDIA_TYPE

ALWAYS = ("internal", "overloaded", "too-large", "invalid", "bad-json", "media-type", "cross-site", "wrong-host")
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "enum": [f"urn:paceline:problem:{code}" for code in CATALOGUE]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": list(CATALOGUE)},
        "instance": {"type": "string", "description": "Request id; absent from 404."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code"],
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
            },
        },
    },
}
SECURITY_SCHEMES = {"token": {"type": "http", "scheme": "bearer"}}


def documented(answer: object, summary: str, *codes: str, public: bool = False) -> dict[str, Any]:
    """Return the keyword arguments that document a route.

    Args:
        answer: Model of the answer.
        summary: One line.
        *codes: Problems of its own; those that every route can end with are added.
        public: Whether it answers without sign-in.

    Returns:
        Arguments for `router.get` and its kin.
    """
    own = codes if public else (*codes, "sign-in", "not-found")
    extra: dict[str, Any] = {} if public else {"openapi_extra": {"security": [{"token": []}]}}
    return {"response_model": answer, "summary": summary, "responses": problems((*own, *ALWAYS)), **extra}


def problems(codes: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for problems of the catalogue."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        problem = CATALOGUE[code]
        found[problem.status] = {
            "description": problem.title["en"],
            "content": {MEDIA_TYPE: {"schema": PROBLEM_REF}},
        }
    return dict(sorted(found.items(), key=lambda item: int(item[0])))


def model_of(contract: type) -> type[BaseModel]:
    """Return the model that documents a TypedDict, so that the contract is written once.

    Args:
        contract: A TypedDict of `service.scoring.documents`.

    Returns:
        A pydantic model with the same names, types and description.
    """
    return _model(contract, {})


def _model(contract: type, made: dict[type, type[BaseModel]]) -> type[BaseModel]:
    if contract not in made:
        fields: dict[str, Any] = {}
        for name, hint in get_type_hints(contract, include_extras=True).items():
            reserved = hasattr(BaseModel, name)
            annotation = _translate(hint, made)
            default = None if get_origin(hint) is NotRequired else ...
            fields[f"{name}_" if reserved else name] = (
                annotation,
                Field(default, alias=name) if reserved else Field(default),
            )
        name = contract.__name__.removesuffix("Doc")
        config = ConfigDict(extra="forbid", allow_inf_nan=False)
        made[contract] = create_model(name, __config__=config, __doc__=contract.__doc__, **fields)
    return made[contract]


def _translate(hint: Any, made: dict[type, type[BaseModel]]) -> Any:  # noqa: ANN401 - a type expression has no type
    if is_typeddict(hint):
        return _model(hint, made)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _translate(arguments[0], made)
    if origin is None:
        return hint
    translated = tuple(_translate(argument, made) for argument in arguments)
    if origin in (list, dict, tuple):
        return origin[translated]
    joined = translated[0]
    for part in translated[1:]:
        joined = joined | part
    return joined
