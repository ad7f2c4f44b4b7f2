import pickle
from pathlib import Path

import pysam
import pytest

from core.description import parse_description
from loaders.worker import WorkerPool
from node.demo.build import DEFAULT_SEED, DemoFiles, DemoTask, build_demo, examples_of, write_demo_files
from node.demo.cohort import PLANS
from node.demo.genotypes import KnownVariant


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> DemoFiles:
    return write_demo_files(tmp_path_factory.mktemp("demo") / "new", DEFAULT_SEED, steps.append, depth=2)


def test_every_step_is_told_and_the_description_can_be_pickled(demo: DemoFiles, steps: list[str]) -> None:
    assert steps == ["drawing the population", *(f"writing {plan.dataset_id}" for plan in PLANS)]
    assert pickle.loads(pickle.dumps(demo)) == demo  # noqa: S301 -- our own value


def test_every_file_of_the_description_exists(demo: DemoFiles) -> None:
    for dataset in demo.datasets:
        files = [dataset.description_file, dataset.variants, dataset.variants_index, *dataset.phenopackets]
        files += [path for it in dataset.reads for path in (it.bam, it.bam_index, it.cram, it.cram_index)]
        assert all(path.is_file() for path in (*files, demo.reference))
        assert len(dataset.phenopackets) == len(dataset.people) == 250


def test_one_dataset_has_bcf_and_no_alias_is_used_twice(demo: DemoFiles) -> None:
    assert [dataset.variants.suffix for dataset in demo.datasets].count(".bcf") == 1
    aliases = [it.alias for dataset in demo.datasets for it in dataset.reads]
    aliases += [dataset.variants_alias for dataset in demo.datasets]
    assert len(set(aliases)) == len(aliases)
    assert all(2 <= len(dataset.reads) <= 3 for dataset in demo.datasets)


def test_descriptions_say_synthetic_and_name_their_preset(demo: DemoFiles) -> None:
    for dataset in demo.datasets:
        described = parse_description(dataset.description_file.read_text(encoding="utf-8"))
        assert described == dataset.description
        assert described.policy.synthetic
        assert described.policy.name == dataset.preset
        assert "synthetic" in described.description


def carriers_in_file(path: Path, known: KnownVariant) -> set[str]:
    with pysam.VariantFile(str(path)) as file:
        start = known.start_0based
        for record in file.fetch(known.contig_in_file, start, start + 1):
            if (record.start, record.ref, record.alts) == (start, known.reference_bases, (known.alternate_bases,)):
                assert record.info["AC"] == (known.allele_count,)
                assert record.info["AN"] == known.allele_number
                return {str(name).removesuffix("-dna") for name, it in record.samples.items() if 1 in it["GT"]}
    return set()


def test_known_variants_are_in_the_files(demo: DemoFiles) -> None:
    for dataset in demo.datasets:
        for known in (dataset.common, dataset.rare):
            assert carriers_in_file(dataset.variants, known) == set(known.carriers)
        assert len(dataset.rare.carriers) < 5
        assert len(dataset.common.carriers) > 10
        assert len(dataset.rare_term.individual_ids) < 5
        assert len(dataset.common_term.individual_ids) >= 10


def test_examples_name_one_dataset_for_each_preset(demo: DemoFiles) -> None:
    examples = examples_of(demo)
    assert examples.open.dataset_id == "dk-demo-open"
    assert examples.public.common_term.label == "Asthma"
    assert examples.registered.variants_alias == "dk-demo-registered-variants"
    assert examples.controlled.reads_alias == demo.datasets[3].reads[0].alias


def test_a_worker_builds_the_same_bytes(demo: DemoFiles, tmp_path: Path) -> None:
    with WorkerPool(1) as pool:
        (again,) = pool.run(build_demo, [("demo", DemoTask(tmp_path, depth=2))])
    for one, two in zip(demo.datasets, again.datasets, strict=True):
        assert one.variants.read_bytes() == two.variants.read_bytes()
        assert one.reads[0].cram.read_bytes() == two.reads[0].cram.read_bytes()
        assert (one.common, one.rare, one.people) == (two.common, two.rare, two.people)


def test_a_build_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build_demo(DemoTask(tmp_path, depth=1), lambda done, total: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]
