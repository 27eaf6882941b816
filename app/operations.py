"""A view in, the same view with its query read, checked and described out.

`operation` keeps beside each view what it understands and what it answers; `app.openapi` writes the interface document
from that, so the document cannot say anything else than the code does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, Literal

from flask import Flask, Response, request

from app import params
from app.params import Parameter
from geo.errors import NotFound
from geo.features import COLLECTIONS, Collection

View = Callable[..., Response]
ParametersOf = Callable[[Collection], tuple[Parameter, ...]]
JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
CSV: Final = "text/csv"
HTML: Final = "text/html"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA: Final = "application/schema+json"
FORMATS: Final = {
    "json": JSON,
    "geojson": GEOJSON,
    "csv": CSV,
    "html": HTML,
    "openapi": OPENAPI,
    "schema": SCHEMA,
    "geojsons": "application/geo+json-seq",
    "gpkg": "application/geopackage+sqlite3",
    "fgb": "application/vnd.flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
    "kml": "application/vnd.google-earth.kml+xml",
}
"""Values of `f`, and the media type that each stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one address understands and answers."""

    summary: str
    parameters: tuple[Parameter, ...]
    formats: tuple[str, ...]
    schema: str
    """Name of the schema of the answer in the interface document; `{}` in it stands for the collection's own."""
    of: ParametersOf | None = None
    """The parameters that a collection adds, where the address is one of a collection."""
    method: Literal["get", "post"] = "get"
    body: Mapping[str, Any] | None = None
    """The body that it takes, as OpenAPI describes one."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Statuses that other operations do not answer, and what they mean."""

    def parameters_of(self, collection: Collection | None) -> tuple[Parameter, ...]:
        """Return every parameter, for an address of a collection with its own."""
        own = self.of(collection) if self.of and collection else ()
        return (*own, *self.parameters)


def no_parameters(_collection: Collection) -> tuple[Parameter, ...]:
    """Return nothing: the collection adds no parameters."""
    return ()


def operation(
    summary: str,
    *parameters: Parameter,
    formats: tuple[str, ...] = ("json",),
    schema: str,
    of: ParametersOf | None = None,
    **further: Any,
) -> Callable[[View], View]:
    """Decorate a view that is called with `asked`: the values of its parameters, by name; `further` is for `Operation`.

    `f` and `lang` are understood everywhere. `asked["f"]` is always set: from the query, else from the Accept header,
    else the first of `formats`. An address of a collection (`of`) is called with `collection`, which is there.
    """
    described = Operation(
        summary=summary,
        parameters=(*parameters, params.format_parameter(*formats), params.LANG),
        formats=formats,
        schema=schema,
        of=of,
        **further,
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**path: Any) -> Response:
            collection = None
            if of is not None:
                collection = path["collection"] = _collection(path.pop("collection_id"))
            asked = params.read(request.args, described.parameters_of(collection))
            asked.setdefault("f", _accepted(formats))
            return view(asked, **path)

        answer.operation = described  # type: ignore[attr-defined]
        return answer

    return decorate


def operations(app: Flask) -> dict[str, Operation]:
    """Return the described operations of an application, by the rule of their address."""
    views = ((rule.rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules())
    found = ((rule, getattr(view, "operation", None)) for rule, view in views)
    return {rule: described for rule, described in sorted(found, key=lambda f: f[0]) if described is not None}


def _collection(collection_id: str) -> Collection:
    found = COLLECTIONS.get(collection_id)
    if found is None:
        raise NotFound(f"there is no collection {collection_id[:60]!r}; there are {', '.join(COLLECTIONS)}")
    return found


def _accepted(formats: tuple[str, ...]) -> str:
    """Return the format that the Accept header asks for; plain JSON is any kind of it."""
    media = {FORMATS[name]: name for name in formats}
    media.setdefault(JSON, formats[0])
    wanted = request.accept_mimetypes
    best = wanted.best_match(list(media)) if wanted else None
    return media[best] if best else formats[0]
