"""What a generation says of a dataset."""

from core.dataset_view import AttachedPart, DatasetView
from core.description import new_description
from core.manifest import Manifest, Part, PartKind


def test_parts_by_kind_and_the_policy() -> None:
    parts = [Part(kind, name, "s", "d", 1, 1) for kind, name in ((PartKind.FILES, "a"), (PartKind.ENTITIES, "b"))]
    attached = tuple(AttachedPart(part, f"p{number}") for number, part in enumerate(parts))
    description = new_description("d", "open", "2026-01-01T00:00:00Z")
    manifest = Manifest("d", "1", "GRCh38", "2026-01-01T00:00:00Z", tuple(parts))
    view = DatasetView("d", "1", description, manifest, attached, "2026-01-01T00:00:00Z")

    assert view.policy is description.policy
    assert view.of_kind(PartKind.FILES) == attached[:1]
    assert view.of_kind(PartKind.VARIANTS) == ()
