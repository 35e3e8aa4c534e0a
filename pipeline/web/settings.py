"""Settings of a server: a file of configs/, and the environment, which has precedence."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentFault

from pipeline.errors import SettingsError
from pipeline.store.vocabularies import read_yaml


class Section(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(BaseSettings):
    """Settings by file or environment: the prefix of the class and the name in capitals, with "__" before a
    part of a part.
    """

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_nested_delimiter="__")

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


_Settings = TypeVar("_Settings", bound=ServerSettings)


def load_server_settings(kind: type[_Settings], path: Path) -> _Settings:
    """Settings from their file and the environment.

    Raises: SettingsError for a file that is missing, not YAML, or holds a wrong value.
    """
    prefix = kind.model_config.get("env_prefix", "")
    try:
        return kind(**read_yaml(path))
    except EnvironmentFault as error:
        todo = f"Write lists as JSON: {prefix}HTTP__TRUSTED_PROXIES='[\"127.0.0.1\"]'."
        raise SettingsError("environment", f"{error}.", todo) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = f"{path} (or {prefix}{place.replace('.', '__').upper()}), {place}"
        raise SettingsError(where, f"{first['msg']}.", "Correct the value.") from error
