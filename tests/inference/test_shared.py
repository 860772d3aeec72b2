"""A setting of the process holds while any thread needs it, and ends with the last."""

import os

import pytest

from skfashion.inference import SharedSetting


@pytest.fixture
def log():
    return []


@pytest.fixture
def setting(log):
    def begin():
        log.append("begin")
        return "before"

    return SharedSetting(begin, lambda before: log.append(f"end, {before}"))


def test_ends_with_the_last_user(setting, log):
    with setting.held():
        with setting.held():
            assert log == ["begin"]
        assert log == ["begin"]
    assert log == ["begin", "end, before"]


def test_users_need_not_end_in_the_order_they_came(setting, log):
    first, second = setting.held(), setting.held()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert log == ["begin"]
    second.__exit__(None, None, None)
    assert log == ["begin", "end, before"]


def test_ends_after_an_error(setting, log):
    with pytest.raises(ZeroDivisionError), setting.held():
        raise ZeroDivisionError
    assert log == ["begin", "end, before"]


def test_begins_anew(setting, log):
    for _ in range(2):
        with setting.held():
            pass
    assert log == ["begin", "end, before"] * 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_does_not_wait_for_the_parents_lock(setting):
    with setting.lock:
        child = os.fork()
        if not child:
            os._exit(0 if setting.lock.acquire(timeout=5) and not setting.n_users else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
