"""The name of a joint file in, the shipped files that it joins out: a page asks once in place of four times.

A style sheet holds the small pictures that it names as data, so that they need no request either.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from geo.maps import shell

STATIC: Final = Path(__file__).with_name("static")
MAP_STYLES: Final = "joint/map.css"
MAP_SCRIPTS: Final = "joint/map.js"
JOINT: Final = (MAP_STYLES, MAP_SCRIPTS)
_URL: Final = re.compile(r"url\((?P<quote>[\"']?)(?P<path>[\w./-]+)(?P=quote)\)")


@cache
def joined(name: str) -> str:
    """Return the text of a joint file; what Folium's page needs stands before what is ours."""
    if name == MAP_STYLES:
        paths = (*(f"vendor/{path}" for path in shell().styles), "css/map.css", "css/page.css")
        return "\n".join(sheet(path) for path in paths)
    return "\n;\n".join((STATIC / "vendor" / path).read_text("utf-8") for path in shell().scripts)


def sheet(path: str) -> str:
    """Return a style sheet below `static`, the pictures that it names as data."""
    file = STATIC / path
    return _URL.sub(lambda found: f'url("{_data_address(file.parent / found["path"])}")', file.read_text("utf-8"))


def _data_address(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{quote(kind, safe='/+')};base64,{base64.b64encode(path.read_bytes()).decode()}"
