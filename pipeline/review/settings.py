"""Settings of the desk, configs/review.yaml, checked when read."""

from __future__ import annotations

from functools import cache

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from pipeline.options import Share
from pipeline.store.vocabularies import config_path
from pipeline.web.settings import Section, ServerSettings, load_server_settings


class LoginRules(Section):
    """How many wrong passwords are borne, within a window."""

    failures_per_name: int = Field(default=5, ge=1)
    failures_per_address: int = Field(default=30, ge=1)
    window_minutes: float = Field(default=15, gt=0)


class HttpSettings(Section):
    """How the desk is reached.

    Attributes:
        trusted_proxies: addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
        secure_cookies: mark cookies Secure on plain http, too; on https they always are.
        hsts_days: days for which browsers are told to use https only; 0 for not at all.
    """

    trusted_proxies: tuple[str, ...] = ()
    secure_cookies: bool = False
    hsts_days: int = Field(default=0, ge=0, le=730)


class PriorityWeights(Section):
    """Weights of the parts of an item's value of looking; see `pipeline.review.intake.priority`."""

    uncertainty: float = Field(default=1.0, ge=0)
    tag_uncertainty: float = Field(default=0.5, ge=0)
    disagreement: float = Field(default=0.6, ge=0)
    rarity: float = Field(default=0.3, ge=0)
    novelty: float = Field(default=0.4, ge=0)
    copies: float = Field(default=0.2, ge=0)


class DeskSettings(ServerSettings):
    """Everything that can be set about the desk: by configs/review.yaml, or by the environment, which has
    precedence: `UPR_REVIEW_` and the name in capitals, `UPR_REVIEW_HTTP__HSTS_DAYS` for a part of a part.
    """

    model_config = SettingsConfigDict(env_prefix="UPR_REVIEW_")

    second_reading_share: Share = 0.1
    audit_share: Share = 0.02
    lease_minutes: float = Field(default=10, gt=0)
    session_hours: float = Field(default=12, gt=0)
    bulk_limit: int = Field(default=1000, ge=1)
    login: LoginRules = LoginRules()
    http: HttpSettings = HttpSettings()
    priority: PriorityWeights = PriorityWeights()


@cache
def load_desk_settings() -> DeskSettings:
    """The desk's settings. Raises: SettingsError for a file that is missing, not YAML, or holds a wrong
    value.
    """
    return load_server_settings(DeskSettings, config_path("review.yaml"))
