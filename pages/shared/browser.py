"""What only the browser can do: complete its own address in place, remember that a tour was skipped, and copy a text.

As components of Streamlit's, whose code goes to the browser as modules of their own: the content security policy lets no
inline script run. What is set comes as data, never as code.
"""

import streamlit as st

from pages.shared import words

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


COPY_HTML = f"""<pre></pre>
<button type="button">{words.COPY}</button> <span role="status"></span>"""
COPY_CSS = """
pre {margin: 0 0 8px; padding: 10px 12px; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere;
     color: var(--st-text-color); background: var(--st-secondary-background-color); border-radius: var(--st-base-radius)}
button {font: inherit; color: var(--st-text-color); background: var(--st-background-color); cursor: pointer;
        border: 1px solid currentcolor; border-radius: var(--st-button-radius); padding: 4px 14px; min-height: 32px}
button:focus-visible {outline: 3px solid currentcolor; outline-offset: 2px}
span {margin-left: 8px; color: var(--st-text-color)}
"""
COPY_JS = """
export default function ({ data, parentElement }) {
    const [text, button, told] = ["pre", "button", "span"].map(name => parentElement.querySelector(name));
    text.textContent = data.text;
    button.setAttribute("aria-label", data.name);
    told.textContent = "";
    button.onclick = async () => {
        try {
            await navigator.clipboard.writeText(data.text);
            told.textContent = data.done;
        } catch {  // without a secure connection there is no clipboard to write to: the text is chosen instead
            getSelection().selectAllChildren(text);
            told.textContent = getSelection().toString() ? data.chosen : data.not;
        }
    };
}
"""


def to_copy(key: str, text: str, name: str) -> None:
    """A text of some lines, and a button that copies it; `name`: of the button, which says what it copies."""
    mount = st.components.v2.component("zero_harm_copy", html=COPY_HTML, css=COPY_CSS, js=COPY_JS)
    mount(
        key=key,
        data={"text": text, "name": name, "done": words.COPIED, "chosen": words.CHOSEN, "not": words.NOT_COPIED},
    )
