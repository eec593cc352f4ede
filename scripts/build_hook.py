"""Puts the face models into the wheel, so that an installed vcam needs no network."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelsHook(BuildHookInterface):
    """Fetches and verifies the model files, and adds them and their licence to an ordinary wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it writes the wheel; an editable one uses the user's cache instead."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from vcam import assets
        finally:
            sys.path.remove(self.root)
        folder = Path(assets.get())
        for path in sorted(folder.iterdir()):
            build_data["force_include"][str(path)] = f"vcam/_data/models/{path.name}"
