"""The door of every request: default deny, the right asked, the scope entered, one commit.

A view says `@may(RIGHT)`, `@public("why")` or `@by_token`; one that says none cannot be registered. Inside
the door the database knows as whom it answers; a request that must not change anything runs in a
read-only transaction, and the one commit of a changing request stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user

from . import throttle, tokens
from .database import db
from .identity import Identity, Place
from .rights import Right, refusal
from .scope import Scope, ScopeKind, acting_in, enter

View = Callable[..., Any]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class UnguardedView(RuntimeError):
    """A view was registered without `@may`, `@public` or `@by_token`."""


class GuardedFlask(Flask):
    """Flask that refuses a view for which nobody said who may use it."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: View | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a route; raises `UnguardedView` for an unguarded view."""
        guarded = any(getattr(view_func, mark, None) for mark in ("__right__", "__public__", "__token__"))
        if view_func is not None and endpoint != "static" and not guarded:
            raise UnguardedView(
                f"{rule}: khai báo @may(...), @public(...) hoặc @by_token cho {endpoint or view_func}"
            )
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def may(right: Right, *, scope: ScopeKind | None = None) -> Callable[[View], View]:
    """Guard a view by a right; `scope` overrides the scope of the person's place."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            identity = signed_in()
            sentence = only_looking() or refusal(identity, right)
            if sentence:
                abort(403, sentence)
            own = identity.scope(writes=request.method in UNSAFE)
            enter(replace(own, kind=scope, unit_id=0) if scope else own)
            return _conclude(view(*args, **kwargs))

        guarded.__right__ = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(
    reason: str, *, scope: ScopeKind = ScopeKind.PUBLIC, while_looking: bool = False
) -> Callable[[View], View]:
    """Open a view to everybody; `reason` says why that is right.

    `while_looking`: it may change something even for who looks at another's pages: the way out, and signing out.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def open_view(*args: Any, **kwargs: Any) -> Any:
            sentence = None if while_looking else only_looking()
            if sentence:
                abort(403, sentence)
            enter(Scope(scope, writes=request.method in UNSAFE))
            return _conclude(view(*args, **kwargs))

        open_view.__public__ = reason  # type: ignore[attr-defined]
        return open_view

    return decorate


def by_token(view: View) -> View:
    """Open a view to the bearer of a place's token, in the place's scope and for reading only; cookies count nothing.

    Answers 401 without a token that opens something, 429 to one that asks too often, or guesses.
    """

    @wraps(view)
    def borne(*args: Any, **kwargs: Any) -> Any:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        with acting_in(Scope(ScopeKind.SIGNIN)):
            holder = tokens.holder_of(token.strip()) if scheme.lower() == "bearer" else None
            tried = throttle.of_token(request.remote_addr or "")
            held = None if holder or not token else throttle.admit(tried)
        if held or (holder and holder.too_often):
            abort(429)
        if holder is None:
            abort(401)
        enter(holder.scope())
        return view(*args, **kwargs)

    borne.__token__ = True  # type: ignore[attr-defined]
    return borne


def only_looking() -> str | None:
    """Return the sentence for a request that would change something while one looks at another's pages, else None."""
    if request.method in UNSAFE and current_user.is_authenticated and signed_in().seer:
        return f"Đang xem như {signed_in().full_name}: chỉ xem, không làm thay. Xin thôi xem rồi làm bằng tài khoản của mình."
    return None


def _conclude(answer: Any) -> Any:
    """Commit a changing request before its answer leaves; an error answer changes nothing."""
    if request.method in UNSAFE:
        status = answer.status_code if isinstance(answer, Response) else _status(answer)
        if status < 400:
            db.session.commit()
        else:
            db.session.rollback()
    return answer


def _status(answer: Any) -> int:
    return answer[1] if isinstance(answer, tuple) and isinstance(answer[1], int) else 200


def signed_in() -> Identity:
    """Return the person of this request (only behind `@may`)."""
    identity: Identity = current_user._get_current_object()
    return identity


def place_here() -> Place:
    """Return the place the person of this request acts in (only behind `@may`)."""
    return signed_in().here


def tenant_here() -> int:
    """Return the tenant of the place acted in: the district, or of a unit its district (only behind `@may`)."""
    return place_here().tenant_id


def require(right: Right, row: Any) -> None:
    """Ask a right once more for the row at hand; raises 403 with the sentence."""
    sentence = refusal(signed_in(), right, row)
    if sentence:
        abort(403, sentence)


def found(row: Any) -> Any:
    """Return a row, or answer 404: an unknown row and another district's row look the same."""
    if row is None:
        abort(404)
    return row
