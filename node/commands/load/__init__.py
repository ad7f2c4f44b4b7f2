"""``genvej load``: what comes in, one module a kind of input; each load goes into a draft version."""

from types import MappingProxyType

import click

from node.commands.lazy import LazyGroup

COMMANDS = MappingProxyType(
    {
        "vcf": "node.commands.load.vcf:vcf",
        "phenopackets": "node.commands.load.phenopackets:phenopackets",
        "beacon": "node.commands.load.beacon:beacon",
        "table": "node.commands.load.table:table",
        "reads": "node.commands.load.reads:reads",
        "optouts": "node.commands.load.optouts:optouts",
        "frequencies": "node.commands.load.frequencies:frequencies",
        "ontology": "node.commands.load.ontology:ontology",
        "genes": "node.commands.load.genes:genes",
    }
)
"""Every kind of input and where its command is."""


@click.group(cls=LazyGroup, table=COMMANDS)
def load() -> None:
    """Load files into a dataset's draft; `genvej dataset publish` makes the draft answer."""
