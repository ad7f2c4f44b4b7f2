"""Settings: one frozen, typed tree, read once from ``genvej.toml`` in the node's home and ``GENVEJ_*`` variables.

A variable overrides the file: ``GENVEJ_SERVER__PORT`` is ``server.port``. The documentation's table is made from here.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core.errors import InvalidSettings
from core.optouts import OptOutRules

SETTINGS_FILE = "genvej.toml"
HOME_VARIABLE = "GENVEJ_HOME"
DEFAULT_HOME = "genvej-home"
_PREFIX = "GENVEJ_"
_OTHER_VARIABLES = frozenset({HOME_VARIABLE, "GENVEJ_PROOF"})


def _check_url(text: str) -> str:
    """An http(s) address of a host, with a sound port if any, and neither query nor fragment nor a slash at the end."""
    parts = urlsplit(text)
    sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    if not sound or any(sign in text for sign in "?# ") or text.endswith("/"):
        raise ValueError(_NOT_AN_ADDRESS)
    return text


def _check_public_url(text: str) -> str:
    """A URL without a path: DRS resolves an object at the host alone (DRS 1.5, hostname-based URIs)."""
    if urlsplit(_check_url(text)).path:
        raise ValueError(_NOT_AN_ADDRESS)
    return text


_NOT_AN_ADDRESS = "not of the expected form"
_Url = Annotated[str, AfterValidator(_check_url)]
_PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
_OptionalUrl = Annotated[str, AfterValidator(lambda text: text and _check_url(text))]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)+$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NodeSettings(_Section):
    """Who this node is."""

    id: _Id = Field("dk.example.genvej", description="reverse domain name, the stem of all service ids")
    name: str = Field("Genvej", min_length=1, description="name for people")
    description: str = Field("", description="one paragraph for people")
    environment: Literal["prod", "test", "dev", "staging"] = Field(
        "dev", description="prod, test, dev or staging; shown in service-info"
    )
    contact_url: str = Field("", description="mailto: or https: address for users")
    documentation_url: str = Field("", description="https: address of the documentation for users")


class OrganizationSettings(_Section):
    """Who operates it."""

    id: _Id = Field("dk.example", description="id of the organisation, a reverse domain name")
    name: str = Field("Genvej operators", min_length=1, description="name of the organisation")
    url: _Url = Field("https://genvej.example", description="https: address of the organisation")
    logo_url: str = Field("", description="https: address of a logo; networks show it")


class ServerSettings(_Section):
    """Where it listens."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen at")
    port: int = Field(8080, ge=1, le=65535, description="port to listen at, 1 to 65535")
    workers: int = Field(1, ge=1, le=64, description="worker processes, 1 to 64")
    maximum_connections: int = Field(
        1000, ge=1, le=100_000, description="connections of one worker at once, 1 to 100000; more get 503"
    )
    access_log: bool = Field(
        default=True, description="true or false: one line a request, without tokens and questions"
    )


class IssuerSettings(_Section):
    """The development issuer of passports: whoever reads the home folder can mint any visa."""

    enabled: bool = Field(default=False, description="true or false: serve /passports and trust what it signs")


class StorageSettings(_Section):
    """Object storage."""

    s3_endpoint_url: _OptionalUrl = Field("", description="http(s) address of an S3 store that is not Amazon's")
    s3_region: str = Field("eu-north-1", description="region of the S3 store")


class TicketSettings(_Section):
    """Signed links."""

    key_file: str = Field("keys/tickets.json", description="ticket keys, inside the home or absolute; made if absent")


class OptOutSettings(_Section):
    """People who opted out of research."""

    required: bool = Field(
        default=False, description="true or false: answer research only with a list of opt-outs that is new enough"
    )
    maximum_age_hours: int = Field(
        48, ge=1, le=8760, description="hours after which a required list is too old, 1 to 8760"
    )
    deadline_hours: int = Field(
        24, ge=0, le=24, description="hours after which counts leave out who opted out at the latest, 0 to 24"
    )


class Settings(_Section):
    """The whole tree."""

    public_url: _PublicUrl | None = Field(
        None,
        description="http(s) address of the node for the world, without path and slash at the end; all links start so",
    )
    node: NodeSettings = NodeSettings()
    organization: OrganizationSettings = OrganizationSettings()
    server: ServerSettings = ServerSettings()
    issuer: IssuerSettings = IssuerSettings()
    storage: StorageSettings = StorageSettings()
    tickets: TicketSettings = TicketSettings()
    optouts: OptOutSettings = OptOutSettings()

    @property
    def effective_public_url(self) -> str:
        """The public URL; where none is set, the address that the server listens at."""
        if self.public_url:
            return self.public_url
        host = self.server.host
        if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            host = "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server.port}"


def home_folder(argument: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The node's home: the argument, else ``GENVEJ_HOME``, else ``./genvej-home``; absolute."""
    return Path(argument or environment.get(HOME_VARIABLE) or DEFAULT_HOME).absolute()


def read_settings(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the tree; raises ``InvalidSettings`` with one line a mistake: key, value, remedy."""
    document = _read_file(home / SETTINGS_FILE)
    mistakes = list(_overlay(document, environment))
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        mistakes += [_explain(details) for details in error.errors()]
    if mistakes:
        raise InvalidSettings("\n".join(mistakes))
    return settings


def optout_rules(settings: Settings) -> OptOutRules:
    """What is asked of the list of people who opted out."""
    section = settings.optouts
    return OptOutRules(section.required, section.maximum_age_hours * 3600, section.deadline_hours * 3600)


def settings_table() -> list[tuple[str, str, str, str]]:
    """Every setting: key, variable, default, meaning."""
    return [(key, _variable(key), _shown(field.default), str(field.description)) for key, field in _fields()]


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}; is --home the folder of a node?"
        raise InvalidSettings(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name} is not TOML: {error}"
        raise InvalidSettings(message) from error


def _fields() -> Iterator[tuple[str, Any]]:
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, _Section):
            for inner, inner_field in type(field.default).model_fields.items():
                yield f"{name}.{inner}", inner_field
        else:
            yield name, field


def _variable(key: str) -> str:
    return _PREFIX + key.upper().replace(".", "__")


def _shown(default: object) -> str:
    return (
        {True: "true", False: "false"}.get(default, str(default)) if isinstance(default, bool) else str(default or "")
    )


def _overlay(document: dict[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Lay the variables over the file's document; yields a mistake for each variable that means nothing."""
    keys = {_variable(key): key for key, _ in _fields()}
    for variable, value in sorted(environment.items()):
        if not variable.startswith(_PREFIX) or variable in _OTHER_VARIABLES:
            continue
        if variable not in keys:
            yield f"{variable}: unknown variable; known are {', '.join((*sorted(keys), *sorted(_OTHER_VARIABLES)))}"
            continue
        *sections, name = keys[variable].split(".")
        place = document
        for section in sections:
            inner = place.setdefault(section, {})
            if not isinstance(inner, dict):
                yield f"{section} = {inner!r}: a table is expected, [{section}] with keys below it"
                inner = place[section] = {}
            place = inner
        place[name] = value


def _explain(details: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    key = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden":
        known = ", ".join(name for name, _ in _fields())
        return f"{key} = {details['input']!r}: unknown key; remove it, or use one of {known}"
    said = str(details["msg"])
    unexpected = details["type"] in ("string_pattern_mismatch", "value_error")
    reason = _NOT_AN_ADDRESS if unexpected else said[0].lower() + said[1:]
    meaning = dict(_fields()).get(key)
    expected = f"; expected: {meaning.description}" if meaning is not None and meaning.description else ""
    return f"{key} = {details['input']!r}: {reason}{expected}"
