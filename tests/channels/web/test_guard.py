"""Who comes in, from where, and how often; and what a browser is told to refuse."""

from http import HTTPStatus

import pytest
from flask.testing import FlaskClient

from skill.channels.web.app import LONGEST_REQUEST, create_app
from skill.channels.web.guard import HEADERS
from skill.channels.web.settings import WebSettings, people_of
from skill.errors import ServerError
from skill.house import House
from tests.channels.web.conftest import take
from tests.conftest import KEY

TOKEN = "a token of twenty signs"
OTHER = "another token for mum =="
TURN = {"kind": "launch"}


def guarded(house: House, tokens: str = TOKEN, **settings: object) -> FlaskClient:
    return create_app(house, WebSettings(people=people_of(tokens), **settings)).test_client()  # type: ignore[arg-type]


def come_in(client: FlaskClient, token: str) -> int:
    return client.post("/door", data={"token": token}).status_code


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.20", "::", "speaker.example"])
def test_nobody_opens_the_house_to_others_without_a_token(address: str) -> None:
    with pytest.raises(ServerError, match="needs a token"):
        WebSettings(host=address)
    WebSettings(host=address, people=people_of(TOKEN))


def test_a_proxy_before_it_is_others_too() -> None:
    with pytest.raises(ServerError, match="needs a token"):
        WebSettings(proxies=1)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_needs_none(address: str) -> None:
    assert WebSettings(host=address).people is None


@pytest.mark.parametrize("tokens", ["short", f"{TOKEN}, short", "mum=short", f"mum={TOKEN}, dad={TOKEN}"])
def test_tokens_that_keep_nobody_out_are_refused(tokens: str) -> None:
    with pytest.raises(ServerError, match="STAY_CLOSE_TOKEN"):
        people_of(tokens)


def test_a_token_may_be_anybodys_or_named() -> None:
    assert people_of("") is None
    assert people_of(f"{TOKEN}==") == {f"{TOKEN}==": "terminal:home"}
    assert people_of(f"mum={OTHER}, dad = {TOKEN}") == {OTHER: "web:mum", TOKEN: "web:dad"}


def test_whoever_has_no_token_is_led_to_the_door(house: House) -> None:
    client = guarded(house)
    for path in ("/", "/journal", "/words"):
        response = client.get(path)
        assert (response.status_code, response.location) == (HTTPStatus.FOUND, "/door")
    assert client.post("/api/turn", json=TURN).status_code == HTTPStatus.UNAUTHORIZED
    assert client.get("/health").status_code == HTTPStatus.OK


def test_the_token_opens_the_door_once_for_each_browser(house: House) -> None:
    client = guarded(house)
    assert come_in(client, "another one altogether") == HTTPStatus.FORBIDDEN
    assert client.post("/api/turn", json=TURN).status_code == HTTPStatus.UNAUTHORIZED
    response = client.post("/door", data={"token": f" {TOKEN} "})
    assert (response.status_code, response.location) == (HTTPStatus.FOUND, "/")
    cookie = response.headers["Set-Cookie"]
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert take(client, "launch")["spoken"]


def test_a_token_that_is_changed_shuts_the_door_on_who_had_the_one_before(house: House) -> None:
    client = guarded(house)
    come_in(client, TOKEN)
    cookie = client.get_cookie("stay_close")
    assert cookie is not None
    changed = guarded(house, OTHER)
    changed.set_cookie("stay_close", cookie.value)
    assert changed.post("/api/turn", json=TURN).status_code == HTTPStatus.UNAUTHORIZED


def test_each_person_has_a_journal_of_their_own(house: House) -> None:
    tokens = f"mum={OTHER}, dad={TOKEN}"
    mum, dad = guarded(house, tokens), guarded(house, tokens)
    come_in(mum, OTHER)
    come_in(dad, TOKEN)
    take(mum, "said", "she's pushing me away")
    assert house.store is not None
    assert [*house.store.entries(KEY.caregiver("web:mum"))]
    assert not [*house.store.entries(KEY.caregiver("web:dad"))]
    answer = take(dad, "said", "how are we doing")
    assert "one moment" not in " ".join(one["text"] for one in answer["spoken"]).lower()


def test_who_tries_token_after_token_is_stopped(house: House) -> None:
    client = create_app(house, WebSettings(people=people_of(TOKEN), proxies=1)).test_client()
    headers = {"X-Forwarded-For": "203.0.113.9"}
    statuses = [client.post("/door", data={"token": f"guess {n}"}, headers=headers).status_code for n in range(12)]
    assert statuses[:10] == [HTTPStatus.FORBIDDEN] * 10
    assert statuses[10:] == [HTTPStatus.TOO_MANY_REQUESTS] * 2
    elsewhere = client.post("/door", data={"token": TOKEN}, headers={"X-Forwarded-For": "203.0.113.10"})
    assert elsewhere.status_code == HTTPStatus.FOUND


def test_what_one_address_may_ask_has_an_end_but_not_for_this_machine(house: House) -> None:
    away = create_app(house, WebSettings(people=people_of(TOKEN), proxies=1)).test_client()
    headers = {"X-Forwarded-For": "203.0.113.9"}
    statuses = {away.get("/door", headers=headers).status_code for _ in range(601)}
    assert statuses == {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}
    home = create_app(house, WebSettings()).test_client()
    assert {home.get("/").status_code for _ in range(601)} == {HTTPStatus.OK}


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8300", "127.0.0.1.evil.example", "[2001:db8::1]:8300"])
def test_another_sites_name_for_this_machine_is_turned_away(client: FlaskClient, name: str) -> None:
    for path in ("/", "/journal", "/assets/x/base.css"):
        assert client.get(path, headers={"Host": name}).status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert client.post("/api/turn", json=TURN, headers={"Host": name}).status_code == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1:8300", "[::1]:8300", "LOCALHOST:1"])
def test_this_machines_own_names_are_not(client: FlaskClient, name: str) -> None:
    assert client.get("/", headers={"Host": name}).status_code == HTTPStatus.OK


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_who_comes_through_a_proxy_that_nobody_told_of_is_not_at_home(client: FlaskClient, header: str) -> None:
    assert client.get("/journal", headers={header: "203.0.113.9"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_another_site_changes_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/api/turn", json=TURN, headers=headers).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_our_own_pages_do(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/api/turn", json=TURN, headers=headers).status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["/", "/journal", "/words", "/door", "/nowhere", "/api/turn", "/health"])
def test_every_answer_tells_the_browser_what_to_refuse(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "<script>" not in response.text
    assert "style=" not in response.text


def test_what_is_too_large_is_refused_before_it_is_read(client: FlaskClient) -> None:
    response = client.post("/api/turn", data=b"x" * (LONGEST_REQUEST + 1), content_type="application/json")
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "error" in response.get_json()


def test_a_server_that_cannot_keep_is_not_ready(words_house: House) -> None:
    client = create_app(words_house, WebSettings()).test_client()
    assert client.get("/health").status_code == HTTPStatus.OK
    assert client.get("/ready").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert take(client, "launch")["spoken"]
