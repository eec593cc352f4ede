"""`vcam doctor`: checks what vcam needs and says, line by line, what to do about the rest."""

import argparse
import dataclasses
import json
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

from vcam.app.checks.finding import Finding, Fix, Level
from vcam.app.checks.state import SystemState
from vcam.errors import VcamError

log = logging.getLogger(__name__)


def add_commands(subparsers: Any) -> None:
    """Add `vcam doctor`."""
    parser = subparsers.add_parser(
        "doctor",
        help="check this system and say what to do",
        description="Check what vcam needs on this system.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as a JSON list")
    parser.add_argument(
        "--fix", action="store_true", help="do what can be done without more rights, and print the rest"
    )
    parser.set_defaults(handler=_doctor)


def diagnose(state: SystemState) -> list[Finding]:
    """All findings on a system, in the order in which a newcomer meets the problems."""
    from vcam.app.checks import cameras, desktop, linux, macos, software, windows

    findings = [software.check_python(state.python, state.system)]
    findings += software.check_packages(state.python, state.linux)
    findings += software.check_models(state.models)
    findings += cameras.check_cameras(state)
    if state.linux:
        findings += linux.check_virtual_camera(state.linux, state.running_pid)
    if state.windows:
        findings += windows.check_virtual_camera(state.windows)
    if state.macos:
        findings += macos.check_virtual_camera(state.macos)
    if state.loop:
        from vcam.app.checks import loop  # needs OpenCV, which may be what is missing

        findings.append(loop.check_loop(state.loop))
    findings += desktop.check_desktop(state)
    findings.append(software.check_machine(state.machine))
    return findings


def report(findings: Iterable[Finding]) -> str:
    """The findings as text: a line each, what to do below it, commands ready to paste."""
    findings = list(findings)
    width = max(len(finding.check) for finding in findings)
    indent = " " * (width + 8)
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<5} {finding.check:<{width}}  {finding.message}")
        if finding.hint:
            lines.append(f"{indent}{finding.hint}")
        lines += [f"{indent}  $ {command}" for command in finding.commands]
    return "\n".join(lines)


def paragraphs(findings: Iterable[Finding]) -> str:
    """The findings for a window, whose letters have no columns."""
    return "\n\n".join(
        "\n".join([f"{finding.check.capitalize()}: {finding.message}.", finding.hint, *finding.commands])
        for finding in findings
    )


def as_json(findings: Iterable[Finding]) -> str:
    """The findings as a JSON list of objects with check, level, message, hint, commands and fix."""
    return json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=2)


def apply_fixes(findings: Iterable[Finding], fixes: dict[Fix, Callable[[], None]]) -> list[tuple[Fix, str]]:
    """Run each fix that a finding names, once; (fix, '') where it worked, else what went wrong."""
    wanted = dict.fromkeys(finding.fix for finding in findings if finding.fix is not None)
    results = []
    for fix in wanted:
        try:
            fixes[fix]()
            results.append((fix, ""))
        except VcamError as error:
            results.append((fix, f"{error}. {error.hint}"))
    return results


def _doctor(arguments: argparse.Namespace) -> int:
    from vcam import config
    from vcam.app.checks.probe import probe

    settings = config.load(config.default_path())
    findings = diagnose(probe(settings))
    if arguments.fix:
        results = apply_fixes(findings, {Fix.MODELS: _get_models, Fix.LOOPBACK: _repair_loopbacks})
        for fix, problem in results:
            print(
                f"{'fail' if problem else 'done'}  {fix}{': ' if problem else ''}{problem}", file=sys.stderr
            )
        if results:
            findings = diagnose(probe(settings))
    print(as_json(findings) if arguments.json else report(findings))
    return 1 if any(finding.level is Level.FAIL for finding in findings) else 0


def _get_models() -> None:
    from vcam import assets

    assets.get()


def _repair_loopbacks() -> None:
    from vcam.publish import v4l2

    for device in v4l2.discover():
        if device.condition is v4l2.Condition.LOST_OUTPUT:
            v4l2.prepare(device)
