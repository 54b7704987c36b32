"""The files of deploy/: they parse, and none of the walls that they build is missing."""

import configparser
import importlib.metadata
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pages.reports.delivery.outcome import DONE, LATER, NOTHING, REFUSED

PROJECT = Path(__file__).resolve().parent.parent
DEPLOY = PROJECT / "deploy"
SERVICES = ["zero-harm.service", "zero-harm-load.service", "zero-harm-mail.service"]
UNITS = [*SERVICES, "zero-harm-load.timer", "zero-harm-mail.timer"]
PROXIES = ["nginx.conf", "Caddyfile"]

HARDENED = [
    "User=zeroharm",
    "UMask=0077",
    "WorkingDirectory=/opt/zero-harm",  # Streamlit reads .streamlit/config.toml from there, and nowhere else
    "EnvironmentFile=/etc/zero-harm/environment",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "MemoryDenyWriteExecute=yes",
    "MemoryMax=4G",
    "LimitCORE=0",
    "SystemCallFilter=@system-service",
    "SystemCallArchitectures=native",
]
IDENTITY = [
    "X-Zero-Harm-Proxy",
    *(f"X-Auth-Request-{name}" for name in ("User", "Email", "Groups", "Preferred-Username", "Access-Token")),
    *(f"X-Forwarded-{name}" for name in ("User", "Email", "Groups", "Preferred-Username", "Access-Token")),
    "X-Remote-User",
    "X-Remote-Groups",
    "X-WebAuth-User",
    "Remote-User",
    "Remote-Groups",
    "Remote-Email",
    "Authorization",
]
CLOSED = ["/healthz", "//healthz", "/HEALTHZ", "/_stcore/metrics", "/_stcore//metrics", "/ward/_stcore/metrics"]
CLOSED += ["/_stcore/agent", "/_stcore/agent/openapi.json"]
OPEN = ["/", "/ward", "/_stcore/health", "/_stcore/stream", "/_stcore/host-config", "/_stcore/upload_file/a/b"]
# Names of indexes and registries; the brackets keep this very file from naming one.
INDEX_HOSTS = re.compile(
    "pyp[i][.]org|pythonhoste[d]|registry[.]np[m]|deb[.]debia[n]|docke[r][.]io|quay[.]i[o]|ghcr[.]i[o]"
)
MACHINE = re.compile("(^|[^A-Za-z0-9_.])/(wor[k]|far[m]|roo[t])/[A-Za-z.]", re.M)


def lines(name: str) -> list[str]:
    """The lines of a file of deploy/ that say something."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def written() -> list[Path]:
    """Every file of deploy/ and docs/ that somebody wrote."""
    found = [path for folder in (DEPLOY, PROJECT / "docs") for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if path.suffix not in {".png", ".pyc"}]


@pytest.mark.parametrize("unit", UNITS)
def test_units_parse(unit):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / unit, encoding="utf-8")
    assert {"Unit", "Timer" if unit.endswith("timer") else "Service"} <= set(parser.sections())


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    for each in UNITS:  # the program need not stand on this machine
        text = (DEPLOY / each).read_text(encoding="utf-8").replace("/opt/zero-harm/.venv/bin/python", "/bin/true")
        (tmp_path / each).write_text(text, encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "zero-harm" in line]
    assert ours == []


@pytest.mark.parametrize(("unit", "most"), list(zip(SERVICES, [1.5, 0.6, 1.5], strict=True)))
def test_systemd_calls_the_exposure_low(unit, most):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / unit)]
    said = subprocess.run(command, capture_output=True, text=True)
    score = re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)
    assert score, said.stderr
    assert float(score[1]) <= most


@pytest.mark.parametrize("unit", SERVICES)
def test_units_are_hardened(unit):
    assert [line for line in HARDENED if line not in lines(unit)] == []


def test_the_service_shows_the_own_store_and_may_write_there_only():
    service = lines("zero-harm.service")
    assert any(line.startswith("ExecStart=") and "--serve --own --port 8501" in line for line in service)
    assert [line for line in service if line.startswith("ReadWritePaths=")] == ["ReadWritePaths=/var/lib/zero-harm"]
    assert "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX" in service


def test_the_mail_goes_again_where_the_server_was_not_there_and_fails_where_a_person_must_look():
    mail = lines("zero-harm-mail.service")
    assert any(line.startswith("ExecStart=") and " -m pages.reports digest " in line for line in mail)
    assert {f"SuccessExitStatus={NOTHING}", "Restart=on-failure", f"RestartPreventExitStatus=1 {REFUSED}"} <= set(mail)
    assert LATER not in (DONE, NOTHING, 1, REFUSED)
    assert [line for line in mail if line.startswith("ReadWritePaths=")] == ["ReadWritePaths=/var/lib/zero-harm"]


def test_nightly_job_backs_up_and_verifies_whatever_the_load_says(tmp_path):
    text = (DEPLOY / "zero-harm-load.service").read_text(encoding="utf-8").replace("\\\n", " ")
    script = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", text, re.M)
    assert script
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$3" >> called\n[ "$3" = load ] && exit 1\nexit 0\n', encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run(["/bin/sh", "-c", script[1]], cwd=tmp_path)
    assert (tmp_path / "called").read_text(encoding="utf-8").split() == ["load", "backup", "verify"]
    assert done.returncode == 1


def stripped_by(proxy: str, header: str) -> bool:
    """The proxy takes the header out of what a visitor sends. Caddy's names may end in a star."""
    if proxy == "nginx.conf":
        return any(re.fullmatch(rf'proxy_set_header {header}\s+"";', line, re.I) for line in lines(proxy))
    taken = [line.removeprefix("header_up -").lower() for line in lines(proxy) if line.startswith("header_up -")]
    return any(header.lower() == name or (name[-1] == "*" and header.lower().startswith(name[:-1])) for name in taken)


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("header", IDENTITY)
def test_proxy_strips_every_identity_header(proxy, header):
    assert stripped_by(proxy, header)


def test_nginx_sets_headers_in_one_place_only():
    """A location that sets one of its own would inherit none of the others."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    inside = re.findall(r"location [^{]*\{([^}]*)\}", text)
    assert len(inside) == 5
    assert not [block for block in inside if "proxy_set_header" in block or "add_header" in block]


def test_proxy_replaces_the_visitors_address():
    assert "proxy_set_header X-Forwarded-For   $remote_addr;" in " ".join(lines("nginx.conf"))
    assert "header_up X-Forwarded-For {remote_host}" in lines("Caddyfile")


@pytest.mark.parametrize("proxy", PROXIES)
def test_proxy_closes_what_nobody_outside_needs(proxy):
    text = (DEPLOY / proxy).read_text(encoding="utf-8")
    if proxy == "nginx.conf":
        patterns = [f"(?i){found}" for found in re.findall(r"location ~\* (\S+)\s+\{ return 404; \}", text)]
    else:
        patterns = re.findall(r"@closed path_regexp (\S+)", text)
        assert "handle @closed {" in lines(proxy)
    assert patterns
    assert [path for path in CLOSED if not any(re.search(pattern, path) for pattern in patterns)] == []
    assert [path for path in OPEN if any(re.search(pattern, path) for pattern in patterns)] == []


def test_proxy_speaks_new_tls_only():
    assert "ssl_protocols       TLSv1.2 TLSv1.3;" in lines("nginx.conf")
    assert "protocols tls1.2 tls1.3" in lines("Caddyfile")
    ciphers = next(line for line in lines("nginx.conf") if line.startswith("ssl_ciphers"))
    assert all("GCM" in name and name.startswith("ECDHE") for name in ciphers.rstrip(";").split()[1].split(":"))


@pytest.mark.parametrize("proxy", PROXIES)
def test_proxy_keeps_a_visitor_at_one_process_by_a_safe_cookie(proxy):
    text = (DEPLOY / proxy).read_text(encoding="utf-8")
    assert "__Host-zero_harm_node" in text
    assert "; Path=/; Secure; HttpOnly; SameSite=Lax" in text
    assert {"127.0.0.1:8501", "127.0.0.1:8502"} <= set(re.findall(r"127\.0\.0\.1:\d+", text))


def test_proxy_takes_bodies_of_50_mb_as_streamlit_does():
    settings = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    size = settings["server"]["maxUploadSize"]
    assert any(line.startswith(f"client_max_body_size {size}m;") for line in lines("nginx.conf"))
    assert f"max_size {size}MiB" in lines("Caddyfile")


def test_proxy_logs_no_query_strings():
    logged = re.search(r"log_format(.*?);", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), re.S)
    assert logged
    for told in ("$request_uri", "$request ", '$request"', "$args", "$query_string", "$http_referer", "$http_cookie"):
        assert told not in logged[1]
    assert "return 301 https://dash.trust.example$uri" not in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = lines("Caddyfile")
    assert caddy.count('request>uri regexp "\\?.*$" ""') == 2  # what was asked, and errors
    assert caddy.count("request>headers delete") == 2


def runs_with(names: list[str]) -> set[str]:
    """The packages that these need, and those that they need in turn, on this machine."""
    todo, seen = [Requirement(name) for name in names], set()
    while todo:
        wanted = todo.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        for text in importlib.metadata.distribution(wanted.name).requires or []:
            needed = Requirement(text)
            extras = wanted.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(needed)
    return {name for name, _ in seen}


def test_container_takes_out_exactly_the_developers_packages():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    taken = re.search(r"pip uninstall -y \\\n(.*?) && ", text, re.S)
    assert taken
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    running = runs_with(project["project"]["dependencies"])
    pins = re.findall(r"^([\w.-]+)==\S+(.*)", (PROJECT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    pinned = {canonicalize_name(name) for name, rest in pins if "win32" not in rest}
    assert set(taken[1].replace("\\", " ").split()) == pinned - running


def test_container_runs_as_nobody_in_particular_and_copies_what_it_names():
    container = lines("Containerfile")
    assert [line for line in container if line.startswith("USER ")] == ["USER 10001:10001"]
    copied = [line.split()[1] for line in container if line.startswith("COPY ") and "--from" not in line]
    assert "." not in copied
    assert not any("secrets" in name for name in copied)
    for line in container:
        if line.startswith("COPY ") and "--from" not in line:
            assert all((PROJECT / name).exists() for name in line.split()[1:-1]), line
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert "/healthz" in text
    assert "VOLUME /var/lib/zero-harm" in container


def test_examples_hold_no_secret():
    secrets = tomllib.loads((DEPLOY / "secrets.example.toml").read_text(encoding="utf-8"))["auth"]
    assert {name for name, value in secrets.items() if value == ""} == {"cookie_secret", "client_id", "client_secret"}
    assert secrets["redirect_uri"].endswith("/oauth2callback")
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    assert "PROXY_SECRET=\n" in text
    assert "ZERO_HARM_ALLOW_UNSIGNED=" not in text


def test_the_example_of_each_provider_is_whole():
    text = (DEPLOY / "secrets.example.toml").read_text(encoding="utf-8")
    for part in re.split(r"^# .* -{10,}$", text, flags=re.M)[2:]:  # Entra ID is the one that is not commented out
        settings = re.sub(r"^# (?=\[auth\]|\w+ = )", "", part, flags=re.M)
        auth = tomllib.loads(settings)["auth"]
        assert {"redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"} <= set(auth)


def test_environment_is_one_setting_a_line():
    for line in lines("environment.example"):
        assert re.fullmatch(r"[A-Z_]+=\S+", line), line


def test_windows_files_say_that_they_were_not_tried():
    service = DEPLOY / "windows/zero-harm.xml"
    assert ElementTree.parse(service).getroot().findtext("id") == "zero-harm"
    for path in [service, DEPLOY / "windows/nightly.cmd", DEPLOY / "windows/tasks.cmd"]:
        assert "Not tried" in path.read_text(encoding="utf-8")


def test_every_file_is_in_the_guide():
    guide = (PROJECT / "docs/deployment.md").read_text(encoding="utf-8")
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.stat().st_size and path.suffix != ".pyc"]
    assert [path.name for path in files if path.name not in guide] == []


@pytest.mark.parametrize("path", written(), ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_file_names_an_index_or_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert not INDEX_HOSTS.search(text)
    assert not MACHINE.search(text)
