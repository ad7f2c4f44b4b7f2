"""The table of formats: what can be done with a file of each (pure)."""

from collections.abc import Mapping
from types import MappingProxyType

from core.errors import UnsupportedFormat
from drs.rows import FileFormat
from htsget.bam import BamFormat
from htsget.bcf import BcfFormat
from htsget.records import RecordFormat
from htsget.request import DataType
from htsget.vcf import VcfFormat

SLICED: Mapping[FileFormat, RecordFormat] = MappingProxyType(
    {FileFormat.BAM: BamFormat(), FileFormat.VCF: VcfFormat(), FileFormat.BCF: BcfFormat()}
)
"""Formats whose header and regions are served; others are served as whole files."""


def sliced_formats(data_type: DataType) -> tuple[FileFormat, ...]:
    """The formats of an endpoint that it serves in every way (htsget 1.3, service-info ``formats``)."""
    return tuple(file_format for file_format in data_type.formats if file_format in SLICED)


def record_format(file_format: FileFormat) -> RecordFormat:
    """How the records of a format are read; raises ``UnsupportedFormat`` where only whole files are served."""
    if file_format not in SLICED:
        message = f"{file_format} is served as whole files only: leave out class, referenceName and regions"
        raise UnsupportedFormat(message, field="format")
    return SLICED[file_format]
