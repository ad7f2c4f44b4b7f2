"""Running the demonstration: a home of its own, filled by the ordinary loaders and served."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from core.datasets import DatasetCatalogue
from core.durable import write_atomically
from core.errors import OperatorError
from core.parts import file_sha256
from drs.access import HTTPS_ACCESS_ID
from loaders.phenopackets import load_phenopackets
from loaders.progress import Progress
from loaders.reads import load_reads
from loaders.vcf import load_vcf
from loaders.worker import WorkerPool
from node.app import development_issuer
from node.demo.build import DemoDataset, DemoFiles, DemoTask, build_demo, examples_of
from node.demo.hints import DemoCaller, DemoExamples, ObjectExample, demo_hints
from node.settings import SETTINGS_FILE, Settings
from passports.visa_specs import parse_visa_specs

MARKER = "demo.complete"
_FILES_FOLDER = "demo-files"
_TOKEN_LIFETIME_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a finished home keeps to print its lines again."""

    examples: DemoExamples
    drs_object: ObjectExample


_REMEMBERED = TypeAdapter(Remembered)


def settings_text(port: int) -> str:
    """The demonstration's ``genvej.toml``."""
    return f"""# Settings of the Genvej demonstration: synthetic data, and an issuer that signs for anybody.
[node]
id = "dk.genvej.demo"
name = "Genvej demonstration"
description = "Synthetic people, invented phenotypes: nothing here is about anybody."
environment = "dev"

[server]
port = {port}

[issuer]
enabled = true
"""


def prepare_home(home: Path, port: int) -> bool:
    """Make the home ready and write its settings; returns whether the demonstration has to be built.

    A home that a stopped build left half done is cleared. Raises ``OperatorError`` for a folder that holds
    anything else.
    """
    complete = (home / MARKER).is_file()
    begun = (home / _FILES_FOLDER).is_dir()
    if home.exists() and any(home.iterdir()) and not (complete or begun):
        message = f"{home} holds something else than a demonstration; choose another folder with --home"
        raise OperatorError(message)
    if begun and not complete:
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / _FILES_FOLDER).mkdir(exist_ok=True)
    write_atomically(home / SETTINGS_FILE, settings_text(port).encode())
    return not complete


def build(home: Path, progress: Progress) -> None:
    """Make the synthetic files and load them into four published datasets, one for each preset of policy."""
    with WorkerPool(1, progress=progress) as pool:
        files: DemoFiles = pool.run(build_demo, [("synthetic people", DemoTask(home / _FILES_FOLDER))])[0]
    catalogue = DatasetCatalogue(home)
    for dataset in files.datasets:
        _load(catalogue, dataset, progress)
    write_atomically(home / MARKER, _REMEMBERED.dump_json(_what_to_show(files), indent=1))


def hints(home: Path, settings: Settings) -> str:
    """Lines to paste with fresh tokens, which are also written to files for htslib."""
    shown = _REMEMBERED.validate_json((home / MARKER).read_bytes())
    examples = shown.examples
    registered = _caller(home, settings, "REGISTERED", ["registered"])
    grants = [
        f"ControlledAccessGrants:{example.dataset_id}"
        for example in (examples.public, examples.registered, examples.controlled)
    ]
    controlled = _caller(home, settings, "CONTROLLED", ["registered", *grants])
    return demo_hints(settings.effective_public_url, examples, registered, controlled, shown.drs_object)


def _load(catalogue: DatasetCatalogue, dataset: DemoDataset, progress: Progress) -> None:
    dataset_id = dataset.dataset_id
    catalogue.describe(dataset_id, dataset.description_file.read_text(encoding="utf-8"))
    load_phenopackets(catalogue, dataset_id, dataset.phenopackets, progress=progress)
    load_vcf(catalogue, dataset_id, [dataset.variants], progress=progress)
    files = [dataset.variants, *(path for reads in dataset.reads for path in (reads.bam, reads.cram))]
    load_reads(catalogue, dataset_id, files, progress=progress)
    catalogue.publish(dataset_id)
    progress.finish(dataset_id, "published")


def _what_to_show(files: DemoFiles) -> Remembered:
    examples = examples_of(files)
    open_dataset = next(dataset for dataset in files.datasets if dataset.dataset_id == examples.open.dataset_id)
    bam = open_dataset.reads[0].bam
    digest = file_sha256(bam)
    return Remembered(examples, ObjectExample(digest, bam.name, digest, HTTPS_ACCESS_ID))


def _caller(home: Path, settings: Settings, variable: str, visas: Sequence[str]) -> DemoCaller:
    token = development_issuer(settings, home).mint(variable.lower(), parse_visa_specs(visas), _TOKEN_LIFETIME_S)
    path = home / "tokens" / variable.lower()
    path.parent.mkdir(exist_ok=True, mode=0o700)
    write_atomically(path, token.encode(), mode=0o600)
    return DemoCaller(variable, token, str(path))
