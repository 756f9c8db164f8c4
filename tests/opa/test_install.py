# SPDX-License-Identifier: Apache-2.0
"""Every way to get OPA and every way it fails, against a real https server and a real process.

The release is a shell script that answers `version` as OPA does; its checksum is the test's own.
"""

import hashlib
import http.server
import os
import platform
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.opa import install as installer
from detector.opa.binary import VERSION, OpaMissing, cached

OPA = f"#!/bin/sh\necho 'Version: {VERSION}'\n".encode()
NAME = "opa_for_this_machine"


class Releases(http.server.BaseHTTPRequestHandler):
    """Serves one release; /cut/ breaks off in it, /moved/ leads to plain http."""

    def do_GET(self) -> None:
        where, _, path = self.path[1:].partition("/")
        if where == "moved":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:9/{path}")
            self.end_headers()
        elif where in {"good", "cut"} and path == f"v{VERSION}/{NAME}":
            self.send_response(200)
            self.send_header("Content-Length", str(len(OPA)))
            self.end_headers()
            self.wfile.write(OPA[: 10 if where == "cut" else None])
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Quiet: a request is no news."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(certificate, key) for 127.0.0.1, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: it makes the test server's certificate")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    command = [*request.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True
    )
    return made, key


@pytest.fixture
def server(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a trusted https server on the loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.HTTPServer(("127.0.0.1", 0), Releases) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"https://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without OPA and without Go; the folder that its PATH is."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.delenv("PYTRACEE_OPA", raising=False)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return programs


def official(content: bytes = OPA) -> dict[str, tuple[str, str]]:
    return {platform.machine(): (NAME, hashlib.sha256(content).hexdigest())}


def write_program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def write_go(folder: Path, version: str = VERSION) -> Path:
    """A `go` that records how it was called and "builds" an OPA of `version` where it is told."""
    return write_program(
        folder / "go",
        f'printf "%s\\n" "CGO_ENABLED=$CGO_ENABLED" "$@" > {folder}/go-was-called\n'
        f"printf '#!/bin/sh\\necho Version: {version}\\n' > \"$GOBIN/opa\"\n"
        f'{shutil.which("chmod", path=os.defpath)} 755 "$GOBIN/opa"',
    )


def left_in_cache() -> list[str]:
    folder = cached().parent
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_an_opa_at_hand_is_taken_and_nothing_is_fetched(bare_machine: Path) -> None:
    at_hand = write_program(bare_machine / "opa", f"echo Version: {VERSION}")
    assert installer.install("https://127.0.0.1:9", official()) == at_hand
    assert left_in_cache() == []


def test_the_official_binary_is_downloaded_once(server: str) -> None:
    path = installer.install(f"{server}/good", official())
    assert path == cached()
    assert path.read_bytes() == OPA
    assert path.stat().st_mode & 0o7777 == 0o755
    assert left_in_cache() == ["opa"]
    assert installer.install("https://127.0.0.1:9", official()) == path


def test_a_damaged_opa_in_the_cache_is_replaced(server: str) -> None:
    cached().parent.mkdir(parents=True)
    cached().write_bytes(OPA[:7])
    assert installer.install(f"{server}/good", official()).read_bytes() == OPA


def test_a_wrong_checksum_is_refused_aloud_and_then_go_builds(
    server: str, bare_machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_go(bare_machine)
    wanted = official(b"something else")
    path = installer.install(f"{server}/good", wanted)
    said = capsys.readouterr().err
    expected = wanted[platform.machine()][1]
    assert (
        f"REFUSED {server}/good/v{VERSION}/{NAME}: its SHA-256 is "
        f"{hashlib.sha256(OPA).hexdigest()}, it should be {expected}\n"
    ) in said
    assert path.read_bytes() != OPA
    assert (bare_machine / "go-was-called").read_text().splitlines() == [
        "CGO_ENABLED=0",
        "install",
        "-ldflags",
        "-s -w",
        f"github.com/open-policy-agent/opa@v{VERSION}",
    ]
    assert left_in_cache() == ["opa"]


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("nowhere", "Not Found"),
        ("cut", f"cut after 10 of {len(OPA)} bytes|IncompleteRead"),
        ("moved", "unknown url type: http"),
    ],
)
def test_a_failed_download_leaves_nothing_and_says_why(
    where: str, reason: str, server: str
) -> None:
    address = f"{server}/{where}/v{VERSION}/{NAME}"
    with pytest.raises(OpaMissing, match=f"(?s)could not be provided.*{address}: .*({reason})"):
        installer.install(f"{server}/{where}", official())
    assert left_in_cache() == []


def test_a_server_that_cannot_prove_who_it_is_is_not_believed(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    with pytest.raises(OpaMissing, match="CERTIFICATE_VERIFY_FAILED"):
        installer.install(f"{server}/good", official())


def test_plain_http_is_not_used() -> None:
    with pytest.raises(OpaMissing, match="unknown url type: http"):
        installer.install("http://127.0.0.1:9", official())


def test_every_attempt_and_the_cure_are_listed(bare_machine: Path) -> None:
    old = write_program(bare_machine / "opa", "echo Version: 0.70.0")
    with pytest.raises(OpaMissing) as caught:
        installer.install("https://127.0.0.1:9", {})
    assert str(caught.value).splitlines() == [
        f"OPA {VERSION} could not be provided:",
        f"  - {old} is OPA 0.70.0",
        f"  - there is no official OPA binary for {platform.machine()}",
        "  - there is no `go` on PATH to build OPA with",
        (
            f"Put an OPA {VERSION} on PATH or name it in PYTRACEE_OPA, or run this again with a "
            "network or with a Go toolchain."
        ),
    ]


def test_a_go_that_fails_is_reported(bare_machine: Path) -> None:
    write_program(bare_machine / "go", "exit 7")
    with pytest.raises(OpaMissing, match=f"opa@v{VERSION}` ended with status 7"):
        installer.install("https://127.0.0.1:9", {})
    assert left_in_cache() == []


def test_what_go_builds_is_checked_by_version(bare_machine: Path) -> None:
    write_go(bare_machine, version="9.9.9")
    with pytest.raises(OpaMissing, match=f"the new OPA is version 9.9.9, not {VERSION}"):
        installer.install("https://127.0.0.1:9", {})
    assert left_in_cache() == []


def test_a_cache_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    with pytest.raises(OpaMissing, match=f"Not a directory: '{blocked}"):
        installer.install("https://127.0.0.1:9", official())


def test_the_command_prints_the_path(bare_machine: Path) -> None:
    at_hand = write_program(bare_machine / "opa", f"echo Version: {VERSION}")
    done = subprocess.run(
        [sys.executable, "-m", "detector.opa.install"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{at_hand}\n", "")


def test_the_command_fails_in_plain_words(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write_program(bare_machine / "opa", "echo Version: 0.70.0")
    monkeypatch.setenv("PYTRACEE_OPA", str(old))
    done = subprocess.run(
        [sys.executable, "-m", "detector.opa.install"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"opa: PYTRACEE_OPA: {old} is OPA 0.70.0: ")
    assert "Traceback" not in done.stderr
