"""The guard before every page: who may come in, from where, how often; and what a browser is told to refuse."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from skill.channels.terminal import CAREGIVER
from skill.channels.web.settings import LOOPBACK

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from skill.channels.web.settings import WebSettings
    from skill.journal import Key

__all__ = ["HEADERS", "guard"]

OPEN = frozenset(
    {"static", "health", "ready", "door.show", "door.open_it", "assets.asset", "assets.service_worker", "alexa"}
)
"""Endpoints that ask for no token: what holds nothing of anybody, and what has a proof of its own."""
ELSEWHERE = frozenset({"health", "ready", "alexa"})
"""Endpoints that may be asked for under any name."""
FORWARDED = frozenset({"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"})
"""What a proxy adds to a request."""
COOKIE = "stay_close"
A_YEAR = 366 * 24 * 3600
"""Seconds that a browser remembers its token."""
A_MINUTE = "600 per minute"
"""How often one address may ask; a person's page asks a few times a minute."""
AT_THE_DOOR = "10 per minute"
"""How often one address may try a token."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self';"
    " worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types stay-close"
)
"""What a page may load: what this server has, and no script or style within the page."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def guard(app: Flask, key: "Key", settings: "WebSettings") -> Limiter:
    """Put the guard before the pages of `app`; it sets `g.caregiver`, the keyed hash of whoever has come in.

    Gives what limits how often an address may ask.
    """
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    limiter = _limiter(app, settings)
    people = {_mark(key, token): user for token, user in (settings.people or {}).items()}

    @app.before_request
    def come_in() -> "ResponseReturnValue | None":
        _turn_away(at_home=not people)
        user = people.get(request.cookies.get(COOKIE, "")) if people else CAREGIVER
        if user is not None:
            g.caregiver = key.caregiver(user)
            return None
        return None if request.endpoint in OPEN else _to_the_door()

    app.after_request(_tell_the_browser)
    app.register_blueprint(_door(key, people, limiter))
    return limiter


def _turn_away(*, at_home: bool) -> None:
    """Refuse what another site sends."""
    if at_home and request.endpoint not in ELSEWHERE:
        if _name(request.host) not in LOOPBACK:
            # Another site's name that was made to point at this machine.
            abort(421)
        if not FORWARDED.isdisjoint(request.headers.keys()):
            # A proxy that nobody told of: who comes through it is not at home.
            abort(403)
    if request.method not in ("GET", "HEAD") and request.endpoint != "alexa" and not _same_origin():
        abort(403)


def _to_the_door() -> "ResponseReturnValue":
    if request.method == "GET" and not request.path.startswith("/api/"):
        return redirect(url_for("door.show"))
    return abort(401)


def _tell_the_browser(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _limiter(app: Flask, settings: "WebSettings") -> Limiter:
    def at_home() -> bool:
        # Where no proxy stands between, whoever comes from this machine is this machine's own.
        return not settings.proxies and _name(request.remote_addr or "") in LOOPBACK

    limiter = Limiter(
        get_remote_address, default_limits=[A_MINUTE], storage_uri="memory://", default_limits_exempt_when=at_home
    )
    limiter.init_app(app)
    return limiter


def _door(key: "Key", people: dict[str, str], limiter: Limiter) -> Blueprint:
    """The page that takes the token, once for each browser."""
    door = Blueprint("door", __name__)

    @door.get("/door")
    def show() -> str:
        return render_template("door.html", refused=False)

    @door.post("/door")
    @limiter.limit(AT_THE_DOOR)
    def open_it() -> "ResponseReturnValue":
        mark = _mark(key, request.form.get("token", "").strip())
        if mark not in people:
            return render_template("door.html", refused=True), 403
        response = redirect(url_for("speaker.page"))
        response.set_cookie(COOKIE, mark, max_age=A_YEAR, httponly=True, samesite="Strict", secure=request.is_secure)
        return response

    return door


def _mark(key: "Key", token: str) -> str:
    """What stands for a token in a browser: it opens nothing elsewhere, and nothing any more once the token changes."""
    return key.seal(f"token:{token}")


def _same_origin() -> bool:
    """Whether a request that changes something comes from our own pages, or from no page at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _name(host: str) -> str:
    """A host without its port."""
    return urlsplit(f"//{host}").hostname or "" if host.count(":") < 2 or host.startswith("[") else host
