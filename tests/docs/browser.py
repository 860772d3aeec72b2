"""Open the built site, or TensorBoard's projector, in headless Chromium, and look for faults.

    python tests/docs/browser.py site docs/_build/html SCREENSHOTS
    python tests/docs/browser.py projector LOG_DIR SCREENSHOTS

Needs playwright, and Chromium: the system's if it has one, else playwright's own. Each page is
opened at the width of a phone and of a desktop. Errors on the console, requests that fail, pages
that are wider than the window, and a search that finds nothing are printed; the exit status is then
1.
"""

import argparse
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

WIDTHS = {"phone": 390, "desktop": 1280}
SHOWN = (  # whole pages of which there are screenshots
    *("index", "install", "tutorial", "guide/index", "guide/models", "guide/inspecting"),
    *("guide/coming_from", "adding", "api", "results", "auto_gallery/index", "design"),
    *("generated/skfashion.LeNet5Classifier", "auto_gallery/plot_tensorboard"),
)
WIDEST = "() => [document.documentElement.scrollWidth, window.innerWidth]"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *what):
        """Say nothing of what is served."""


@contextmanager
def served(folder):
    """Serve a folder, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def chromium():
    """Start Chromium."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
        browser = playwright.chromium.launch(executable_path=found, args=switches)
        yield browser
        browser.close()


def watched(browser, faults, width, **how):
    """Open a window whose console and requests are watched."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **how)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: said.type == "error" and faults.append(f"{page.url}: {said.text}"),
    )
    page.on(
        "response",
        lambda got: got.status >= 400 and faults.append(f"{page.url}: {got.status} {got.url}"),
    )
    return page


def site(folder, screenshots):
    """Open all pages of the site; return the faults."""
    faults = []
    pages = sorted(str(p.relative_to(folder))[:-5] for p in folder.rglob("*.html"))
    pages = [name for name in pages if not name.startswith("_")]
    with served(folder) as address, chromium() as browser:
        for device, width in WIDTHS.items():
            page = watched(browser, faults, width)
            for name in pages:
                page.goto(f"{address}/{name}.html")
                wide, window = page.evaluate(WIDEST)
                if wide > window:
                    faults.append(f"{name}, {device}: {wide} pixels wide, the window has {window}")
                if name in SHOWN:
                    file = f"{name.replace('/', '-')}-{device}.png"
                    page.screenshot(path=screenshots / file, full_page=True)
            page.goto(f"{address}/search.html?q=early_stopping")
            found = page.locator("#search-results li")
            try:
                found.first.wait_for(timeout=10_000)
            except Exception as error:  # its kind is playwright's
                faults.append(f"the search finds nothing: {error}")
            page.screenshot(path=screenshots / f"search-{device}.png")
            page.close()
        page = watched(browser, faults, WIDTHS["desktop"], color_scheme="dark")
        for name in ("index", "auto_gallery/plot_embedding"):
            page.goto(f"{address}/{name}.html")
            file = f"{name.replace('/', '-')}-dark.png"
            page.screenshot(path=screenshots / file, full_page=True)
    print(f"{len(pages)} pages at {len(WIDTHS)} widths")
    return faults


def projector(log_dir, screenshots):
    """Open TensorBoard's Embedding Projector; return the faults."""
    faults = []
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", log_dir]
    command += ["--host", "127.0.0.1", "--port", "16006", "--load_fast", "false"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = "http://127.0.0.1:16006"
    try:
        for _ in range(60):
            try:
                runs = urlopen(f"{address}/data/plugin/projector/runs").read()
            except OSError:
                runs = b"[]"
            if b'"' in runs:
                break
            time.sleep(1)
        print("runs with features:", runs.decode())
        if b'"' not in runs:
            faults.append(f"{log_dir}: no run with features")
        with chromium() as browser:
            page = watched(browser, faults, WIDTHS["desktop"])
            page.goto(f"{address}/#projector")
            page.wait_for_timeout(15_000)
            page.screenshot(path=screenshots / "projector.png")
            if not any(frame.get_by_text("Points:").count() for frame in page.frames):
                faults.append("the projector shows no points")
    finally:
        server.terminate()
        server.wait()
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["site", "projector"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("screenshots", type=Path)
    chosen = parser.parse_args()
    chosen.screenshots.mkdir(parents=True, exist_ok=True)
    open_all = {"site": site, "projector": projector}[chosen.what]
    faults = open_all(chosen.folder, chosen.screenshots)
    print("\n".join(dict.fromkeys(faults)) or "no faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
