"""A pack for one audience, put together: its pages, its figures, and where it comes from."""

import hashlib
import zlib
from dataclasses import replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from data.access import Reader, Role
from data.branding import Branding
from data.config import CODE_VERSION, Home
from data.store import Store
from metrics.measure import Goal, Kind
from pages.reports.pack import first, goals, ward
from pages.reports.pack import wording as said
from pages.reports.pack.model import Cell, Pack, Page, Table, content_hash
from pages.reports.pack.provenance import Provenance
from pages.reports.pack.request import PUBLIC, WARD, Answered, Request, answer
from pages.reports.pack.series import series
from pages.shared.analysis import Reading

FORMS = Path(__file__).resolve().parents[1] / "forms"
DEFAULT_RULES = "mdc"
CHARTS = FORMS.parents[1] / "charts"


def make(home: Home, request: Request, template: Path | None = None) -> tuple[Pack, Provenance]:
    """The pack that was asked for. Raises StoreError, and NotSafe for a public one that would give a hidden count away."""
    return assemble(answer(home, request), template)


def assemble(asked: Answered, template: Path | None = None) -> tuple[Pack, Provenance]:
    """The pack of figures that are open already."""
    kind = asked.audience.partition(":")[0]
    if kind == PUBLIC:
        from pages.reports.public.pack import public_pages  # it needs the auditor, which no other pack does

        pages, figures = public_pages(asked)
        rules = {DEFAULT_RULES}  # of each chart with counts large enough for its state to be told
    else:
        codes = [asked.unit.code, *(code for code, _ in places(asked) if kind != WARD)]
        readings = _in_order(asked, codes)
        pages = ward.pages(asked) if kind == WARD else _board(asked)
        figures = tuple(series(r) for r in readings)
        rules = {r.chart.rules for r in readings if r.chart is not None}
    pack = Pack(
        pages[0].title,
        said.up_to(asked.month),
        asked.trust,
        asked.store.branding.accent,
        asked.store.branding.help_line,
        asked.store.home.is_sample,
        pages,
        figures,
        _made_of(asked, rules),
    )
    return _stamped(asked, pack, code_of_forms(template))


def _stamped(asked: Answered, pack: Pack, forms: str) -> tuple[Pack, Provenance]:
    """The hash is of all that stands above it; its own line is added last."""
    content = content_hash(pack)
    table = replace(pack.made_of, rows=(*pack.made_of.rows, (Cell(said.CONTENT), Cell(content))))
    found = Provenance(
        asked.audience,
        str(asked.month),
        str(asked.built_on),
        asked.version,
        asked.known_at,
        asked.edition.decision_id if asked.edition else 0,
        asked.request.orientation,
        CODE_VERSION,
        asked.store.catalogue_hash,
        asked.store.policy.hash,
        _hash_of_branding(asked.store.branding),
        forms,
        content,
    )
    return replace(pack, made_of=table), found


def _hash_of_branding(branding: Branding) -> str:
    """Of what the trust states of itself; a path of its picture is of one machine, and no pack shows it."""
    return hashlib.sha256(repr(replace(branding, logo=None)).encode()).hexdigest()[:16]


def _board(asked: Answered) -> tuple[Page, ...]:
    """The whole trust, or a division with its wards."""
    mine = [r for r in _in_order(asked, [asked.unit.code]) if r.measure.kind is not Kind.DEATH]
    headlines = [r for r in mine if r.measure.headline]
    parts, ideas = places(asked), goals.ideas_below(asked)
    below = _in_order(asked, [asked.unit.code, *(code for code, _ in parts)])
    rest = [r for r in mine if not r.measure.headline]
    pages = [
        first.cover(asked),
        first.summary(below, headlines),
        first.harm(asked),
        first.glance(asked, headlines, parts),
        first.grid(asked, mine),
        *(goals.goal_page(asked, reading, parts, ideas) for reading in headlines),
        *goals.others(asked, rest),
        goals.quality(asked, mine),
        methods_page(),
    ]
    return tuple(page for page in pages if page is not None)


def places(asked: Answered) -> list[tuple[str, str]]:
    """The parts that a unit is shown by: divisions of the trust, wards and teams of a division; open ones, by name."""
    tree = asked.analysis.panel.tree
    level = ("division",) if asked.unit.level == "trust" else ("ward", "team")
    below = set(tree.below(asked.unit.code))
    found = [u for u in tree.units if u.level in level and u.code in below and u.closed is None]
    return [(u.code, u.name) for u in sorted(found, key=lambda u: u.name)]


def _in_order(asked: Answered, codes: list[str]) -> list[Reading]:
    """The readings of these units: goal by goal, as the catalogue has them."""
    order = list(Goal)
    measures = sorted(asked.store.catalogue.values(), key=lambda m: order.index(m.goal))
    found = (asked.analysis.get(m.id, code) for m in measures for code in codes)
    return [r for r in found if r is not None]


def methods_page() -> Page:
    return Page("methods", said.PARTS["figures"], said.METHODS, "text", said.METHODS_TEXT)


def _made_of(asked: Answered, rules: set[str]) -> Table:
    """What the last page says of the pack itself."""
    rows = {
        "Figures": said.position_line(asked.version, asked.known_at, asked.built_on),
        "Edition": said.edition_line(asked.edition, public=asked.audience == PUBLIC),
        "Loads": _loads(asked),
        "Rule set": said.rule_sets(rules),
        "Measures": asked.store.catalogue_hash,
        "Who may see what": said.policy_line(asked.store.policy),
        "Code": f"Zero Harm {CODE_VERSION}",
        "For": said.AUDIENCES[asked.audience.partition(":")[0]],
    }
    return Table(said.SOURCE, said.SOURCE_HEADS, tuple((Cell(key), Cell(text)) for key, text in rows.items()))


def _loads(asked: Answered) -> str:
    """The numbers of the loads in force: no figure is in them, so that every audience is told."""
    return _load_numbers(asked.store, asked.store.key, asked.as_known_at)


@lru_cache(maxsize=4)
def _load_numbers(store: Store, key: str, known_at: int | None) -> str:  # noqa: ARG001 (the key says which content)
    frame = store.loads(Reader(Role.BOARD_MEMBER), known_at)
    return said.load_numbers(sorted(int(n) for n in frame.loc[frame["withdrawn_by"].isna(), "load_id"]))


def code_of_forms(template: Path | None = None) -> str:
    """Of all that gives a pack its forms, with the trust's own template: another one sets the same content otherwise."""
    own = template.read_bytes() if template is not None else b""
    return hashlib.sha256(_shipped_forms() + own).hexdigest()[:16]


@cache
def _shipped_forms() -> bytes:
    shipped = (*FORMS.glob("*.py"), *FORMS.glob("*.typ"), *CHARTS.glob("*.py"), *CHARTS.glob("fonts/*.ttf"))
    parts = [path.read_bytes() for path in sorted(shipped)]
    parts += [f"{name} {version(name)}".encode() for name in ("typst", "python-pptx", "xlsxwriter", "resvg-py", "lxml")]
    parts.append(f"zlib {zlib.ZLIB_RUNTIME_VERSION}".encode())  # another one packs the same content into other bytes
    return b"".join(parts)
