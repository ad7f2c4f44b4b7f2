"""Generated sites: as many as asked for, sorted, consistent, the same every time."""

from pathlib import Path

import pysam

from benchmarks.generate import PEOPLE, Site, sites
from core.genome import GRCH38


def test_a_file_has_exactly_the_variants_asked_for(tmp_path: Path) -> None:
    generated = sites(tmp_path, 2000)
    found = set()
    last = (0, 0)
    indels = 0
    with pysam.VariantFile(str(generated.path)) as file:
        for record in file:
            place = (file.header.contigs.keys().index(record.chrom), record.pos)
            assert last < place
            last = place
            assert record.alleles is not None
            reference, alternate = record.alleles
            indels += len(reference) != len(alternate)
            assert record.stop <= GRCH38.lengths[record.chrom[3:]]
            found.add(Site(record.chrom[3:], record.pos, reference, alternate))
    assert len(found) == 2000
    assert 120 < indels < 280
    assert found >= set(generated.present)
    assert found.isdisjoint(generated.absent)
    assert len(generated.absent) > 1900


def test_alleles_and_people_add_up(tmp_path: Path) -> None:
    with pysam.VariantFile(str(sites(tmp_path, 2000).path)) as file:
        for record in file:
            (count,), number = record.info["AC"], record.info["AN"]
            parts = [record.info[name][0] for name in ("AC_Het", "AC_Hom", "AC_Hemi")]
            assert 0 < count <= number <= 2 * PEOPLE
            assert sum(parts) == count
            assert min(parts) >= 0
            assert parts[1] % 2 == 0
            assert record.chrom == "chrX" or not parts[2]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = (sites(tmp_path / str(seed), 300, seed % 2) for seed in (1, 3, 4))
    assert first.path.read_bytes() == second.path.read_bytes() != other.path.read_bytes()
    assert sites(tmp_path / "1", 300) == first
