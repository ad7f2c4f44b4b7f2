"""The exact reader against the plain model, on generated records."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.genome import GRCH38
from loaders.report import RecordRejected
from loaders.vcf_record import RecordReader, VcfRecord
from tests.loaders.vcf_model import ModelAllele, ModelRecord, read_model
from tests.loaders.vcf_strategies import nearly_lines, record_lines

SAMPLES = 5


def spelled(record: VcfRecord) -> ModelRecord:
    alleles = []
    for counted in record.alleles:
        allele = ModelAllele(*counted.allele[:4], counted.allele_count, *counted[2:5])
        if counted.carriers is not None:
            found = counted.carriers
            allele.heterozygous, allele.homozygous, allele.hemizygous = (
                sorted(found.heterozygous),
                sorted(found.homozygous),
                sorted(found.hemizygous),
            )
            assert counted[2:5] == (len(found.heterozygous), len(found.homozygous), len(found.hemizygous))
        alleles.append(allele)
    called = None if record.genotypes is None else list(record.genotypes.called)
    return ModelRecord(record.contig, record.passed, record.allele_number, called, alleles)


@settings(max_examples=400)
@given(record_lines(SAMPLES), st.frozensets(st.integers(0, SAMPLES - 1)))
def test_records_with_genotypes_mean_what_the_model_says(line: str, males: frozenset[int]) -> None:
    assert spelled(RecordReader(GRCH38, SAMPLES, males).read(line)) == read_model(line, males)


@settings(max_examples=300)
@given(record_lines(0))
def test_records_without_genotypes_mean_what_the_model_says(line: str) -> None:
    assert spelled(RecordReader(GRCH38, 0).read(line)) == read_model(line)


@settings(max_examples=300)
@given(record_lines(1))
def test_length_wins_over_end_in_later_versions(line: str) -> None:
    model = read_model(line, length_first=True)
    columns = line.split("\t")
    keys = [item.partition("=")[0] for item in columns[7].split(";")]
    symbols = [text for text in columns[4].split(",") if text.startswith(("<DEL", "<DUP", "<INV", "<CN"))]
    if symbols and "END" not in keys and "SVLEN" not in keys:
        with pytest.raises(RecordRejected, match="where it ends is not known"):
            RecordReader(GRCH38, 1, length_first=True).read(line)
    elif not symbols or "END" in keys:
        assert spelled(RecordReader(GRCH38, 1, length_first=True).read(line)) == model


@settings(max_examples=300)
@given(record_lines(SAMPLES), st.lists(st.integers(0, 3), min_size=SAMPLES, max_size=SAMPLES))
def test_called_copies_are_told_where_they_are_not_expected(line: str, copies: list[int]) -> None:
    keys = {(contig, inside): copies for contig in ("1", "X", "Y", "MT", "GL000220.1") for inside in (False, True)}
    plain = RecordReader(GRCH38, SAMPLES).read(line)
    told = RecordReader(GRCH38, SAMPLES, expected=keys).read(line)
    if plain.genotypes is None or told.genotypes is None:
        return
    by_column = {**dict.fromkeys(range(SAMPLES), 2), **dict(plain.genotypes.called)}
    assert dict(told.genotypes.called) == {
        column: found for column, found in by_column.items() if found != copies[column]
    }
    assert sum(by_column.values()) == told.allele_number


@settings(max_examples=500)
@given(st.one_of(nearly_lines(2), nearly_lines(0)))
def test_nearly_valid_records_are_read_or_rejected(line: str) -> None:
    for samples in (0, 2):
        try:
            record = RecordReader(GRCH38, samples).read(line)
        except RecordRejected:
            continue
        assert all(0 <= counted.allele.start_0based <= counted.allele.end_0based for counted in record.alleles)
