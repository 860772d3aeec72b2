import pytest


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    """Requests to this machine do not go through the user's proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
