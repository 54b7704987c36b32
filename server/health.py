"""/healthz: does the store open, and which version is published? For a proxy or a monitor; it says nothing else."""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data.config import CODE_VERSION, Home

_LOG = logging.getLogger(__name__)


def healthz(home: Home) -> Route:
    """The route that asks the store of `home`."""

    def answer(request: Request) -> JSONResponse:  # noqa: ARG001  not `async`: Starlette asks the store in a thread
        from data import store

        try:
            published = store.health(home)["version"]
        except Exception:  # whatever keeps the store from opening: the log has it, the answer does not
            _LOG.exception("The store of %s does not open", home.root)
            return _answer(503, "unavailable", None)
        return _answer(200, "ok", published)

    return Route("/healthz", answer)


def _answer(code: int, status: str, published: object) -> JSONResponse:
    body = {"status": status, "version": CODE_VERSION, "published": published}
    return JSONResponse(body, code, {"cache-control": "no-store"})
