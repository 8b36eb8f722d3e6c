"""Every error that the service answers with: one closed catalogue, and one table from domain errors to it.

All answers are `application/problem+json` (RFC 9457). They never repeat what was sent, and never show a path, a
query, a stack or the id of somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.domain.errors import CheckFailed, DataMissing, PacelineError, UnknownReference, UsageError
from service.scoring.documents import Text

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One kind of error.

    Attributes:
        code: Stable name.
        status: HTTP status.
        title: What went wrong.
        detail: What to do about it.
    """

    code: str
    status: int
    title: Text
    detail: Text


def _problem(code: str, status: int, en: tuple[str, str], zh: tuple[str, str]) -> Problem:
    return Problem(code, status, {"en": en[0], "zh": zh[0]}, {"en": en[1], "zh": zh[1]})


CATALOGUE: dict[str, Problem] = {
    problem.code: problem
    for problem in (
        _problem(
            "bad-json",
            400,
            ("The body is not JSON", "Send one JSON value in UTF-8; NaN and Infinity are not JSON."),
            ("请求体不是 JSON", "请发送 UTF-8 编码的 JSON；NaN 与 Infinity 不属于 JSON。"),
        ),
        _problem(
            "sign-in",
            401,
            ("Sign in first", "Send a valid token as `Authorization: Bearer ...`, or sign in on the page."),
            ("请先登录", "请在 Authorization 标头中发送有效令牌，或在页面登录。"),
        ),
        _problem(
            "cross-site",
            403,
            ("The request came from another site", "Changes are accepted from Paceline's own pages only."),
            ("请求来自其他网站", "只接受来自 Paceline 页面的更改。"),
        ),
        _problem(
            "not-found",
            404,
            ("There is no such thing, or it is not for you", "Check the address; ask an admin for access."),
            ("没有找到，或您无权查看", "请检查地址，或联系管理员。"),
        ),
        _problem(
            "method",
            405,
            ("This address does not answer to that method", "The Allow header lists what it answers to."),
            ("此地址不支持该方法", "可用方法见 Allow 标头。"),
        ),
        _problem(
            "conflict",
            409,
            ("Somebody changed it in between", "Read it again, then send your change with its new revision."),
            ("内容已被修改", "请重新读取，并以新的版本号提交。"),
        ),
        _problem(
            "too-large",
            413,
            ("The body is too large", "Send at most 1 MiB; split the request."),
            ("请求体过大", "最多 1 MiB，请分批发送。"),
        ),
        _problem(
            "media-type",
            415,
            ("This content type is not accepted", "Send application/json to the API, a form from the pages."),
            ("不支持此内容类型", "API 请使用 application/json，页面请使用表单。"),
        ),
        _problem(
            "wrong-host",
            421,
            ("This server does not answer for that host", "The demo answers on this machine only."),
            ("服务器不接受此主机名", "演示模式只在本机可用。"),
        ),
        _problem(
            "invalid",
            422,
            ("Something in the request does not fit", "See `errors`: each names the place and the rule."),
            ("请求内容不符合要求", "详见 errors：每项给出位置与规则。"),
        ),
        _problem(
            "internal",
            500,
            ("Something went wrong on our side", "Try again; if it stays, tell an admin the request id."),
            ("服务器出错", "请重试；如仍出现，请把请求编号告诉管理员。"),
        ),
        _problem(
            "overloaded",
            503,
            ("Too many requests at once", "Try again after the seconds in Retry-After."),
            ("请求过多", "请在 Retry-After 所示秒数后重试。"),
        ),
        _problem(
            "not-ready",
            503,
            ("The service cannot answer yet", "The database does not answer, or its tables are out of date."),
            ("服务尚未就绪", "数据库没有响应，或数据表不是最新。"),
        ),
    )
}

DOMAIN: tuple[tuple[type[PacelineError], str], ...] = (
    (UnknownReference, "not-found"),
    (DataMissing, "not-found"),
    (UsageError, "invalid"),
    (CheckFailed, "invalid"),
    (PacelineError, "internal"),
)
"""Which problem a domain error becomes; the first class that fits counts."""

BY_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type", 400: "bad-json", 401: "sign-in"}


class Refused(Exception):
    """A request that ends with a problem of the catalogue.

    Attributes:
        problem: Which one.
        errors: What does not fit, each `{"pointer": ..., "code": ...}`.
        headers: Headers of the answer.
    """

    def __init__(
        self,
        code: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.problem = CATALOGUE[code]
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def problem_for(error: PacelineError) -> Problem:
    """Return the problem that a domain error becomes.

    Examples:
        >>> problem_for(UnknownReference("rep R9")).status
        404
    """
    return next(CATALOGUE[code] for kind, code in DOMAIN if isinstance(error, kind))


def problem_body(
    problem: Problem, *, lang: str, request_id: str, errors: Sequence[Mapping[str, str]] = ()
) -> dict[str, object]:
    """Return the members of a problem document.

    Args:
        problem: Kind of error.
        lang: `en` or `zh`.
        request_id: Request that failed.
        errors: What does not fit.

    Returns:
        JSON values. A 404 carries no request id: the answers for what does not exist and for what is not yours must
        be the same bytes; the id stands in the header.
    """
    zh = lang == "zh"
    body: dict[str, object] = {
        "type": f"urn:paceline:problem:{problem.code}",
        "title": problem.title["zh" if zh else "en"],
        "status": problem.status,
        "detail": problem.detail["zh" if zh else "en"],
        "code": problem.code,
    }
    if problem.status != 404:
        body["instance"] = f"urn:paceline:request:{request_id}"
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return body
