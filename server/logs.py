"""The log: JSON lines in UTC on the error stream, ours and everybody else's. What a line may hold is in server/lines.py."""

import logging
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any, TextIO

from server.lines import JsonLines

_LOG = logging.getLogger(__name__)

# They tell of every request: with an address, which may hold what somebody looked for.
_TOO_MUCH = ("httpx", "httpcore", "uvicorn.access")


class Lines(logging.StreamHandler[TextIO]):
    """Writes lines. Python's own would print a record that cannot be written, with all that is in it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is Python's
        """Nothing: the stream is what failed."""


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """From here on what is logged, warned of or left unhandled in this process is a line on `stream` (standard error)."""
    handler = Lines(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.raiseExceptions = False
    for name in list(root.manager.loggerDict):
        _to_root(logging.getLogger(name))
    _take_over_streamlit()
    _take_over_uvicorn()
    for name in _TOO_MUCH:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _unhandled
    threading.excepthook = _unhandled_in_thread
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned
    traceback.print_exc = _printed


def _to_root(logger: logging.Logger) -> None:
    """What a package has set up to print by itself goes to the one handler instead."""
    logger.handlers[:] = [each for each in logger.handlers if not isinstance(each, logging.StreamHandler)]
    logger.propagate = True


def _take_over_streamlit() -> None:
    """Streamlit gives each of its loggers a console of its own, also those that it makes later."""
    from streamlit import logger as streamlit_logger

    def no_console(logger: logging.Logger) -> None:
        _to_root(logger)
        logger.streamlit_console_handler = logging.NullHandler()  # type: ignore[attr-defined]

    streamlit_logger.setup_formatter = no_console
    streamlit_logger.update_formatter()


def _take_over_uvicorn() -> None:
    """Uvicorn sets up its loggers anew when it starts, from this very table; it also writes into the formatters."""
    from uvicorn.config import LOGGING_CONFIG

    LOGGING_CONFIG.clear()
    LOGGING_CONFIG.update(
        version=1, incremental=True, formatters={"default": {}, "access": {}}, loggers={"uvicorn": {"level": "INFO"}}
    )


def _unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        _LOG.info("Stopped from the keyboard")
    else:
        _LOG.critical("Ended by an error", exc_info=(kind, error, trace))


def _unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _LOG.error("A thread was ended by an error", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _unraisable(args: Any) -> None:
    if args.exc_value is not None:
        _LOG.error("An error that nobody could handle", exc_info=args.exc_value)


def _warned(
    message: Warning | str,  # noqa: ARG001  it may hold anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    _LOG.warning("A warning of Python", extra={"exception_type": category, "at": (filename, lineno)})


def _printed(limit: int | None = None, file: Any = None, chain: bool = True) -> None:
    """`traceback.print_exc`, which Streamlit's own loop uses when it fails; into a file it prints as ever."""
    if file is None:
        _LOG.error("An error was printed", exc_info=True)
    else:
        traceback.print_exception(sys.exception(), limit=limit, file=file, chain=chain)
