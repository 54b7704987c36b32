"""What the tour of the sample says."""

STEPS = (
    (
        "People first, then what changed",
        "This page answers one question: are we getting nearer to zero harm, and how sure are we? It begins with the people "
        "who were harmed. Below stand the alerts, all of them, and then every goal in one line. Blue and an arrow is better, "
        "orange and a square is worse, grey is no clear change, and dots mean that nobody can tell yet.",
    ),
    (
        "Open any chart",
        "Every name and every icon is a link to its chart: what the chart says in words, since when, how far the goal is, and "
        "what to ask. Ward and Division show the same for a place. The address holds what you chose, so that a link shows "
        "others the same.",
    ),
    (
        "Play a role",
        "The sidebar lets you be a board member, a ward manager or a QI lead. Each sees and may do what is theirs: answer a "
        "signal, record a change idea, load an extract, sign off a version for the board. Nothing here is real.",
    ),
)
NEXT, SKIP, FINISH = "Next", "Skip the tour for good", "Done"


def place(step: int) -> str:
    return f"{step + 1} of {len(STEPS)}."
