"""Tiny file objects for tests: real bytes under a node home, published by the ordinary catalogue."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.access import Decision, Subject, Tier
from core.datasets import DatasetCatalogue
from core.description import parse_description
from core.policy import DatasetPolicy
from drs.part_builder import build_file_part
from drs.rows import FileFormat, FileRow

SUBJECT = Subject("https://login.example.dk", "user-1")


@dataclass(frozen=True)
class Published:
    """What one dataset of a test holds; ``policy`` is the ``[policy]`` table of its ``dataset.toml``."""

    rows: Sequence[FileRow]
    policy: str = 'preset = "open"'

    @property
    def description(self) -> str:
        return f'title = "Test data"\n[policy]\n{self.policy}\n'


def file_row(content: bytes, file_format: FileFormat = FileFormat.BAM, **changes: object) -> FileRow:
    """The row of a file with these bytes."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:8]}.{file_format.lower()}"
    row = FileRow(
        object_id=digest,
        name=name,
        alias="",
        format=file_format,
        size_bytes=len(content),
        sha256=digest,
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        created_at="2026-01-02T03:04:05Z",
        mime_type="application/octet-stream",
        location=f"files/{digest}",
        index_object_id="",
        samples=("s1",),
        individual_ids=("P-1",),
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # names are those of the fields


def indexed_pair(content: bytes, alias: str) -> tuple[FileRow, FileRow]:
    """A BAM with an htsget id, and its index."""
    index = file_row(b"index of " + content, FileFormat.BAI, samples=(), individual_ids=())
    data = file_row(content, FileFormat.BAM, alias=alias, index_object_id=index.object_id, name=f"{alias}.bam")
    return data, index


def store_bytes(home: Path, content: bytes) -> None:
    """Put bytes where the rows of ``file_row`` say."""
    folder = home / "files"
    folder.mkdir(exist_ok=True)
    (folder / hashlib.sha256(content).hexdigest()).write_bytes(content)


def publish(home: Path, datasets: Mapping[str, Published], opted_out: Sequence[str] = ()) -> None:
    """Publish a new version of each dataset that holds exactly these rows."""
    catalogue = DatasetCatalogue(home)
    for dataset_id, published in datasets.items():
        catalogue.describe(dataset_id, published.description)
        with catalogue.open_draft(dataset_id, assembly="GRCh38", fresh=True) as draft:
            path = draft.staging / "files"
            draft.add([(build_file_part(path, published.rows), path)])
        catalogue.publish(dataset_id)
    (home / "optouts.tsv").unlink(missing_ok=True)
    if opted_out:
        (home / "optouts.tsv").write_text("".join(f"{person}\n" for person in opted_out))


def decide(datasets: Mapping[str, Published], tier: Tier, subject: Subject | None = SUBJECT) -> Decision:
    """What the policies of these datasets give to a caller of one tier everywhere."""
    policies = {dataset_id: policy_of(published) for dataset_id, published in datasets.items()}
    access = {dataset_id: policy.access(dataset_id, tier) for dataset_id, policy in policies.items()}
    return Decision(access, None if tier == Tier.ANONYMOUS and subject is SUBJECT else subject, tier)


def policy_of(published: Published) -> DatasetPolicy:
    """The policy of a dataset as ``dataset.toml`` says it."""
    return parse_description(published.description).policy
