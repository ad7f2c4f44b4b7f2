"""Which people who opted out an answer knows of (pure): two masks, and the one place where one of them is chosen."""

from dataclasses import dataclass

from beacon.entry_types import VARIANT
from beacon.query import BeaconQuery
from core.access import DatasetAccess, Release


@dataclass(frozen=True, slots=True)
class MaskTables:
    """Tables of people who opted out; an empty text where a part or a dataset holds none of them.

    ``gone``: whose records are shown to nobody. ``uncounted``: whom aggregates leave out, which changes at epochs only.
    """

    gone: str = ""
    uncounted: str = ""

    def of(self, access: DatasetAccess, query: BeaconQuery | None = None) -> str:
        """The one place where it is decided which opt-outs an answer knows of.

        Who may see records sees the records that there are, and counts that agree with them; so does whoever asks for
        one person. Others see counts alone: in these one person less would tell who it was.
        """
        if access.release is Release.RECORD or (query is not None and about_one_person(query)):
            return self.gone
        return self.uncounted


def about_one_person(query: BeaconQuery) -> bool:
    """Whether a question names one person, or a sample or record of one."""
    if query.individual_id is not None or query.biosample_id is not None:
        return True
    return query.entry_id is not None and query.entry_type != VARIANT.id


NO_MASKS = MaskTables()


def not_masked(column: str, table: str) -> str:
    """The condition that a person is not in a mask; nothing where there is none."""
    return f"{column} NOT IN (SELECT individual_id FROM {table})" if table else ""  # noqa: S608 - own text
