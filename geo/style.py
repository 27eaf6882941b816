"""An event type in, its symbol, colour and label out: one table for the web map, its legend and the print.

Symbols are told apart by shape and by colour. The colours keep a contrast of at least 3:1 on white and stay apart for
readers with protanopia and deuteranopia (a test simulates both).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from geo.errors import InvalidInput
from geo.model import DEPLOYMENT_TYPES, INCIDENT_TYPES, Kind

Vertices = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Event types that share a symbol."""

    name: str
    kind: Kind
    label: str
    """In English: the message id of its translations."""
    event_types: tuple[str, ...]
    colour: str
    """Fill, as #rrggbb."""
    vertices: Vertices
    """Outline of the symbol, closed by the reader, in a square from -1 to 1 with y upwards."""
    dash: str = ""
    """Pattern of its share in the ring of a counted symbol, as SVG's `stroke-dasharray` in pixels; empty: unbroken."""

    def svg_path(self, radius: float = 8.0) -> str:
        """Return the outline as SVG path data around 0,0 with y downwards, `radius` in SVG units."""
        points = " L".join(f"{x * radius:.2f} {-y * radius:.2f}" for x, y in self.vertices)
        return f"M{points}Z"


def _ring(corners: int, *, radius: float = 1.0, start_deg: float = 90.0) -> Vertices:
    """Return a regular polygon."""
    angles = (math.radians(start_deg + 360 * i / corners) for i in range(corners))
    return tuple((round(radius * math.cos(a), 4), round(radius * math.sin(a), 4)) for a in angles)


def _star(points: int, *, inner: float) -> Vertices:
    """Return a star whose first point looks up."""
    outer_ring, inner_ring = _ring(points), _ring(points, radius=inner, start_deg=90 + 180 / points)
    return tuple(vertex for pair in zip(outer_ring, inner_ring, strict=True) for vertex in pair)


def _cross(arm: float) -> Vertices:
    """Return a saltire whose arms are `arm` thick from the axis."""
    plus = ((arm, 1), (arm, arm), (1, arm), (1, -arm), (arm, -arm), (arm, -1))
    whole = plus + tuple((-x, -y) for x, y in plus)
    turn = math.sqrt(0.5)
    return tuple((round((x - y) * turn, 4), round((x + y) * turn, 4)) for x, y in whole)


_ARROW: Final[Vertices] = ((-0.95, 0.8), (0.2, 0.8), (1.05, 0.0), (0.2, -0.8), (-0.95, -0.8), (-0.3, 0.0))

FAMILIES: Final = (
    Family(
        name="armed_violence",
        kind="incident",
        label="Shooting, attack, armed clash",
        event_types=("armed_clash", "shooting", "attack", "killing"),
        colour="#9e1030",
        vertices=_star(5, inner=0.44),
    ),
    Family(
        name="explosion",
        kind="incident",
        label="Explosion, grenade, mine",
        event_types=("explosion", "grenade_attack", "landmine"),
        colour="#c94a12",
        vertices=_star(8, inner=0.62),
        dash="5 1.5",
    ),
    Family(
        name="police_action",
        kind="incident",
        label="Raid, arrest, detention, seizure",
        event_types=("raid", "arrest", "abduction_or_detention", "weapons_seizure"),
        colour="#2a5bbf",
        vertices=_ring(36, radius=0.88),
        dash="1.2 1.2",
    ),
    Family(
        name="unrest",
        kind="incident",
        label="Protest, riot, stone-throwing",
        event_types=("protest", "riot", "stone_throwing"),
        colour="#bb8220",
        vertices=((0.0, 1.0), (0.95, -0.72), (-0.95, -0.72)),
        dash="2.5 2",
    ),
    Family(
        name="closure",
        kind="incident",
        label="Road block, border closure",
        event_types=("road_block", "border_closure"),
        colour="#0c1a2a",
        vertices=_cross(0.36),
    ),
    Family(
        name="damage",
        kind="incident",
        label="Arson, damage to property",
        event_types=("arson", "property_destruction"),
        colour="#9a4793",
        vertices=((0.0, -1.0), (0.95, 0.72), (-0.95, 0.72)),
        dash="5 1.5 1 1.5",
    ),
    Family(
        name="threat_other",
        kind="incident",
        label="Threat, other",
        event_types=("threat", "other"),
        colour="#8e7e79",
        vertices=_ring(4),
        dash="1 2.4",
    ),
    Family(
        name="forces_in_place",
        kind="deployment",
        label="Forces in place",
        event_types=("base", "force_strength", "unit_deployment", "patrol", "exercise"),
        colour="#33595c",
        vertices=_ring(4, radius=1.13, start_deg=45),
        dash="8 2",
    ),
    Family(
        name="forces_moving",
        kind="deployment",
        label="Forces arriving, changing over, leaving",
        event_types=("reinforcement", "rotation", "transfer_of_authority", "withdrawal"),
        colour="#3a97b0",
        vertices=_ARROW,
        dash="3 1",
    ),
)
FAMILY_OF: Final = {event_type: family for family in FAMILIES for event_type in family.event_types}
"""Every event type of both kinds; no name occurs in two kinds."""

LABELS: Final = {
    "armed_clash": "Armed clash",
    "shooting": "Shooting",
    "attack": "Attack",
    "killing": "Killing",
    "explosion": "Explosion",
    "grenade_attack": "Grenade attack",
    "landmine": "Landmine",
    "abduction_or_detention": "Abduction or detention",
    "arrest": "Arrest",
    "raid": "Raid",
    "weapons_seizure": "Weapons seizure",
    "road_block": "Road block",
    "border_closure": "Border closure",
    "protest": "Protest",
    "riot": "Riot",
    "stone_throwing": "Stone-throwing",
    "arson": "Arson",
    "property_destruction": "Damage to property",
    "threat": "Threat",
    "other": "Other incident",
    "reinforcement": "Reinforcement",
    "rotation": "Rotation",
    "transfer_of_authority": "Transfer of authority",
    "unit_deployment": "Unit deployed",
    "base": "Base",
    "force_strength": "Strength of a force",
    "patrol": "Patrol",
    "exercise": "Exercise",
    "withdrawal": "Withdrawal",
}
"""Words for each event type, in English: the message ids of their translations."""

LAND: Final = "#eceae4"
KOSOVO_LAND: Final = "#fffefb"
AREA_SHADE: Final = "#7a5c2e"
LINE: Final = "#1d2226"
OUTLINE: Final = "#ffffff"
"""Drawn around every symbol, so that symbols that touch stay apart."""


def family(event_type: str) -> Family:
    """Return the family of an event type.

    Raises
    ------
    InvalidInput
        There is no such type.
    """
    if event_type not in FAMILY_OF:
        raise InvalidInput(f"event_type: {event_type!r} is not one of {', '.join(INCIDENT_TYPES + DEPLOYMENT_TYPES)}")
    return FAMILY_OF[event_type]


def label(event_type: str, *, translate: Callable[[str], str] = str) -> str:
    """Return the words for an event type, translated."""
    family(event_type)
    return translate(LABELS[event_type])
