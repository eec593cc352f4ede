"""The project keeps the shape that the design gives it: import direction, mirrored tests, size, promises."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "vcam").rglob("*.py"))
ROOMS = {"capture", "track", "classify", "animate", "composite", "guard", "publish", "portrait"}
GROUND = {"types", "errors", "config"}
ALLOWED = {
    **dict.fromkeys(ROOMS, GROUND),
    "types": set(),
    "errors": set(),
    "config": {"types", "errors"},
    "assets": {"errors"},
    "runtime": GROUND,
    "pipeline": GROUND | ROOMS,
    "app": GROUND | ROOMS | {"assets", "pipeline", "runtime", "app"},
    "__main__": {"app"},
    "__init__": set(),
}


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "vcam").parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names if module == "vcam"}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    room = _room(path)
    others = {
        name.split(".")[1]
        for name in _imports(path)
        if name.startswith("vcam.") and name != "vcam.__version__"
    }
    assert others - {room} <= ALLOWED[room]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_vcam_needs_neither_tensorflow_nor_the_training_code(path: Path) -> None:
    tops = {name.split(".")[0] for name in _imports(path)}
    assert not tops & {"tensorflow", "keras", "torch", "jax", "model", "scripts", "tests"}


def test_types_need_only_numpy() -> None:
    tops = {name.split(".")[0] for name in _imports(ROOT / "vcam" / "types.py")}
    assert tops <= {"collections", "dataclasses", "enum", "typing", "numpy"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_short_and_documented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name not in ("__init__.py", "__main__.py", "errors.py")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_has_its_tests(path: Path) -> None:
    relative = path.relative_to(ROOT / "vcam")
    assert (ROOT / "tests" / relative.parent / f"test_{relative.name}").exists()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_say_something(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "core", "manager", "base", "common", "misc"}


def test_only_the_command_line_prints() -> None:
    printing = {
        _room(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"app"}


def test_nothing_listens_beyond_loopback() -> None:
    for path in SOURCES:
        assert "0.0.0.0" not in path.read_text(encoding="utf-8")  # noqa: S104
