"""Who may see and do what: roles, the trust's policy, and the one question `authorise` that every door asks."""

from data.access.authorise import Action, NotForThisReader, Thing, authorise, how_seen, may, operator
from data.access.policy import Policy, PolicyError, load_policy, shipped_policy
from data.access.roles import Audience, Reach, Reader, Role
from data.access.suppression import Seen

__all__ = [
    "Action",
    "Audience",
    "NotForThisReader",
    "Policy",
    "PolicyError",
    "Reach",
    "Reader",
    "Role",
    "Seen",
    "Thing",
    "authorise",
    "how_seen",
    "load_policy",
    "may",
    "operator",
    "shipped_policy",
]
