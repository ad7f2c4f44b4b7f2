"""The reference page, made from the tables that the node runs on: settings, policies, commands, errors, routes.

``python -m node.reference > docs/reference.md``; a test fails where the page lags behind.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from core.access import Tier
from core.policy import PRESETS
from core.web import STATUS_OF
from node.app import create_node
from node.cli import genvej
from node.settings import IssuerSettings, Settings, settings_table


def reference() -> str:
    """The whole page."""
    sections = (
        ["# Reference", "", "Made by `python -m node.reference`; do not edit.", ""],
        ["## Settings", "", "In `genvej.toml` of the home, or as a variable, which wins.", ""],
        _table(("key", "variable", "default", "meaning"), settings_table()),
        ["## Policies of datasets", "", "Presets for `--policy`; `dataset.toml` overrides single cells.", ""],
        _table(("preset", "tier", "released", "from how many people", "rounded to", "bytes"), _policies()),
        ["## Commands", ""],
        _table(("command", "purpose"), _commands(genvej, "genvej")),
        ["## Errors", "", "Any error that is not here is a 500 which says nothing of its cause.", ""],
        _table(("error", "status", "meaning"), _errors()),
        ["## Routes", ""],
        _table(("path", "methods"), _methods_by_path()),
    )
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Any) -> list[str]:  # noqa: ANN401 - any iterable of equal tuples
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in line)} |" for line in lines] + [""]


def _policies() -> Iterator[tuple[str, ...]]:
    for policy in PRESETS.values():
        for tier in Tier:
            rule = policy.rule(tier)
            streams = "yes" if tier >= policy.bytes_from else "no"
            release, least, rounding = rule.release.name.lower(), str(rule.minimum_count), str(rule.rounding)
            yield policy.name, tier.name.lower(), release, least, rounding, streams


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child_name in command.list_commands(context):
            child = command.get_command(context, child_name)
            if child is not None:
                yield from _commands(child, f"{name} {child_name}")
    else:
        options = " ".join(
            f"`{max(option.opts, key=len)}`" for option in command.params if option.opts[0].startswith("-")
        )
        yield f"`{name}`", f"{(command.help or '').splitlines()[0]} {options}"


def _errors() -> Iterator[tuple[str, str, str]]:
    for kind, status in STATUS_OF.items():
        yield kind.__name__, str(status), (kind.__doc__ or "").splitlines()[0]


def _methods_by_path() -> list[tuple[str, str]]:
    methods: dict[str, set[str]] = {}
    for path, method in _all_routes():
        methods.setdefault(path, set()).add(method)
    return [(path, ", ".join(sorted(found))) for path, found in sorted(methods.items())]


def _all_routes() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        node = create_node(Settings(issuer=IssuerSettings(enabled=True)), Path(folder))
        try:
            yield from _routes(node.routes, "")
        finally:
            node.generations.stop()


def _routes(routes: Sequence[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            inner = route.app.routes if isinstance(route.app, FastAPI) else route.routes
            yield from _routes(inner, prefix + route.path)
        elif isinstance(route, Route):
            for method in sorted(set(route.methods or ()) - {"HEAD"}):
                yield f"`{prefix}{route.path}`", method


if __name__ == "__main__":
    sys.stdout.write(reference())
