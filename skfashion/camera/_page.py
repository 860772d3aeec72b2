"""The page that shows a source live, served to this machine alone."""

import asyncio
import errno
import logging
import os
import socket
from importlib.resources import files

from .._optional import import_optional
from ._annotator import document
from ._feed import LiveFeed

ADDRESS = "127.0.0.1"
PORT = 8765
BOUNDARY = "frame"
TICK = 0.01  # seconds until the next look for a new frame
GRACE = 2  # seconds that open connections have at the end
# Nothing of other sites is loaded, and no other site can show the pictures.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

# Else a request that is no HTTP prints a traceback: uvicorn logs it, and Python's last resort
# prints what nobody handles.
logging.getLogger("uvicorn").addHandler(logging.NullHandler())


@document
class LivePage:
    """A page that shows the frames of a source, and what was found with its probability.

    It is served on the address 127.0.0.1 alone: other machines do not reach it, and pages of
    other sites cannot read it. ``/`` is the page, ``/stream`` the pictures, as JPEGs that
    replace each other, and ``/state`` the newest result as JSON.

    Parameters
    ----------
    %(source_and_annotator)s
    port : int, default=8765
        Where it is served; 0 takes any port that is free.

    Attributes
    ----------
    url : str
        The address of the page.

    Raises
    ------
    OSError
        If the port is in use, or may not be taken.
    ImportError
        If Starlette or uvicorn is not installed.
    """

    def __init__(self, source, annotator, port=PORT):
        for package in ("starlette", "uvicorn"):
            import_optional(package, "camera", "Live pages")
        from uvicorn import Config, Server

        self._feed = LiveFeed(source, annotator, when_it_fails=self.stop)
        self._socket = _listening(port)
        self.url = f"http://{ADDRESS}:{self._socket.getsockname()[1]}"
        self._server = Server(
            Config(
                _application(self._feed, lambda: self._server.should_exit),
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE,
            )
        )

    def run(self):
        """Serve the page until :meth:`stop`, or Ctrl-C in the main thread.

        Raises
        ------
        OSError, ValueError
            If the source fails: a webcam that is unplugged, say.
        KeyboardInterrupt
            After Ctrl-C, when all is closed.
        """
        try:
            with self._feed:
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
        if self._feed.problem is not None:
            raise self._feed.problem

    def stop(self):
        """End :meth:`run`, from whichever thread."""
        self._server.should_exit = True


def _listening(port):
    """Return a socket that takes connections of this machine."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # a page that has just ended leaves its port; elsewhere shares it
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen()
    except OSError as error:
        listening.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"failed: {error.strerror}"
        raise OSError(f"Port {port} of {ADDRESS} {reason}. Give another, or 0 for any.") from None
    return listening


def _application(feed, is_ending):
    """Return the ASGI application that shows a feed until it is to end."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
    from starlette.routing import Route

    page = files(__package__).joinpath("page.html").read_text("utf-8")

    async def index(request):
        return HTMLResponse(page, headers=HEADERS)

    async def state(request):
        return JSONResponse(feed.shot.state, headers=HEADERS)

    async def stream(request):
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        return StreamingResponse(_parts(feed, is_ending), media_type=kind, headers=HEADERS)

    # A name of another site that leads here would make its pages those of this one.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[ADDRESS, "localhost"])
    return Starlette(
        routes=[
            Route("/", index),
            Route("/state", state),
            Route("/stream", stream),
        ],
        middleware=[hosts],
    )


async def _parts(feed, is_ending):
    """Yield the frames of a feed, each as one part of an answer that does not end."""
    boundary = f"--{BOUNDARY}\r\n"
    yield boundary
    seen = 0
    while not is_ending():
        shot = feed.shot
        if shot.number == seen:
            await asyncio.sleep(TICK)
            continue
        seen = shot.number
        head = f"Content-Type: image/jpeg\r\nContent-Length: {len(shot.jpeg)}\r\n\r\n"
        # With the next boundary at once: browsers show a part when the one after it begins.
        yield head.encode() + shot.jpeg + f"\r\n{boundary}".encode()
