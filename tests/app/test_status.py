import io
import subprocess
import sys
import time

from vcam.app.status import Figures, StatusLine, describe
from vcam.runtime.stats import Snapshot, State
from vcam.types import Size, SourceFormat

LIVE = Snapshot(
    State.LIVE,
    source="C920",
    format=SourceFormat(Size(1280, 720), 30.0),
    fps_in=29.97,
    fps_out=30.0,
    faces=2,
    expression="happiness",
    step_ms_p50=4.2,
    step_ms_p95=6.1,
    dropped=3,
    frames_out=5,
)


def test_a_live_session_in_one_line() -> None:
    assert describe(LIVE) == (
        "live | C920 1280x720 | 30.0 > 30.0 fps | 2 faces happiness | step 4.2/6.1 ms | 3 dropped"
    )


def test_trouble_says_what_to_do() -> None:
    lost = Snapshot(State.RECONNECTING, source="C920", problem="C920 is gone", hint="Plug it in.")
    assert describe(lost).startswith("reconnecting | C920")
    assert describe(lost).endswith("C920 is gone. Plug it in.")


def test_a_pipe_gets_plain_lines_now_and_then() -> None:
    out = io.StringIO()
    line = StatusLine(out)
    line.show(LIVE)
    line.show(LIVE)
    line.end()
    assert out.getvalue() == describe(LIVE) + "\n"


def test_a_terminal_gets_one_line_overwritten() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    line = StatusLine(out)
    line.show(LIVE)
    line.end()
    assert out.getvalue().startswith("\r\x1b[K")
    assert out.getvalue().count("\n") == 1


def test_figures_remember_the_first_frames() -> None:
    figures = Figures()
    starting = Snapshot(State.STARTING)
    figures.note(starting)
    assert figures.as_dict(starting)["first_frame_s"] is None
    figures.note(LIVE)
    first = figures.as_dict(LIVE)
    figures.note(LIVE)
    last = figures.as_dict(LIVE)
    assert first["first_frame_s"] == last["first_frame_s"] is not None
    assert last["first_live_frame_s"] is not None
    assert last["peak_memory_mb"] > 1
    assert last["state"] == "live"


def test_the_start_is_that_of_the_process_not_of_the_imports() -> None:
    program = (
        "import time; time.sleep(0.3)\n"
        "from vcam.app.status import Figures\n"
        "from vcam.runtime.stats import Snapshot\n"
        "print(Figures().as_dict(Snapshot())['elapsed_s'])"
    )
    began_s = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 0.3 <= float(ran.stdout) <= time.monotonic() - began_s + 0.1
