"""Chromium for the page tests: where it is, what it may not do, what axe says."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js"
# Every rule of its own choice, and the one of WCAG 2.2 that it leaves out.
RUN_AXE = "axe.run(document, {rules: {'target-size': {enabled: true}}})"
HERE = frozenset({"127.0.0.1", "localhost", None})
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """Return the path of Chromium, or fail with the command that installs it."""
    asked = subprocess.run(
        ["sh", ROOT / "scripts/browser", "--which"],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        pytest.fail(asked.stderr, pytrace=False)
    return asked.stdout.strip()


def watch(context: BrowserContext) -> list[str]:
    """Return a list that fills with what no page of ours may do.

    That is: to ask another machine, to break its own content policy, to log an error
    or to raise one. A refused form answers 4xx, which Chromium logs too: that may be.
    """
    faults: list[str] = []

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in HERE:
            faults.append(f"asked {request.url}")

    def logged(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(f"logged {message.text}")

    def raised(error: WebError) -> None:
        faults.append(f"raised {error.error}")

    context.on("request", asked)
    context.on("console", logged)
    context.on("weberror", raised)
    return faults


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return the rules of axe that a page breaks, each with the elements."""
    # Through the debugger: the pages' own policy allows no foreign script.
    page.evaluate(AXE.read_text())
    return [
        (rule["id"], [str(node["target"][0]) for node in rule["nodes"]])
        for rule in page.evaluate(RUN_AXE)["violations"]
    ]
