"""``genvej token``: a passport or access token of the development issuer, ready for curl."""

from pathlib import Path

import click

from core.errors import OperatorError
from node.commands.options import home_option
from node.serve import running_public_url
from node.settings import read_settings
from passports.issuer import DevelopmentIssuer
from passports.tokens import TokenKind
from passports.visa_specs import parse_visa_specs


@click.command()
@home_option
@click.option("--user", required=True, help="Who the token is for.")
@click.option(
    "--visa",
    "visas",
    multiple=True,
    metavar="TYPE[:VALUE]",
    help="A visa in it, for example ControlledAccessGrants:DATASET or registered. May be repeated.",
)
@click.option("--passport", is_flag=True, help="A passport for DRS request bodies instead of an access token.")
@click.option(
    "--lifetime", "lifetime_s", type=click.IntRange(1, 86400), default=3600, show_default=True, help="Seconds."
)
def token(home: Path, user: str, visas: tuple[str, ...], lifetime_s: int, *, passport: bool) -> None:
    """Print a token of this node's development issuer.

    Use it as `curl -H "Authorization: Bearer $(genvej token --user me --visa registered)" URL`.
    """
    settings = read_settings(home)
    if not settings.issuer.enabled:
        message = (
            "the development issuer is off; set `enabled = true` under [issuer] in genvej.toml (never in production)"
        )
        raise OperatorError(message)
    issuer = DevelopmentIssuer(home, running_public_url(home) or settings.effective_public_url)
    kind = TokenKind.PASSPORT if passport else TokenKind.ACCESS_TOKEN
    click.echo(issuer.mint(user, parse_visa_specs(visas), lifetime_s, kind))
