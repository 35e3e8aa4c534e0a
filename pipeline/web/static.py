"""Files that browsers may keep for ever."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class UnchangingFiles(StaticFiles):
    """Static files whose address changes with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, or the word that the browser has it."""
        answer = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
