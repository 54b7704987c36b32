"""A page as a browser opens it, over the socket: every byte that comes, until the script has ended."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from socket import create_connection
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0


@dataclass
class PageClient:
    """One tab. `headers` are sent beside the cookies; an origin of None is a client that is no browser."""

    address: str
    cookies: dict[str, str]
    origin: str | None = ""
    headers: dict[str, str] = field(default_factory=dict)
    host: str = ""
    session_id: str = ""
    at: tuple[str, dict[str, str]] = field(default_factory=lambda: ("", {}))
    widgets: dict[str, str] = field(default_factory=dict)
    menu: set[str] = field(default_factory=set)
    received: bytearray = field(default_factory=bytearray)

    def __enter__(self) -> "PageClient":
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = self.cookies.get("_streamlit_xsrf", "")
        address = urlsplit(self.address)
        opened = connect(
            f"ws://{self.host or address.netloc}/_stcore/stream",
            sock=create_connection((address.hostname, address.port)),
            origin=(self.origin or self.address) if self.origin is not None else None,  # type: ignore[arg-type]
            subprotocols=["streamlit", token] if token else ["streamlit"],  # type: ignore[list-item]
            additional_headers=headers,
            max_size=None,
            open_timeout=PATIENCE,
            proxy=None,
        )
        self._stack = ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(opened)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(self, page: str = "", **query: str) -> bytes:
        """Open a page by its address; what was received for it."""
        self.at = page, query
        return self.send(self._message())

    def _message(self) -> BackMsg:
        page, query = self.at
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = urlencode(query)
        message.rerun_script.context_info.url = f"{self.address}/{page}"
        message.rerun_script.is_auto_rerun = False
        return message

    def press(self, key: str) -> bytes:
        """Press the button with this key, as it was last drawn."""
        message = self._message()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.widgets[key], True
        return self.send(message)

    def send(self, message: BackMsg) -> bytes:
        """Send, and wait until the script has ended: it may begin anew by itself, so that a while is waited after."""
        self.socket.send(message.SerializeToString())
        began = len(self.received)
        until, ended = time.monotonic() + PATIENCE, False
        while time.monotonic() < until:
            try:
                data = self.socket.recv(timeout=0.25 if ended else until - time.monotonic())
            except TimeoutError:
                if ended:
                    return bytes(self.received[began:])
                raise
            assert isinstance(data, bytes)
            self.received += data
            found = ForwardMsg()
            found.ParseFromString(data)
            kind = found.WhichOneof("type")
            if kind == "delta" and found.delta.new_element.WhichOneof("type") == "button":
                button = found.delta.new_element.button
                self.widgets[button.id.rpartition("-")[2]] = button.id
            if kind == "navigation":  # the addresses that the menu offers; the first page has none
                pages = found.navigation.app_pages
                self.menu = {"" if p.is_default else p.url_pathname for p in pages if not p.is_hidden}
            if kind == "new_session":
                self.session_id = found.new_session.initialize.session_id or self.session_id
                ended = False
            ended = ended or kind == "script_finished"
        raise TimeoutError("the script did not end")

    def is_closed(self, within: float) -> bool:
        """Whether the server ends the socket in so many seconds."""
        try:
            while True:
                until = time.monotonic() + within
                self.received += self.socket.recv(timeout=within)  # type: ignore[arg-type]
                within = until - time.monotonic()
        except TimeoutError:
            return False
        except ConnectionClosed:
            return True


def refused(client: PageClient) -> bool:
    """Whether the server answers that this socket is not for them."""
    try:
        with client:
            return False
    except InvalidStatus as error:
        return error.response.status_code == 403
