"""The Easy read page as a PDF that anybody can listen to (PDF/UA-1): A4, tagged, with its own font, the same bytes each time."""

import json
from pathlib import Path
from typing import Any

from pages.charts.easy_pictures import picture_svg
from pages.charts.png import FONT
from pages.shared.easy.content import Block, EasyRead
from pages.shared.wording import easy as said

TEMPLATE = Path(__file__).with_name("easy.typ")


def easy_pdf(easy: EasyRead) -> bytes:
    """The document. What it says goes to the template as data (`sys.inputs`), never into its source."""
    import typst  # eighty megabytes that only this file needs

    made = typst.compile(
        TEMPLATE.read_bytes(),  # and not its path: there is no folder from which it could read anything
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT.parent)]),
        sys_inputs={"easy": json.dumps(_told(easy))},
        pdf_standards=["ua-1"],
    )
    return bytes(made)


def _told(easy: EasyRead) -> dict[str, Any]:
    return {
        "title": easy.title,
        "trust": easy.trust,
        "heading": said.TITLE,
        "warning": _block(easy.warning),
        "goals": [_block(each) for each in easy.goals],
        "end": [_block(each) for each in easy.end],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"picture": picture_svg(block.picture), "says": block.says, "told": block.told}
