"""Whether a tracking server answers: asked without MLflow, whose import alone takes seconds."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.request

from pipeline.errors import SettingsError

_SECONDS = 5.0
"""Of waiting for the first answer."""


def is_server(uri: str) -> bool:
    """Whether a tracking URI is the address of a server, and no database."""
    return uri.startswith(("http:", "https:"))


def check_answers(uri: str) -> None:
    """Ask a server once whether it is there; a URI of any other kind is not asked.

    What the server answers does not matter: what is wrong with an answer, MLflow says better.

    Raises: SettingsError if nothing answers.
    """
    if not is_server(uri):
        return
    request = urllib.request.Request(f"{without_password(uri).rstrip('/')}/health")  # noqa: S310 - http or https
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError:
        return
    except urllib.error.URLError as error:
        # A certificate that this Python does not trust may be trusted by MLflow's own settings.
        if isinstance(error.reason, ssl.SSLError):
            return
        raise no_answer(uri) from error
    except OSError as error:
        raise no_answer(uri) from error
    except ValueError as error:
        raise SettingsError(
            f"MLflow at {without_password(uri)}",
            "this is no address of a server.",
            "Correct tracking_uri in configs/settings.yaml or MLFLOW_TRACKING_URI.",
        ) from error


def no_answer(uri: str) -> SettingsError:
    """The error for a server that does not answer."""
    return SettingsError(
        f"MLflow at {without_password(uri)}",
        "the tracking server does not answer.",
        "Start it, or correct tracking_uri in configs/settings.yaml or MLFLOW_TRACKING_URI. "
        "With --model shipped texts are labelled without it.",
    )


def without_password(text: str) -> str:
    """A text without user and password of an address.

    >>> without_password("http://amina:secret@mlflow.example:5000")
    'http://mlflow.example:5000'
    """
    return re.sub(r"//[^/@\s]*@", "//", text)
