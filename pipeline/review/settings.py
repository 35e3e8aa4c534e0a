"""Settings of the desk, configs/review.yaml, checked when read."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentFault

from pipeline.errors import SettingsError
from pipeline.options import Share
from pipeline.store.vocabularies import config_path, read_yaml


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LoginRules(_Section):
    """How many wrong passwords are borne, within a window."""

    failures_per_name: int = Field(default=5, ge=1)
    failures_per_address: int = Field(default=30, ge=1)
    window_minutes: float = Field(default=15, gt=0)


class HttpSettings(_Section):
    """How the desk is reached.

    Attributes:
        trusted_proxies: addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
        secure_cookies: mark cookies Secure on plain http, too; on https they always are.
        hsts_days: days for which browsers are told to use https only; 0 for not at all.
    """

    trusted_proxies: tuple[str, ...] = ()
    secure_cookies: bool = False
    hsts_days: int = Field(default=0, ge=0, le=730)


class PriorityWeights(_Section):
    """Weights of the parts of an item's value of looking; see `pipeline.review.intake.priority`."""

    uncertainty: float = Field(default=1.0, ge=0)
    tag_uncertainty: float = Field(default=0.5, ge=0)
    disagreement: float = Field(default=0.6, ge=0)
    rarity: float = Field(default=0.3, ge=0)
    novelty: float = Field(default=0.4, ge=0)
    copies: float = Field(default=0.2, ge=0)


class DeskSettings(BaseSettings):
    """Everything that can be set about the desk: by configs/review.yaml, or by the environment, which has
    precedence: `UPR_REVIEW_` and the name in capitals, `UPR_REVIEW_HTTP__HSTS_DAYS` for a part of a part.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="UPR_REVIEW_", env_nested_delimiter="__"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, and nothing else."""
        return env_settings, init_settings

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
    path = config_path("review.yaml")
    try:
        return DeskSettings(**read_yaml(path))
    except EnvironmentFault as error:
        todo = "Write lists as JSON: UPR_REVIEW_HTTP__TRUSTED_PROXIES='[\"127.0.0.1\"]'."
        raise SettingsError("environment", f"{error}.", todo) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = f"{path} (or UPR_REVIEW_{place.replace('.', '__').upper()}), {place}"
        raise SettingsError(where, f"{first['msg']}.", "Correct the value.") from error
