"""The accessibility statement, as the regulations of 2018 ask for one. The trust that runs the dashboard puts its contact in."""

LEAD = (
    "This dashboard is meant to be used by everybody who works with it and for whom it is made: with a keyboard, with a screen "
    "reader, on a telephone, at four times the size, in the dark, and on paper."
)
# Heading -> what stands below it, a line each.
PARTS: dict[str, tuple[str, ...]] = {
    "What you can do": (
        "Reach every link, box and button by the keyboard; what has the focus is outlined in yellow.",
        "Read every picture as a sentence and as a table. No meaning is told by colour alone: each has a shape and a word.",
        "Enlarge the text to 400 %, or use a screen of 320 pixels: the page scrolls in one direction, wide tables within "
        "themselves.",
        "Choose light or dark in your browser or system. Nothing moves, and nothing has a time limit but the session: eight "
        "hours.",
        "Print the Goals page on one sheet and a ward's page on two.",
        "Read the figures in easy words on the page Easy read.",
    ),
    "How far it conforms": (
        "It is partly conformant with the Web Content Accessibility Guidelines, version 2.2, level AA, because of the exceptions "
        "below and because not all of it has been tried by people.",
    ),
    "What does not conform yet": (
        "The box into which files are dropped on the Upload page is announced with a role that it does not keep (4.1.2). The "
        "button inside it works with the keyboard. It is part of Streamlit, on which the dashboard is built.",
        "Some tables that can be sorted are drawn as a picture with a hidden copy for screen readers; the copy has empty cells "
        "in its head (1.3.1). The same figures can be downloaded as a file by those who may.",
        "The large chart of the Measure page can be explored with a pointer only; its table and its sentences say the same.",
    ),
    "How it was tried": (
        "With axe-core 4.12 on every page, in light and dark, at every change of the software: no finding but the exceptions "
        "above. Reflow at 320 pixels, focus and print are tried in the same way.",
        "Not yet tried: screen readers (NVDA, JAWS, VoiceOver), speech, switches, and people who use them. Automatic tests find "
        "less than half of what can be wrong.",
    ),
    "Tell us": (
        "If something cannot be used, tell those who run the dashboard in your trust: they can give you the figures in another "
        "form, and pass on what is wrong. You should have an answer within two weeks.",
        "If you are not content with the answer, the Equality Advisory and Support Service (EASS) advises you.",
    ),
}
PREPARED = "Prepared on 22 November 2026, by those who make the dashboard, from tests of their own."
