"""zenodo.json: what Zenodo asks of somebody who deposits the newest release to get a DOI.

The fields are those of its deposit metadata (`upload_type`, `creators` and so on), as `PUT
/api/deposit/depositions/ID` takes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pipeline.release.files.origin import UNLICENSED, origin_of

KEYWORDS = ("human rights", "Universal Periodic Review", "United Nations", "recommendations")


def deposit(
    manifest: Mapping[str, Any], creators: Sequence[Mapping[str, str]], address: str, doi: str
) -> dict[str, Any]:
    """The metadata of a release.

    Args:
        manifest: release.json, of a release that is not of invented texts.
        creators: `name` ("Family name, Given names", or an organisation's), and where known `affiliation`
            and `orcid`.
        address: of the release on the web; "" where it has none.
        doi: of all releases together; "" without one.
    """
    origin = origin_of(manifest)
    rights = " ".join(f"{part.capitalize()}: {words}." for part, words in manifest["rights"].items())
    related = [(origin.url, "isDerivedFrom"), (address, "isIdenticalTo"), (doi, "isPartOf")]
    return {
        "metadata": {
            "upload_type": "dataset",
            "title": f"{manifest['title']}, release {manifest['release']}",
            "version": manifest["release"],
            "publication_date": manifest["created"][:10],
            "creators": [dict(creator) for creator in creators],
            "description": f"<p>{escape(origin.description)}</p>",
            "notes": rights,
            "keywords": list(KEYWORDS),
            "language": "eng",
            "related_identifiers": [
                {"identifier": identifier, "relation": relation, "resource_type": "dataset"}
                for identifier, relation in related
                if identifier
            ],
            **_access(manifest["licence"], rights),
        }
    }


def _access(licence: str, rights: str) -> dict[str, str]:
    """Whoever has no licence to grant must not deposit openly."""
    if licence == UNLICENSED:
        return {"access_right": "restricted", "access_conditions": f"No licence is granted. {rights}"}
    return {"access_right": "open", "license": licence}
