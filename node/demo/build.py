"""Building the demonstration: every file of the four datasets in a folder, the same for the same seed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.description import DatasetDescription, description_to_toml
from core.policy import PRESETS
from core.strict_json import JsonValue
from loaders.worker import Tell
from node.demo.cohort import CREATED_AT, PEOPLE_PER_DATASET, PLANS, DemoPlan, Person, make_cohort
from node.demo.files import ReadFiles, write_reads, write_reference, write_variants
from node.demo.genes import ASSEMBLY, HFE_C282Y
from node.demo.genotypes import KnownVariant, draw_call_set, find_named, find_rare
from node.demo.hints import DatasetExample, DemoExamples
from node.demo.phenotypes import KnownTerm, make_phenotypes
from node.demo.reads import CONTIG_LENGTHS, DEPTH, make_reference, simulate_reads
from node.demo.variants import Site, make_sites
from node.demo.vcf_text import SYNTHETIC_NOTICE

DEFAULT_SEED = 20250101
RARE_VARIANT_GENE = "BRCA2"
COMMON_TERM_ID = "HP:0002099"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoDataset:
    """The files of one dataset, and what is known of it.

    The variants are on ``assembly``, the reads on the small reference of the demonstration. ``common`` has more
    carriers than any threshold of the presets, ``rare`` fewer than five; so have ``common_term`` and ``rare_term``.
    """

    dataset_id: str
    preset: str
    assembly: str
    description: DatasetDescription
    description_file: Path
    phenopackets: tuple[Path, ...]
    variants: Path
    variants_index: Path
    variants_alias: str
    reads: tuple[ReadFiles, ...]
    people: tuple[Person, ...]
    common: KnownVariant
    rare: KnownVariant
    common_term: KnownTerm
    rare_term: KnownTerm


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Everything that ``write_demo_files`` wrote."""

    folder: Path
    seed: int
    reference: Path
    datasets: tuple[DemoDataset, ...]


@dataclass(frozen=True, slots=True)
class _Population:
    """What all datasets share."""

    seed: int
    sites: tuple[Site, ...]
    contigs: dict[str, str]
    depth: int


@dataclass(frozen=True, slots=True)
class DemoTask:
    """What a worker is asked for: see ``write_demo_files``."""

    folder: Path
    seed: int = DEFAULT_SEED
    depth: int = DEPTH


def build_demo(task: DemoTask, tell: Tell) -> DemoFiles:
    """``write_demo_files`` for ``loaders.worker.WorkerPool.run``; the worker tells how many steps have begun."""
    begun = 0

    def progress(_step: str) -> None:
        nonlocal begun
        begun += 1
        tell(begun, 1 + len(PLANS))

    return write_demo_files(task.folder, task.seed, progress, depth=task.depth)


def say_nothing(_step: str) -> None:
    """The progress of a build that nobody watches."""


def write_demo_files(
    folder: Path, seed: int = DEFAULT_SEED, progress: Progress = say_nothing, *, depth: int = DEPTH
) -> DemoFiles:
    """Write the demonstration into ``folder`` and describe it; ``progress`` is told each step before it begins.

    ``depth``: of the reads; tests ask for less.

    Call it in a process of its own: it uses pysam. Its arguments and its result can be pickled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("drawing the population")
    cohort = make_cohort(seed)
    contigs = make_reference(seed)
    reference = write_reference(contigs, folder)
    population = _Population(seed, make_sites(seed), contigs, depth)
    datasets = []
    for index, plan in enumerate(PLANS):
        progress(f"writing {plan.dataset_id}")
        datasets.append(_write_dataset(folder / plan.dataset_id, plan, index, cohort[plan.dataset_id], population))
    return DemoFiles(folder, seed, reference, tuple(datasets))


def _write_dataset(
    folder: Path, plan: DemoPlan, index: int, people: tuple[Person, ...], population: _Population
) -> DemoDataset:
    folder.mkdir(exist_ok=True)
    call_set = draw_call_set(population.sites, people, population.seed, index)
    alias = f"{plan.dataset_id}-variants"
    variants = folder / f"{alias}{plan.variant_suffix}"
    variants_index = write_variants(call_set, variants)
    phenotypes = make_phenotypes(call_set, population.seed, index)
    description = describe(plan)
    description_file = folder / "dataset.toml"
    description_file.write_text(description_to_toml(description), encoding="utf-8")
    return DemoDataset(
        dataset_id=plan.dataset_id,
        preset=plan.preset,
        assembly=ASSEMBLY.name,
        description=description,
        description_file=description_file,
        phenopackets=_write_phenopackets(folder / "phenopackets", phenotypes.packets),
        variants=variants,
        variants_index=variants_index,
        variants_alias=alias,
        reads=_write_all_reads(folder, people[: plan.people_with_reads], index, population),
        people=people,
        common=find_named(call_set, HFE_C282Y),
        rare=find_rare(call_set, RARE_VARIANT_GENE),
        common_term=phenotypes.find(COMMON_TERM_ID),
        rare_term=phenotypes.find_rare(),
    )


def _write_phenopackets(folder: Path, packets: dict[str, JsonValue]) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    paths = []
    for individual_id, packet in packets.items():
        path = folder / f"{individual_id}.json"
        path.write_text(json.dumps(packet, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def _write_all_reads(
    folder: Path, people: tuple[Person, ...], dataset_index: int, population: _Population
) -> tuple[ReadFiles, ...]:
    written = []
    for number, person in enumerate(people):
        reads = simulate_reads(
            population.contigs, population.seed, dataset_index * PEOPLE_PER_DATASET + number, population.depth
        )
        written.append(write_reads(reads, person, population.contigs, folder))
    return tuple(written)


def describe(plan: DemoPlan) -> DatasetDescription:
    """The ``dataset.toml`` of a demonstration dataset: its preset, marked as synthetic."""
    return DatasetDescription(
        title=plan.title,
        policy=replace(PRESETS[plan.preset], synthetic=True),
        description=f"{PEOPLE_PER_DATASET} people of the five Danish regions; {SYNTHETIC_NOTICE}.",
        publisher="Genvej demonstration",
        contact_url="https://example.org/genvej-demo",
        legal_basis="none needed: synthetic data",
        release_class=plan.preset,
        created_at=CREATED_AT,
        duo_terms=plan.duo_terms,
    )


def examples_of(files: DemoFiles) -> DemoExamples:
    """What the printed lines ask for, one dataset for each preset."""
    by_preset = {dataset.preset: _example(dataset) for dataset in files.datasets}
    return DemoExamples(by_preset["open"], by_preset["public"], by_preset["registered"], by_preset["controlled"])


def _example(dataset: DemoDataset) -> DatasetExample:
    contig, length = next(iter(CONTIG_LENGTHS.items()))
    return DatasetExample(
        dataset_id=dataset.dataset_id,
        common=dataset.common,
        common_term=dataset.common_term,
        rare_term=dataset.rare_term,
        variants_alias=dataset.variants_alias,
        reads_alias=dataset.reads[0].alias,
        reads_contig=contig,
        reads_end=length // 3,
    )
