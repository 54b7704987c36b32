"""Signing in and out, the role that somebody acts in, and what stands there for whoever may not look."""

import os

import streamlit as st

from data.access import Audience, Reach, Role
from data.sessions import end_everywhere
from pages.shared import context, words
from pages.shared.identity import BEGAN, Standing
from pages.shared.played import ROLES
from pages.shared.trail import note

LOOK_AGAIN = "15s"
DOOR = ("sign in", "sign out")  # the keys of its own buttons


def at_the_door(found: Standing) -> None:
    """The page of somebody who may not look: to sign in, or why not. Nothing of the session before stays."""
    for key in set(st.session_state) - {BEGAN, *DOOR}:
        del st.session_state[key]
    with st.container(width=560):
        st.title(words.SIGN_IN_TITLE)
        st.html(f'<p class="zh-lead">{words.SIGN_IN_LEAD}</p>')
        if found.identity is not None:
            st.warning(words.plain(words.NO_ROLE.format(account=found.identity.account)))
            _leave(found.identity.account)
            return
        if found.why:
            st.warning(found.why)
        if os.environ.get("ZERO_HARM_SIGN_IN") == "proxy":
            st.write(words.PROXY_NOTE)
            return
        if st.button(words.SIGN_IN_BUTTON, type="primary", key="sign in"):
            st.login()
        st.caption(words.SIGN_IN_NOTE)


def sidebar(found: Standing | None) -> None:
    """Who reads, in which role, and through whose eyes; on the sample, which role is played."""
    with st.sidebar:
        if found is None or found.identity is None:
            st.markdown("**Who is reading?**")
            _choose_role(ROLES)
            _choose_unit()
            if context.home().is_sample:
                st.caption("On the sample anybody may play any role. With real data people sign in.")
            return
        st.markdown(f"**{words.plain(found.identity.name)}**")
        _choose_role(tuple(found.roles))
        _units()
        _leave(found.identity.account)
        _look_again()


def _choose_role(roles: tuple[Role, ...]) -> None:
    names = {str(role): words.READER_ROLES[role] for role in roles}
    if len(names) > 1:
        context.choice("Role", names, "as", default=str(roles[0]))
    else:
        st.caption(words.READER_ROLES[roles[0]])
    if context.reader().reach is not Reach.NOTHING:
        audiences = {str(a): name for a, name in words.AUDIENCE_NAMES.items()}
        context.choice("Seen as", audiences, "audience", default=str(Audience.WORKING))


def _choose_unit() -> None:
    """The ward or the division of a role that speaks for some; a link to a unit is from whoever speaks for it."""
    who, store = context.reader(), context.store()
    if who.rule.reach is not Reach.UNITS or who.audience is Audience.PUBLIC or store is None:
        return
    levels = ("division",) if who.role is Role.DIVISION_LEAD else ("ward", "team")
    found = {u.code: u.name for u in store.unit_names if u.level in levels}
    if found:
        by_name = dict(sorted(found.items(), key=lambda item: item[1]))
        label = "My division" if who.role is Role.DIVISION_LEAD else "My ward"
        context.choice(label, by_name, "mine", default=st.query_params.get("unit"))


def _units() -> None:
    who, store = context.reader(), context.store()
    if who.units and store is not None:
        names = {u.code: u.name for u in store.unit_names}
        st.caption(words.plain(", ".join(names.get(code, code) for code in who.units)))


def _leave(account: str) -> None:
    if st.button("Sign out", key="sign out", help=words.SIGN_OUT_NOTE):
        note("sign_out", {})
        if os.environ.get("ZERO_HARM_SIGN_IN") == "oidc":
            st.logout()  # before the session ends: the server then closes its sockets, and the way to the provider is lost
        end_everywhere(context.home(), account, context.today())
        st.session_state.clear()
        st.rerun()


@st.fragment(run_every=LOOK_AGAIN)
def _look_again() -> None:
    """In a tab that nobody touches too: whoever may look no longer, or in another role, is asked anew.

    The server closes the sockets of withdrawn readers (server/doors.py); a browser whose socket comes back shows what it
    showed before, until its page runs again.
    """
    before = context.standing()
    if context.stand_anew() != before:
        st.rerun()
