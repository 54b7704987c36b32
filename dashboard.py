"""Zero Harm dashboard: `python3 dashboard.py` sets itself up and starts; `python3 dashboard.py --help` says the rest.

The same file is Streamlit's script. It keeps to a syntax that any Python reads, so that an old one gets a sentence.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Python 3.11 or newer is needed and this is {}.{}: install a newer one and start this again with it, "
        "for example `python3.12 dashboard.py`.".format(*sys.version_info)
    )


def streamlit_runs():
    """A Streamlit server runs in this process."""
    runtime = sys.modules.get("streamlit.runtime")
    return runtime is not None and runtime.exists()


def main():
    """The pages when Streamlit runs this file (its server, or AppTest), else the server or the set-up."""
    if streamlit_runs() or "streamlit.testing.v1" in sys.modules:
        plain = streamlit_runs() and "server.serve" not in sys.modules
        if plain:
            os.environ["ZERO_HARM_SHOW"] = "sample"  # plain `streamlit run` lacks our middleware: never real data
        from pages.shared import app

        app.run(make_sample=plain)
    elif sys.argv[1:2] == ["--serve"]:
        from server import serve

        sys.exit(serve.main(sys.argv[2:]))
    elif sys.argv[1:2] == ["--doctor"]:
        from server import doctor

        sys.exit(doctor.main(sys.argv[2:]))
    else:
        from server import bootstrap

        sys.exit(bootstrap.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
