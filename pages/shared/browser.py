"""The two things that only the browser can do: complete its own address in place, and remember that a tour was skipped.

As a component of Streamlit's, whose code goes to the browser as a module of its own: the content security policy lets no
inline script run. What is set comes as data, never as code.
"""

import streamlit as st

JS = """
export default function ({ data }) {
    if (data.cookie) {
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `${data.cookie}; max-age=31536000; path=/; SameSite=Strict${secure}`;
    }
    const address = new URL(location.href);
    for (const [key, value] of Object.entries(data.address ?? {}))
        if (!address.searchParams.has(key)) address.searchParams.set(key, value);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
}
"""


def tell(key: str, **data: object) -> None:
    """`address`: what to add to the address where it lacks it; `cookie`: one to keep for a year."""
    mount = st.components.v2.component("zero_harm_browser", js=JS)
    mount(key=key, data=data, height=0)
