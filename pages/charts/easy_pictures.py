"""The pictures of the Easy read page, drawn by us: one idea each, which the words beside them say as well."""

from collections.abc import Callable

from pages.charts.easy_shapes import LIGHT, Tones, bubble, heart, person, rect, stroke

SIDE = 120


def picture_svg(name: str, tones: Tones = LIGHT) -> str:
    """The picture as an SVG document without words."""
    tile = f"<rect width='{SIDE}' height='{SIDE}' rx='26' fill='{tones.tile}'/>"
    size = f"viewBox='0 0 {SIDE} {SIDE}' width='{SIDE}' height='{SIDE}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size} aria-hidden='true'>{tile}{PICTURES[name](tones)}</svg>"


def _pause(t: Tones) -> str:
    return (
        f"<circle cx='60' cy='60' r='34' fill='{t.light}' stroke='{t.line}' stroke-width='5'/>"
        f"{rect(47, 44, 9, 32, t.warm, 3)}{rect(64, 44, 9, 32, t.warm, 3)}"
    )


def _two_people(t: Tones) -> str:
    return person(40, 96, t.soft) + person(80, 96, t.line) + heart(60, 27, t.warm, 0.95)


def _candle(t: Tones) -> str:
    return (
        f"<circle cx='60' cy='38' r='25' fill='{t.warm}' opacity='.22'/>"
        f"<path d='M60 18c9 10 12 15 12 21a12 12 0 0 1-24 0c0-6 3-11 12-21z' fill='{t.warm}'/>"
        f"{rect(48, 57, 24, 38, t.soft, 4)}{stroke('M60 50v7', t.line, 3)}"
        f"{stroke('M36 97h48', t.line, 5)}"
    )


def _talking(t: Tones) -> str:
    return (
        person(36, 102, t.soft)
        + person(84, 102, t.line)
        + bubble(16, 16, t.light, t.soft, "M30 40v9l8-9z")
        + bubble(64, 16, t.light, t.line, "M90 40v9l-8-9z")
        + stroke("M24 28h20M72 28h20", t.warm, 4)
    )


def _walking(t: Tones) -> str:
    return (
        f"<circle cx='54' cy='29' r='11' fill='{t.line}'/>"
        f"{stroke('M54 46v24M54 70l-13 25M54 70l13 25', t.line, 9)}{stroke('M54 50l22 11', t.line, 7)}"
        f"{stroke('M79 55q-8-1-8 7M79 56v39', t.warm, 5)}{stroke('M26 100h68', t.soft, 4)}"
    )


def _medicine(t: Tones) -> str:
    return (
        f"{rect(31, 40, 40, 58, t.light, 8)}{rect(35, 24, 32, 14, t.line, 5)}{rect(31, 56, 40, 26, t.soft, 0)}"
        f"{stroke('M42 69l7 7 12-14', t.light, 5)}"
        f"<g transform='rotate(35 84 84)'>{rect(74, 66, 20, 36, t.warm, 10)}"
        f"<path d='M74 84h20v8a10 10 0 0 1-20 0z' fill='{t.line}'/></g>"
    )


def _mended(t: Tones) -> str:
    dots = "".join(f"<circle cx='{x}' cy='{y}' r='1.8' fill='{t.line}'/>" for x in (56, 64) for y in (60, 68))
    return (
        f"{heart(60, 64, t.soft, 3)}<g transform='rotate(-30 60 64)'>{rect(28, 53, 64, 22, t.light, 11)}"
        f"{rect(49, 53, 22, 22, t.warm, 0)}{dots}</g>"
    )


def _shield(t: Tones) -> str:
    return (
        f"<path d='M60 14l36 12v28c0 25-15 42-36 52-21-10-36-27-36-52V26z' fill='{t.light}' stroke='{t.line}'"
        f" stroke-width='5' stroke-linejoin='round'/>{person(60, 84, t.soft, 0.95)}"
    )


def _open_door(t: Tones) -> str:
    return (
        f"{rect(34, 20, 52, 78, t.line, 4)}{rect(40, 26, 40, 72, t.warm, 0)}"
        f"<path d='M40 26l24 9v70l-24-7z' fill='{t.light}' stroke='{t.line}' stroke-width='3' stroke-linejoin='round'/>"
        f"<circle cx='58' cy='68' r='2.6' fill='{t.line}'/>{stroke('M20 99h20M80 99h20', t.soft, 4)}"
    )


def _sun_and_cloud(t: Tones) -> str:
    rays = "M72 14v9M101 43h-9M51 22l6 6M93 22l-6 6M93 64l-6-6"
    return (
        f"<circle cx='72' cy='43' r='16' fill='{t.warm}'/>{stroke(rays, t.warm, 5)}"
        f"<path d='M36 92a17 17 0 0 1-2-33.9a23 23 0 0 1 44-3.6a19 19 0 0 1 3 37.5z' fill='{t.light}'"
        f" stroke='{t.soft}' stroke-width='5' stroke-linejoin='round'/>"
    )


def _six_checks(t: Tones) -> str:
    ticks = "".join(f"M{x} {y}l5 5 8-10" for x in (39, 65) for y in (50, 68, 86))
    return f"{rect(28, 22, 64, 80, t.light, 8)}{rect(45, 15, 30, 16, t.soft, 6)}{stroke(ticks, t.line, 5)}"


def _scales(t: Tones) -> str:
    pans = "".join(f"<path d='M{x} 66h32a16 16 0 0 1-32 0z' fill='{t.warm}'/>" for x in (16, 72))
    ropes = "M32 38l-13 28M32 38l13 28M88 38l-13 28M88 38l13 28"
    return f"{stroke('M60 28v68M42 98h36', t.line, 6)}{stroke('M32 38h56', t.line, 6)}{stroke(ropes, t.soft, 3)}{pans}"


def _plan(t: Tones) -> str:
    return (
        f"{rect(24, 28, 72, 70, t.light, 8)}<path d='M32 28h56a8 8 0 0 1 8 8v12H24V36a8 8 0 0 1 8-8z' fill='{t.soft}'/>"
        f"{stroke('M42 20v14M78 20v14', t.line, 6)}{stroke('M44 73l11 11 21-24', t.warm, 8)}"
    )


def _checked(t: Tones) -> str:
    return (
        f"{rect(28, 18, 54, 76, t.light, 6)}{stroke('M39 36h32M39 49h32M39 62h18', t.soft, 5)}"
        f"<circle cx='80' cy='83' r='20' fill='{t.line}'/>{stroke('M71 83l7 7 12-14', t.light, 5)}"
    )


def _telephone(t: Tones) -> str:
    return (
        f"{rect(24, 30, 42, 74, t.line, 9)}{rect(30, 40, 30, 48, t.light, 2)}<circle cx='45' cy='96' r='3.5' fill='{t.light}'/>"
        f"{bubble(56, 14, t.warm, t.warm, 'M64 40v12l12-12z', 46, 32)}{heart(79, 31, t.line, 0.85)}"
    )


def _pencil(t: Tones) -> str:
    return (
        f"{rect(24, 20, 58, 80, t.light, 6)}{stroke('M36 40h32M36 56h20', t.soft, 5)}"
        f"<g transform='rotate(40 78 70)'>{rect(70, 36, 16, 52, t.warm, 2)}<path d='M70 88h16l-8 16z' fill='{t.line}'/>"
        f"{rect(70, 32, 16, 10, t.line, 3)}</g>"
    )


# By goal, and by what the beginning and the end are about.
PICTURES: dict[str, Callable[[Tones], str]] = {
    "pause": _pause,
    "zero_suicide": _two_people,
    "candle": _candle,
    "no_force_first": _talking,
    "falls": _walking,
    "medication": _medicine,
    "self_harm": _mended,
    "assaults": _shield,
    "segregation": _open_door,
    "depression": _sun_and_cloud,
    "physical_health": _six_checks,
    "just_culture": _scales,
    "basics": _plan,
    "checked": _checked,
    "help": _telephone,
    "draft": _pencil,
}
