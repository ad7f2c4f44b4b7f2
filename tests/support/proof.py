"""Volume of a proof: a seeded sample in an ordinary run, everything where GENVEJ_PROOF=1."""

import os


def proof_volume(sample: int, full: int) -> int:
    """How many cases to try."""
    return full if os.environ.get("GENVEJ_PROOF") == "1" else sample
