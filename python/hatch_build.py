"""Puts the program into the wheel, and gives the wheel the tag of the platform that the program runs on.

The program is built by ``go build`` from the repository around this directory, for GOOS and GOARCH where they are set. DEDUP_BINARY names one that is there already;
then GOOS and GOARCH say what it runs on.
"""

import os
import pathlib
import platform
import subprocess
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Tags by GOOS/GOARCH. The program is static, so it needs no C library of any kind.
TAGS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
    "windows/arm64": "win_arm64",
}


def target() -> str:
    """GOOS/GOARCH: of the environment, else of this machine."""
    machine = platform.machine().lower()
    arch = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(machine, machine)
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    return f"{os.environ.get('GOOS') or system}/{os.environ.get('GOARCH') or arch}"


class ProgramHook(BuildHookInterface):  # type: ignore[misc]
    """Build hook of hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        system = target()
        if system not in TAGS:
            raise RuntimeError(f"no wheels for {system}; set GOOS and GOARCH to one of {', '.join(TAGS)}")
        name = "dedup.exe" if system.startswith("windows/") else "dedup"
        binary = os.environ.get("DEDUP_BINARY") or self.build(system, name)
        build_data["force_include"][binary] = f"dedup/_bin/{name}"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{TAGS[system]}"

    def build(self, system: str, name: str) -> str:
        """Builds the program into a directory of its own."""
        module = pathlib.Path(self.root).parent
        if not (module / "go.mod").exists():
            raise RuntimeError("no Go sources beside this directory; name a program: DEDUP_BINARY=path")
        self.made = tempfile.TemporaryDirectory()
        out = os.path.join(self.made.name, name)
        goos, goarch = system.split("/")
        ldflags = f"-s -w -X main.version=v{self.metadata.version}"
        subprocess.run(
            ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", out, "./cmd/dedup"],
            cwd=module, check=True, env={**os.environ, "CGO_ENABLED": "0", "GOOS": goos, "GOARCH": goarch},
        )
        return out

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if hasattr(self, "made"):
            self.made.cleanup()
