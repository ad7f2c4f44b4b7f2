"""``dataset.toml``: what a dataset is, and the policy that governs it (pure: text in, typed values out)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.access import Release, Tier
from core.errors import OperatorError
from core.policy import DEFAULT_PRESET, PRESETS, DatasetPolicy, TierRule

DATASET_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
"""Dataset ids need no escaping in any URL (RFC 3986, unreserved characters)."""

_TEXTS = ("title", "description", "publisher", "contact_url", "legal_basis", "release_class", "created_at")
_DUO = re.compile(r"DUO:[0-9]{7}( \S+)?")
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_LARGEST_COUNT = (1 << 31) - 1
_TIERS = {"anonymous": Tier.ANONYMOUS, "registered": Tier.REGISTERED, "controlled": Tier.CONTROLLED}
_RELEASES = {release.name.lower(): release for release in Release}


@dataclass(frozen=True, slots=True)
class DatasetDescription:
    """Metadata and policy of a dataset; lives beside its versions and is itself versioned.

    ``duo_terms``: ``DUO:nnnnnnn``, with a parameter after a space where the term wants one. ``created_at``: RFC 3339.
    """

    title: str
    policy: DatasetPolicy
    description: str = ""
    publisher: str = ""
    contact_url: str = ""
    legal_basis: str = ""
    release_class: str = ""
    created_at: str = ""
    duo_terms: tuple[str, ...] = ()


def check_dataset_id(dataset_id: str) -> str:
    """The id itself; raises ``OperatorError`` unless it can stand in a URL and in a path as it is."""
    if not DATASET_ID.fullmatch(dataset_id):
        message = (
            f"dataset id {dataset_id!r}: use letters, digits, '.', '_', '~' and '-' (at most 128, no leading sign)"
        )
        raise OperatorError(message)
    return dataset_id


def new_description(dataset_id: str, preset: str | None, created_at: str) -> DatasetDescription:
    """The description of a dataset of which nothing is known but its policy preset (default: the strictest)."""
    return DatasetDescription(title=dataset_id, policy=_preset(preset or DEFAULT_PRESET), created_at=created_at)


def parse_description(text: str) -> DatasetDescription:
    """Read a ``dataset.toml``; raises ``OperatorError`` naming every key that is wrong, its value and the remedy."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"dataset.toml is not TOML: {error}"
        raise OperatorError(message) from error
    mistakes: list[str] = []
    known = {*_TEXTS, "duo_terms", "policy"}
    mistakes += [f"{key}: unknown key; known are {', '.join(sorted(known))}" for key in document if key not in known]
    texts = {key: document[key] for key in _TEXTS if key in document}
    mistakes += [f"{key} = {value!r}: a text is expected" for key, value in texts.items() if not isinstance(value, str)]
    if not texts.get("title"):
        mistakes.append("title: missing; give the dataset a name for people")
    duo_terms = document.get("duo_terms", [])
    if not isinstance(duo_terms, list) or any(not _is_duo(term) for term in duo_terms):
        mistakes.append(f"duo_terms = {duo_terms!r}: a list such as ['DUO:0000042', 'DUO:0000007 MONDO:0005015']")
    if not _is_moment(texts.get("created_at", "")):
        mistakes.append(f"created_at = {texts['created_at']!r}: a moment such as '2026-01-31T12:00:00Z' is expected")
    policy = _policy(document.get("policy", {}), mistakes)
    if mistakes:
        raise OperatorError("\n".join(mistakes))
    return DatasetDescription(policy=policy, duo_terms=tuple(duo_terms), **texts)


def _is_duo(term: object) -> bool:
    return isinstance(term, str) and _DUO.fullmatch(term) is not None


def _is_moment(text: object) -> bool:
    """Whether a text is a moment of RFC 3339 §5.6, or empty; what is no text is complained of elsewhere."""
    if not isinstance(text, str) or not text:
        return True
    try:
        return _RFC_3339.fullmatch(text) is not None and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _preset(name: object) -> DatasetPolicy:
    if not isinstance(name, str) or name not in PRESETS:
        message = f"policy preset {name!r} is unknown; presets are {', '.join(PRESETS)}"
        raise OperatorError(message)
    return PRESETS[name]


def _policy(table: object, mistakes: list[str]) -> DatasetPolicy:
    if not isinstance(table, dict):
        mistakes.append(f"policy = {table!r}: a table is expected")
        return PRESETS[DEFAULT_PRESET]
    cells: dict[str, Any] = dict(table)
    try:
        policy = _preset(cells.pop("preset", DEFAULT_PRESET))
    except OperatorError as error:
        mistakes.append(f"policy.preset: {error.message}")
        return PRESETS[DEFAULT_PRESET]
    for key, value in cells.items():
        changed = _cell(policy, key, value)
        if changed is None:
            mistakes.append(f"policy.{key} = {value!r}: {_REMEDY.get(key, 'unknown key; known are ' + _KNOWN)}")
        else:
            policy = changed
    mistakes += [f"policy: {text}; state the better known tier's row as well" for text in policy.contradictions]
    return policy


_RULE = (
    "a table of release (none, boolean, count, frequency, record), minimum_count and rounding (whole numbers from 1)"
)
_REMEDY = {
    **dict.fromkeys(_TIERS, _RULE),
    "bytes": "anonymous, registered or controlled",
    "listed": "true or false",
    "synthetic": "true or false",
}
_KNOWN = ", ".join(("preset", *_REMEDY))


def _cell(policy: DatasetPolicy, key: str, value: object) -> DatasetPolicy | None:
    """The policy with one cell overridden; ``None`` if the cell or its value is unknown."""
    if key in _TIERS:
        rule = _rule(policy.rule(_TIERS[key]), value)
        changes: Mapping[str, Any] | None = None if rule is None else {key: rule}
    elif key == "bytes":
        changes = {"bytes_from": _TIERS[value]} if isinstance(value, str) and value in _TIERS else None
    elif key in ("listed", "synthetic"):
        changes = {key: value} if isinstance(value, bool) else None
    else:
        changes = None
    return None if changes is None else replace(policy, **changes)


def _rule(rule: TierRule, value: object) -> TierRule | None:
    if not isinstance(value, dict) or not value.keys() <= {"release", "minimum_count", "rounding"}:
        return None
    release = value.get("release", rule.release.name.lower())
    numbers = [value.get("minimum_count", rule.minimum_count), value.get("rounding", rule.rounding)]
    sound = all(type(number) is int and 1 <= number <= _LARGEST_COUNT for number in numbers)
    if not isinstance(release, str) or release not in _RELEASES or not sound:
        return None
    return TierRule(_RELEASES[release], *numbers)


def description_to_toml(described: DatasetDescription) -> str:
    """The text that ``parse_description`` reads back to the same value."""
    lines = [f"{key} = {_toml(getattr(described, key))}" for key in _TEXTS if getattr(described, key)]
    if described.duo_terms:
        lines.append(f"duo_terms = [{', '.join(_toml(term) for term in described.duo_terms)}]")
    policy = described.policy
    lines += ["", "[policy]", f"preset = {_toml(policy.name)}"]
    preset = PRESETS[policy.name]
    for name, tier in _TIERS.items():
        rule = policy.rule(tier)
        if rule != preset.rule(tier):
            cells = f"release = {_toml(rule.release.name.lower())}, minimum_count = {rule.minimum_count}"
            lines.append(f"{name} = {{ {cells}, rounding = {rule.rounding} }}")
    if policy.bytes_from != preset.bytes_from:
        lines.append(f"bytes = {_toml(policy.bytes_from.name.lower())}")
    for name in ("listed", "synthetic"):
        if getattr(policy, name) != getattr(preset, name):
            lines.append(f"{name} = {'true' if getattr(policy, name) else 'false'}")
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    escaped = "".join(_escape(character) for character in text)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 or ord(character) == 0x7F else character
