import shutil
import subprocess
from pathlib import Path

import pytest

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.object_found import Content, Subject
from loaders.object_variants import check_variants
from tests.loaders.test_object_inspection import indexed_bcf, indexed_vcf
from tests.loaders.vcf_texts import vcf_text, write_vcf


def tell(done: int, total: int) -> None:
    del done, total


def check(path: Path, *, index: bool = True, whole: bool = True, name: str = "") -> Content:
    kind = FileFormat.BCF if path.suffix == ".bcf" else FileFormat.VCF
    beside = path.with_name(f"{path.name}.{'csi' if kind is FileFormat.BCF else 'tbi'}")
    subject = Subject(name or path.name, path, beside if index else None, path.parent, whole)
    return check_variants(subject, kind, tell)


@pytest.mark.parametrize("whole", [True, False])
def test_sound_files_are_taken(tmp_path: Path, whole: bool) -> None:
    vcf = indexed_vcf(tmp_path / "a.vcf.gz")
    for path in (vcf, indexed_bcf(tmp_path / "a.bcf", vcf)):
        found = check(path, whole=whole)
        assert found.samples == ("S1",)
        assert bool(found.notes) is not whole
        assert check(path, index=False, whole=whole).samples == ("S1",)


def test_records_out_of_order_are_refused_where_they_are_indexed(tmp_path: Path) -> None:
    sound = indexed_vcf(tmp_path / "b.vcf.gz")
    path = write_vcf(tmp_path / "a.vcf.gz", vcf_text(["chr1 9 G A . GT 0/1", "chr1 5 G A . GT 0/1"], ["S1"]))
    shutil.copy(sound.with_name("b.vcf.gz.tbi"), tmp_path / "a.vcf.gz.tbi")
    with pytest.raises(LoadRefused, match=r"a\.vcf\.gz: record 2 is out of order|index"):
        check(path)
    assert check(path, index=False).notes == ("not sorted by coordinate",)


def test_lines_that_are_no_records_are_refused(tmp_path: Path) -> None:
    for wrong in ("chr1\t5\t.\tA\n", "chr1\tx\t.\tA\tC\t.\t.\t.\n"):
        text = vcf_text(["chr1 5 G A . GT 0/1"], ["S1"])
        path = write_vcf(tmp_path / "a.vcf.gz", text + wrong)
        with pytest.raises(LoadRefused, match=r"a\.vcf\.gz: line \d+: eight columns and a number in POS"):
            check(path, index=False)


def test_personal_data_in_the_header_is_refused(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G A . GT 0/1"], ["S1"])
    first, rest = text.split("\n", 1)
    vcf = write_vcf(tmp_path / "a.vcf.gz", f"{first}\n##patient=010190-1234\n{rest}")
    subprocess.run(["bcftools", "view", "-Ob", "-o", str(tmp_path / "a.bcf"), str(vcf)], check=True)
    for path in (vcf, tmp_path / "a.bcf"):
        with pytest.raises(LoadRefused, match=rf"{path.name}: line \d of the header looks like it holds a CPR number"):
            check(path, index=False)


def test_refusals_name_the_file_as_it_is_known(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G A . GT 0/1"], ["S1"]).replace("#CHROM\tPOS", "#CHROM\tPLACE")
    path = write_vcf(tmp_path / "a.vcf.gz", text).rename(tmp_path / "3")
    with pytest.raises(LoadRefused, match=r"^secret\.vcf\.gz: line"):
        check(path, index=False, name="secret.vcf.gz")


def test_structural_variants_are_found_by_either_end(tmp_path: Path) -> None:
    """An index may count END or not; both are right."""
    text = vcf_text(["chr1 50 G <DEL> END=400000;SVTYPE=DEL GT 0/1", "chr1 60 GA A . GT 0/1"], ["S1"])
    path = write_vcf(tmp_path / "a.vcf.gz", text)
    subprocess.run(["bcftools", "index", "--tbi", str(path)], check=True)
    assert check(path).notes == ()
