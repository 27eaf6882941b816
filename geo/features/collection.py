"""The collections that are served: for each its fields, its kind of geometry, and what it may be asked.

Collections of events come from the store, the others from layers that ship. All hold one kind of geometry and every
feature has the same fields, as GIS programs expect of a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from geo import cql2
from geo.cql2 import Function, Vocabulary
from geo.geojson import LICENCE
from geo.model import Criteria, Filter, Kind, LonLat
from geo.projections import CRS84_URI, SYSTEMS, ReferenceSystem
from geo.record import FIELDS, Field
from geo.store import filtering
from geo.store.interface import Extent, Page

Shape = Literal["point", "linestring", "multipolygon"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A served collection."""

    id: str
    title: str
    description: str
    shape: Shape
    fields: tuple[Field, ...]
    sortables: tuple[str, ...]
    default_sort: str
    kind: Kind | None = None
    """Of its events; null for a layer that ships."""
    licence: str = "ODbL-1.0"

    @property
    def columns(self) -> tuple[Field, ...]:
        """The few fields that a table for people shows, the identifier first."""
        wanted = _SHOWN if self.kind else tuple(field.name for field in self.fields[:_MOST_SHOWN])
        return tuple(field for field in self.fields if field.name in wanted)

    @property
    def queryables(self) -> Mapping[str, cql2.ValueType]:
        """Every field, and the geometry, with its type in a filter."""
        return filtering.queryables(self.fields)

    def filter(
        self,
        text: str,
        *,
        lang: str = "cql2-text",
        system: ReferenceSystem = SYSTEMS[CRS84_URI],
        find_place: Callable[[str], LonLat] | None = None,
    ) -> Filter:
        """Return the filter over this collection that a text asks for; see `geo.store.filtering.parse`."""
        functions = FUNCTIONS if self.kind else {}
        vocabulary = Vocabulary(self.queryables, functions, system)
        return filtering.parse(text, lang=lang, find_place=find_place, vocabulary=vocabulary)


class Features(Protocol):
    """Where the features of a collection are read; a `Layer` and `Events` both are this."""

    def page(self, criteria: Criteria, *, sort: str, limit: int, cursor: str | None) -> Page:
        """Return one page of the features that match, as `geo.store.Store.page` does."""
        ...

    def get(self, feature_id: str) -> bytes:
        """Return one feature, encoded; `NotFound` where there is none."""
        ...

    def extent(self) -> Extent:
        """Return the extent of all features."""
        ...


FUNCTIONS: Final[Mapping[str, Function]] = filtering.FUNCTIONS
"""What a filter over events may call beside the functions of CQL2."""
_NAMES: Final = (
    Field("name_en", "text", "English name"),
    Field("name_sq", "text", "Albanian name"),
    Field("name_sr_latn", "text", "Serbian name in Latin script"),
    Field("name_sr_cyrl", "text", "Serbian name in Cyrillic script"),
)
_ID: Final = Field("id", "text", "Stable identifier")
_BORDER: Final = (
    Field("border_distance_m", "real", "Geodesic distance to the border line in metres"),
    Field("border_km", "real", "Kilometres along the border line from the north-west tripoint"),
    Field("border_side", "text", "XK, RS, another ISO code, or line for a crossing"),
)
_SHOWN: Final = ("id", "event_type", "title", "date_start", "place_name", "border_distance_m", "border_side")
_MOST_SHOWN: Final = 7
_SORTABLE_OF_EVENTS: Final = ("date_start", "border_distance_m", "fatalities", "updated_at", "id")


def _events(kind: Kind, title: str, description: str) -> Collection:
    return Collection(
        id=f"{kind}s",
        title=title,
        description=description,
        shape="point",
        fields=FIELDS,
        sortables=_SORTABLE_OF_EVENTS,
        default_sort="-date_start",
        kind=kind,
        licence=LICENCE,
    )


def _layer(name: str, title: str, description: str, shape: Shape, *fields: Field) -> Collection:
    return Collection(
        id=name,
        title=title,
        description=description,
        shape=shape,
        fields=(_ID, *fields),
        sortables=tuple(field.name for field in (_ID, *fields)),
        default_sort="id",
    )


_ALL: Final = (
    _events("incident", "Incidents", "Attacks, clashes, protests, arrests and other incidents, each with its sources"),
    _events("deployment", "Deployments", "Movements, bases and strengths of forces, each with its sources"),
    _layer(
        "border-line",
        "Border line",
        "The line that Kosovo and Serbia share, from the Montenegro to the North Macedonia tripoint, in full detail",
        "linestring",
        *_NAMES,
        Field("length_km", "real", "Geodesic length in kilometres"),
        Field("direction", "text", "Which way it is drawn"),
    ),
    _layer(
        "zones",
        "Safety zones of 1999",
        "Ground and air safety zones of the Military Technical Agreement of 1999: historical",
        "multipolygon",
        Field("name_en", "text", "English name"),
        Field("width_m", "real", "Width of the strip in metres"),
        Field("historical", "boolean", "Whether it is no longer in force"),
        Field("area_km2", "real", "Geodesic area in square kilometres"),
        Field("source", "text", "What it rests on"),
    ),
    _layer(
        "boundaries",
        "Boundaries",
        "Kosovo and Serbia in full detail, and their neighbours clipped and simplified for drawing",
        "multipolygon",
        Field("iso", "text", "ISO 3166 code, XK for Kosovo"),
        *_NAMES,
        Field("area_km2", "real", "Geodesic area in square kilometres, of what is drawn"),
        Field("is_clipped", "boolean", "Whether only a part of the country is drawn, simplified"),
    ),
    _layer(
        "crossings",
        "Crossing points",
        "Crossing points of the line at their published positions; none is moved to the line",
        "point",
        *_NAMES,
        Field("municipalities", "text", "Municipalities on both sides"),
        Field("status", "text", "What it is"),
        Field("uncertainty_m", "real", "Radius in metres within which the truth lies"),
        Field("position_basis", "text", "What the position rests on"),
        Field("position_source", "text", "Where the position was read"),
        Field("sources", "text", "What its status rests on"),
        *_BORDER,
    ),
    _layer(
        "places",
        "Places",
        "The places that events are located by; for an area, a point within it",
        "point",
        *_NAMES,
        Field("aliases", "text", "Other names, joined by '; '"),
        Field("kind", "text", "What it is: village, municipality, monastery..."),
        Field("municipality", "text", "Municipality, English name"),
        Field("country", "text", "ISO 3166 code, XK for Kosovo"),
        Field("is_area", "boolean", "Whether it is a region, a municipality or a country"),
        Field("radius_m", "real", "Radius in metres about the point that holds it"),
        Field("population", "integer", "Number of people, where a source says"),
        Field("record", "text", "Record that its position is from"),
        *_BORDER,
    ),
)
COLLECTIONS: Final[Mapping[str, Collection]] = {collection.id: collection for collection in _ALL}
"""Every collection, by id."""
EVENTS: Final = tuple(collection for collection in _ALL if collection.kind)
"""Those of the store."""
