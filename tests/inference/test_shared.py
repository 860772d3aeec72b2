"""Settings of the process that several threads need at once."""

import os
import threading

import pytest

from skfashion.inference import SharedSetting


class Switch:
    """A setting, and how often it was made and undone."""

    def __init__(self):
        self.value, self.calls = "the user's", []

    def begin(self):
        before, self.value = self.value, "ours"
        self.calls.append("begin")
        return before

    def end(self, before):
        self.value = before
        self.calls.append("end")


def test_holds_until_the_last_has_left():
    switch = Switch()
    setting = SharedSetting(switch.begin, switch.end)
    first, second = setting.held(), setting.held()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert switch.value == "ours"
    second.__exit__(None, None, None)
    assert switch.value == "the user's"
    assert switch.calls == ["begin", "end"]


def test_after_a_failure():
    switch = Switch()
    setting = SharedSetting(switch.begin, switch.end)
    with pytest.raises(RuntimeError), setting.held():
        raise RuntimeError
    assert switch.value == "the user's"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_can_use_it_though_a_thread_of_the_parent_does():
    switch = Switch()
    setting = SharedSetting(switch.begin, switch.end)
    setting.lock.acquire()  # as another thread may, in the moment of the fork
    pid = os.fork()
    if pid == 0:
        with setting.held():
            os._exit(0)
    timer = threading.Timer(20, os.kill, (pid, 9))
    timer.start()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    timer.cancel()
    setting.lock.release()
    assert status == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_is_without_what_a_thread_of_the_parent_has_set():
    switch = Switch()
    setting = SharedSetting(switch.begin, switch.end)
    with setting.held():
        pid = os.fork()
        if pid == 0:
            os._exit(0 if switch.value == "the user's" and not setting.n_users else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert switch.value == "ours"
    assert switch.value == "the user's"
