"""Tables that gzip compressed, such as the large copies of a release."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import SourceError, UprError
from pipeline.store.files import explain

SUFFIX = ".gz"
_MOST = 100
"""How many times its size a file may unpack to. Tables of this project unpack to some 10 times theirs; what
was made to fill a disk, to 1,000 times."""
_AT_ONCE = 1_000_000


def inner_suffix(path: Path) -> str:
    """The ending that says what kind of table a file is: `.csv` of `rows.csv.gz` and of `rows.csv`.

    >>> inner_suffix(Path("rows.CSV.gz")), inner_suffix(Path("rows.csv")), inner_suffix(Path("rows.gz"))
    ('.csv', '.csv', '')
    """
    return Path(path.stem).suffix.lower() if path.suffix.lower() == SUFFIX else path.suffix.lower()


@contextmanager
def plain(path: Path) -> Iterator[Path]:
    """The file, or an unpacked copy of one that ends in `.gz`, under its name without this ending.

    The copy is gone afterwards; what is wrong with it is told of the file that was named.

    Raises: SourceError where it is no such file, or unpacks to more than `_MOST` times its size; StoreError.
    """
    if path.suffix.lower() != SUFFIX:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="upr-unpacked-") as folder:
        copy = Path(folder) / path.stem
        _unpack(path, copy)
        try:
            yield copy
        except UprError as error:
            if str(copy) not in error.where:
                raise
            raise type(error)(error.where.replace(str(copy), str(path)), error.what, error.todo) from error


def _unpack(path: Path, copy: Path) -> None:
    left = max(path.stat().st_size, 1_000) * _MOST
    try:
        with gzip.open(path) as packed, copy.open("wb") as file:
            while block := packed.read(_AT_ONCE):
                left -= len(block)
                if left < 0:
                    raise SourceError(
                        str(path),
                        f"unpacks to more than {_MOST} times its size.",
                        "Unpack it yourself if you trust it, and name the file that was in it.",
                    )
                file.write(block)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(
            str(path), f"cannot be unpacked ({error}).", "Fetch it again, or unpack it yourself."
        ) from error
    except OSError as error:
        raise explain(path, error) from error
