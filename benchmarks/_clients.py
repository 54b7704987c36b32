"""Readers without a browser, over Streamlit's own socket: each acts every few seconds and waits for its page."""

import statistics
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

EVERY_S, MOST_S, MOST_MB = 5.0, 2.0, 1.0
PATIENCE = 60.0
ACTIONS = (
    ("", "as=qi_lead&figures=latest"),
    ("division", "unit=LOCAL&as=qi_lead"),
    ("ward", "unit=W10&as=qi_lead"),
    ("measure", "unit=W10&measure=self_harm&as=qi_lead"),
    ("ward", "unit=W22&as=qi_lead"),
    ("compare", "as=qi_lead"),
)


def twenty(address: str, pid: int, *, readers: int, seconds: float) -> None:
    """So many readers at once, one action every five seconds each; how long they waited, and what the server grew by."""
    waits: list[float] = []
    errors: list[str] = []
    one = threading.Thread(target=_reader, args=(address, 0, 2 * EVERY_S, waits, errors))
    one.start()
    one.join()  # what is computed once has been
    before = resident_mb(pid)
    waits.clear()
    threads = [
        threading.Thread(target=_reader, args=(address, i * EVERY_S / readers, seconds, waits, errors, i))
        for i in range(readers)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds * 0.8)
    grown = (resident_mb(pid) - before) / readers  # while all of them are there
    for thread in threads:
        thread.join()
    waits.sort()
    at_95 = waits[int(len(waits) * 0.95)] if len(waits) > 1 else waits[0]
    print(
        f"{readers} readers, {len(waits)} actions: median {statistics.median(waits):.2f} s, 95 % within {at_95:.2f} s "
        f"(aim: {MOST_S:g}), {len(errors)} errors (aim: 0), {grown:.2f} MB a session (aim: under {MOST_MB:g})"
        f"{'' if at_95 <= MOST_S and not errors and grown < MOST_MB else '  MISSED'}",
        flush=True,
    )
    for error in errors[:3]:
        print(f"    {error}")


def resident_mb(pid: int) -> float:
    """What a process holds in memory (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _reader(address: str, delay: float, seconds: float, waits: list[float], errors: list[str], first: int = 0) -> None:
    time.sleep(delay)
    until = time.monotonic() + seconds
    try:
        with connect(f"ws://{urlsplit(address).netloc}/_stcore/stream", origin=address, subprotocols=["streamlit"],  # type: ignore[arg-type, list-item]
                     max_size=None, proxy=None) as socket:  # fmt: skip
            action = first
            while time.monotonic() < until:
                begun = time.monotonic()
                waits.append(_act(socket, address, *ACTIONS[action % len(ACTIONS)]))
                action += 1
                time.sleep(max(0.0, EVERY_S - (time.monotonic() - begun)))
    except Exception as error:  # a reader who was cut off is what is counted here
        errors.append(f"{type(error).__name__}: {error}")


def _act(socket: ClientConnection, address: str, page: str, query: str) -> float:
    """Seconds from asking for a page until its script has ended."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = page, query
    message.rerun_script.context_info.url = f"{address}/{page}"
    begun = time.monotonic()
    socket.send(message.SerializeToString())
    while True:
        data = socket.recv(timeout=PATIENCE)
        found = ForwardMsg()
        found.ParseFromString(data)  # type: ignore[arg-type]
        if found.WhichOneof("type") == "delta" and found.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(found.delta.new_element.exception.message)
        if found.WhichOneof("type") == "script_finished":
            return time.monotonic() - begun
