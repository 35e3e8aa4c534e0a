"""Settings of the HTTP interface, configs/serve.yaml, and its API keys."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from pathlib import Path

from limits import RateLimitItem, parse
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from pipeline.errors import SettingsError
from pipeline.store.files import read_bytes
from pipeline.store.vocabularies import config_path
from pipeline.web.settings import Section, ServerSettings, load_server_settings

SHORTEST_KEY = 20


class HttpSettings(Section):
    """How the interface is reached; as the review desk's settings of the same names."""

    trusted_proxies: tuple[str, ...] = ()
    hsts_days: int = Field(default=0, ge=0, le=730)


class UwaziSettings(Section):
    """The bridge to a Uwazi instance.

    Attributes:
        redis: address of its Redis ("redis://HOST:6379/0"); "" for no bridge.
        prefix: what the instance puts before the names of its queues: "production_".
        url: of this server's addresses below /uwazi, as the instance reaches them; "" for this machine.
        doubtful: whether labels that a person should look at are suggested.
    """

    redis: str = ""
    prefix: str = ""
    url: str = ""
    doubtful: bool = True


class ServiceSettings(ServerSettings):
    """Everything that can be set about the interface: by configs/serve.yaml, or by the environment, which has
    precedence: `UPR_SERVE_` and the name in capitals.

    Attributes:
        keys: API keys; by the environment only.
        keys_file: a file with a key a line.
        rate: requests of one key, or, without keys, of one address ("600/minute").
        max_texts: of a JSON request.
        max_text_chars: of a text.
        body_bytes: of a request.
        seconds: after which a request is given up.
        waiting_texts: texts that may wait for the model.
        batch_texts: texts labelled at once, at most.
        reload_seconds: how often is asked which model is in use.
    """

    model_config = SettingsConfigDict(env_prefix="UPR_SERVE_")

    keys: tuple[SecretStr, ...] = ()
    keys_file: str = ""
    rate: str = "12000/minute"
    max_texts: int = Field(default=1000, ge=1)
    max_text_chars: int = Field(default=20_000, ge=1)
    body_bytes: int = Field(default=16_000_000, ge=1000)
    seconds: float = Field(default=30, gt=0)
    waiting_texts: int = Field(default=20_000, ge=1)
    batch_texts: int = Field(default=64, ge=1)
    reload_seconds: float = Field(default=60, gt=0)
    http: HttpSettings = HttpSettings()
    uwazi: UwaziSettings = UwaziSettings()

    @field_validator("rate")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        parse(value)
        return value

    @property
    def limit(self) -> RateLimitItem:
        """`rate` as the library takes it."""
        return parse(self.rate)


@cache
def load_service_settings() -> ServiceSettings:
    """The settings. Raises: SettingsError for a file that is missing, not YAML, or holds a wrong value."""
    return load_server_settings(ServiceSettings, config_path("serve.yaml"))


class Keys:
    """The API keys, of which only hashes are kept."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Take keys in clear."""
        self._known = [hashlib.sha256(key.encode()).digest() for key in keys]

    def __bool__(self) -> bool:
        """Whether there is any; without one, everybody who reaches the server is served."""
        return bool(self._known)

    def name_of(self, given: str) -> str | None:
        """A short name of a key for limits and the log, which does not tell the key; None for a wrong one."""
        mark = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        # All are compared, in the same time, so that answers do not tell how near a guess was.
        right = [hmac.compare_digest(mark, known) for known in self._known]
        return mark.hex()[:8] if any(right) else None


def load_keys(settings: ServiceSettings) -> Keys:
    """The keys of the environment and of the file.

    Raises: SettingsError for a key of fewer than 20 characters; StoreError if the file cannot be read.
    """
    keys = [(key.get_secret_value(), "UPR_SERVE_KEYS") for key in settings.keys]
    if settings.keys_file:
        lines = read_bytes(Path(settings.keys_file)).decode("utf-8", "replace").split()
        keys += [(line, settings.keys_file) for line in lines]
    for key, where in keys:
        if len(key) < SHORTEST_KEY:
            todo = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            raise SettingsError(where, f"a key has fewer than {SHORTEST_KEY} characters.", todo)
    return Keys(tuple(key for key, _ in keys))
