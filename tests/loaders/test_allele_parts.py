from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon.annotation_rows import AnnotationRow, FrequencyRow
from beacon.rows import PersonRow, VariantType, Zygosity
from core.genome import GRCH38
from core.manifest import AbsentSite, Part, Source
from loaders.allele_parts import CarriedAllele, PeopleOfLoad, build_allele_part
from loaders.vcf_alleles import Allele

HET, HOM, HEMI = Zygosity.HETEROZYGOUS, Zygosity.HOMOZYGOUS, Zygosity.HEMIZYGOUS
PEOPLE = tuple(
    PersonRow(0, f"S{number}", f"P{number}", f"S{number}", sex)
    for number, sex in enumerate(("MALE", "FEMALE", "MALE", "UNKNOWN_SEX"))
)
Row = tuple[Any, ...]


def snp(start: int = 99) -> Allele:
    return Allele(start, start + 1, "A", "G", "", VariantType.SNP)


def build(
    path: Path, contig: str, alleles: list[CarriedAllele], called: int, people: tuple[PersonRow, ...] = PEOPLE
) -> Part:
    names = frozenset(person.individual_id for person in people[:called])
    source = (Source("a.json", "0" * 64),)
    return build_allele_part(path, contig, alleles, PeopleOfLoad(people, names), assembly=GRCH38, sources=source)


def counts(path: Path) -> list[Row]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "SELECT allele_count, allele_number, heterozygous, homozygous, hemizygous FROM variants"
        ).fetchall()


def numbers_by_definition(path: Path, *, inside: bool = False) -> list[int]:
    """Allele numbers as the schema defines them: what is expected of everybody, then the unusual calls."""
    copies = "copies_par" if inside else "copies"
    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            row[0]
            for row in connection.execute(
                f"""
                SELECT sum(coalesce(called.copies, CASE WHEN p.{copies} > 0 THEN p.{copies}
                    WHEN c.zygosity IN (1, 2) THEN 2 WHEN c.zygosity = 3 THEN 1 ELSE 0 END))::BIGINT
                FROM (SELECT rowid AS n FROM variants) v CROSS JOIN people p
                LEFT JOIN carriers c ON c.variant_index = v.n AND c.person_index = p.person_index
                LEFT JOIN calls called ON called.variant_index = v.n AND called.person_index = p.person_index
                GROUP BY v.n ORDER BY v.n"""
            ).fetchall()
        ]


def test_called_people_have_the_reference_elsewhere(tmp_path: Path) -> None:
    allele = CarriedAllele(snp(), {"P0": HET, "P1": HOM, "P3": HEMI})
    part = build(tmp_path / "a", "1", [allele], called=4)
    assert counts(tmp_path / "a") == [(4, 7, 1, 1, 1)]
    assert (part.absent_site, part.absent_allele_number, part.people_count) == (AbsentSite.REFERENCE, 8, 4)
    assert part.batch.startswith("people-")


def test_of_carriers_alone_nobody_else_is_counted(tmp_path: Path) -> None:
    part = build(tmp_path / "a", "1", [CarriedAllele(snp(), {"P0": HET, "P3": HEMI})], called=0)
    assert counts(tmp_path / "a") == [(2, 3, 1, 0, 1)]
    assert (part.absent_site, part.absent_allele_number) == (AbsentSite.UNKNOWN, 0)


def test_men_are_hemizygous_outside_the_pseudo_autosomal_regions(tmp_path: Path) -> None:
    carriers = {"P0": HET, "P1": HET, "P2": HOM}
    alleles = [CarriedAllele(snp(20_000), carriers), CarriedAllele(snp(5_000_000), carriers)]
    part = build(tmp_path / "a", "X", alleles, called=3, people=PEOPLE[:3])
    assert counts(tmp_path / "a") == [(4, 6, 2, 1, 0), (3, 4, 1, 0, 2)]
    assert (part.absent_allele_number, part.absent_allele_number_par) == (4, 6)


def test_sites_without_people_keep_their_counts(tmp_path: Path) -> None:
    known = CarriedAllele(
        snp(), {}, (AnnotationRow(gene_symbol="DMD"), FrequencyRow("DK", 1, 2)), FrequencyRow("Total", 3, 9, None, 1, 0)
    )
    part = build(tmp_path / "a", "1", [known, CarriedAllele(snp(200), {})], called=0, people=())
    assert counts(tmp_path / "a") == [(3, 9, None, 1, 0), (0, 0, None, None, None)]
    assert (part.people_count, part.batch) == (0, f"sites-{part.batch[6:]}")
    with duckdb.connect(str(tmp_path / "a"), read_only=True) as connection:
        assert connection.execute("SELECT variant_index, gene_symbol FROM annotations").fetchall() == [(0, "DMD")]
        assert connection.execute("SELECT population, allele_count FROM frequencies").fetchall() == [("DK", 1)]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["1", "X", "Y", "MT"]),
    st.lists(
        st.dictionaries(st.sampled_from([f"P{n}" for n in range(4)]), st.sampled_from(list(Zygosity))),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 4),
)
def test_allele_numbers_are_what_the_schema_defines(
    tmp_path_factory: pytest.TempPathFactory, contig: str, carriers: list[dict[str, Zygosity]], called: int
) -> None:
    path = tmp_path_factory.mktemp("part") / "a"
    build(path, contig, [CarriedAllele(snp(5_000_000 + place), each) for place, each in enumerate(carriers)], called)
    assert [row[1] for row in counts(path)] == numbers_by_definition(path)
    for (count, total, het, hom, hemi), each in zip(counts(path), carriers, strict=True):
        assert het + hom + hemi == len(each)
        assert count == het + 2 * hom + hemi <= total
