import pytest

from core.errors import UnsupportedFormat
from drs.rows import FileFormat
from htsget.formats import SLICED, record_format, sliced_formats
from htsget.request import DataType


def test_the_endpoints_name_what_they_serve_in_every_way() -> None:
    assert sliced_formats(DataType.READS) == (FileFormat.BAM,)
    assert sliced_formats(DataType.VARIANTS) == (FileFormat.VCF, FileFormat.BCF)


def test_a_format_that_cannot_be_sliced_says_so() -> None:
    assert record_format(FileFormat.BAM) is SLICED[FileFormat.BAM]
    with pytest.raises(UnsupportedFormat, match="whole files only"):
        record_format(FileFormat.CRAM)
