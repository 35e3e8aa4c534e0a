"""The examples of the documentation for nginx and Caddy, tried with the programs themselves."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from pipeline.review.settings import HttpSettings
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, login_failures
from pipeline.web.listening import LOOPBACK_HOSTS
from tests.review.bench import PASSWORD, ServedHere, filled, free_port, people, wait_until

NAME = "review.example.org"
AWAY = "127.0.0.2"
"""Where the browser is: not the proxy's own address."""
FORGED = "203.0.113.7"
_HIDDEN = re.compile(r'<input type="hidden" name="(csrf|version|request|prediction)" value="([^"]*)"')


def example(language: str) -> str:
    """The example of the documentation that is written in a language."""
    guide = (Path(__file__).parents[3] / "docs" / "review-desk.md").read_text()
    (found,) = re.findall(rf"```{language}\n([^`]*{re.escape(NAME)}[^`]*)```", guide)
    return str(found)


def nginx(folder: Path, port: int, desk: int) -> list[str]:
    """The command that runs nginx by the example, with a certificate of this test."""
    subject = [
        "-subj",
        f"/CN={NAME}",
        "-keyout",
        str(folder / "review.key"),
        "-out",
        str(folder / "review.pem"),
    ]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        *subject,
    ]
    subprocess.run(made, check=True, capture_output=True)
    site = (
        example("nginx")
        .replace("listen 443", f"listen {port}")
        .replace("/etc/ssl", str(folder))
        .replace(":8000", f":{desk}")
    )
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off;\n{paths}{site} }}\n"
    )
    return ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def caddy(folder: Path, port: int, desk: int) -> list[str]:
    """The command that runs Caddy by the example, with a certificate of its own authority."""
    site = example("text").replace(":8000", f":{desk}").replace(f"{NAME} {{", f"{NAME} {{\n  tls internal")
    options = (
        f"admin off\n https_port {port}\n auto_https disable_redirects\n skip_install_trust\n"
        f" storage file_system {folder}"
    )
    (folder / "Caddyfile").write_text(f"{{\n {options}\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextmanager
def run(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
        try:
            return browser(port).get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, 30, f"{command[0]} does not answer")
        yield
    finally:
        process.terminate()
        process.wait(30)


def browser(port: int) -> httpx.Client:
    """A browser elsewhere that claims to be forwarded; it knows the desk by its name only."""
    return httpx.Client(
        base_url=f"https://{NAME}:{port}",
        transport=_Resolved(verify=False, local_address=AWAY),
        headers={"Host": NAME, "X-Forwarded-For": FORGED, "Origin": f"https://{NAME}"},
        timeout=30,
    )


class _Resolved(httpx.HTTPTransport):
    """Finds every name on this machine."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": NAME},
        )
        return super().handle_request(sent)


def log_in(client: httpx.Client, password: str) -> httpx.Response:
    token = re.search(r'name="token" value="([^"]+)"', client.get("/login").text)
    data = {"name": "Anna", "password": password, "token": token[1] if token else ""}
    return client.post("/login", data=data)


Proxy = Callable[[Path, int, int], list[str]]


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    if shutil.which(request.param.__name__) is None:
        name = request.param.__name__
        pytest.skip(f"NOT TESTED behind {name}: it is not installed here (apt-get install {name})")
    found: Proxy = request.param
    return found


@contextmanager
def behind(proxy: Proxy, database: Database, folder: Path, **http: Any) -> Iterator[httpx.Client]:
    served = ServedHere(database, http=HttpSettings(**http), hosts=(*LOOPBACK_HOSTS, NAME))
    port = free_port()
    try:
        with run(proxy(folder, port, served.port), port), browser(port) as client:
            yield client
    finally:
        served.stop()


def seen_at(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(login_failures.c.address).order_by(login_failures.c.id)))


def test_a_day_behind_a_proxy(proxy: Proxy, sqlite_database: Database, tmp_path: Path) -> None:
    filled(sqlite_database, tmp_path, 20)
    people(sqlite_database)
    settings = {"trusted_proxies": ("127.0.0.1/32",), "secure_cookies": True, "hsts_days": 180}
    with behind(proxy, sqlite_database, tmp_path, **settings) as client:
        assert log_in(client, "a wrong password").status_code == 401
        came = log_in(client, PASSWORD)
        assert came.status_code == 303
        cookie = next(c for c in came.headers.get_list("set-cookie") if c.startswith("upr_review="))
        assert "Secure" in cookie
        assert came.headers["strict-transport-security"] == f"max-age={180 * 86_400}"
        card = client.get("/review/ahead").text
        item = re.search(r'data-item="(\d+)"', card)
        assert item is not None
        sent = dict(_HIDDEN.findall(card)) | {"do": "save", "action": "2", "issues": "Justice"}
        assert client.post(f"/items/{item[1]}", data=sent, headers={"X-Desk": "1"}).status_code == 200
    with sqlite_database.read() as connection:
        assert connection.scalars(select(decisions.c.action)).all() == [2]
    assert seen_at(sqlite_database) == [AWAY]


def test_a_proxy_that_is_not_named_is_not_believed(
    proxy: Proxy, sqlite_database: Database, tmp_path: Path
) -> None:
    people(sqlite_database)
    with behind(proxy, sqlite_database, tmp_path, trusted_proxies=("192.0.2.0/24",)) as client:
        answer = log_in(client, "a wrong password")
    assert answer.status_code == 401
    assert "strict-transport-security" not in answer.headers
    assert seen_at(sqlite_database) == ["127.0.0.1"]
