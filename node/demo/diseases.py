"""The diseases and findings of the synthetic people: how common, what goes with them, which variant raises them (pure).

HPO labels are those of the release named in ``HPO_VERSION``; the shares are invented, common enough in a dataset of
250 people to lie above, between and below the thresholds of 5 and 10.
"""

from dataclasses import dataclass

from node.demo.genes import (
    BRCA1_5382INSC,
    BRCA2_6174DELT,
    CFTR_F508DEL,
    DMD_DELETION,
    HFE_C282Y,
    LDLR_DELETION,
)

HPO_VERSION = "2025-01-16"


@dataclass(frozen=True, slots=True)
class Term:
    """An ontology term."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A phenotypic feature and its share among those who have the disease (or among everybody)."""

    term: Term
    share: float


@dataclass(frozen=True, slots=True)
class Cause:
    """A named variant that leads to the disease: copies needed, and the share of such people who fall ill.

    Two copies: or the only one that the person has.
    """

    variant: str
    copies: int
    share: float


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease: share of adults without a known cause, age of onset from-to, findings, causes."""

    term: Term
    share: float
    onset_years: tuple[int, int]
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...] = ()
    females_only: bool = False


def _finding(term_id: str, label: str, share: float) -> Finding:
    return Finding(Term(term_id, label), share)


BACKGROUND = (
    _finding("HP:0000545", "Myopia", 0.24),
    _finding("HP:0001513", "Obesity", 0.17),
    _finding("HP:0002076", "Migraine", 0.12),
    _finding("HP:0002829", "Arthralgia", 0.09),
    _finding("HP:0012378", "Fatigue", 0.07),
    _finding("HP:0000716", "Depression", 0.06),
    _finding("HP:0000365", "Hearing impairment", 0.03),
    _finding("HP:0001903", "Anemia", 0.025),
    _finding("HP:0001638", "Cardiomyopathy", 0.008),
)

DISEASES = (
    Disease(
        Term("ICD10:I10", "Essential (primary) hypertension"),
        0.22,
        (35, 75),
        (_finding("HP:0000822", "Hypertension", 0.98), _finding("HP:0001297", "Stroke", 0.05)),
    ),
    Disease(
        Term("ICD10:J45", "Asthma"),
        0.08,
        (4, 40),
        (_finding("HP:0002099", "Asthma", 0.97), _finding("HP:0002205", "Recurrent respiratory infections", 0.3)),
    ),
    Disease(
        Term("ICD10:E11", "Type 2 diabetes mellitus"),
        0.06,
        (35, 75),
        (_finding("HP:0005978", "Type II diabetes mellitus", 0.95), _finding("HP:0001397", "Hepatic steatosis", 0.35)),
    ),
    Disease(
        Term("ICD10:G40", "Epilepsy"),
        0.02,
        (3, 60),
        (_finding("HP:0001250", "Seizure", 1.0),),
    ),
    Disease(
        Term("MONDO:0005439", "familial hypercholesterolemia"),
        0.012,
        (18, 50),
        (
            _finding("HP:0003124", "Hypercholesterolemia", 1.0),
            _finding("HP:0010874", "Tendon xanthomatosis", 0.3),
            _finding("HP:0001677", "Coronary artery atherosclerosis", 0.4),
        ),
        (Cause(LDLR_DELETION, 1, 0.95),),
    ),
    Disease(
        Term("MONDO:0006507", "hereditary hemochromatosis"),
        0.0,
        (30, 60),
        (
            _finding("HP:0003281", "Increased circulating ferritin concentration", 1.0),
            _finding("HP:0000953", "Hyperpigmentation of the skin", 0.3),
            _finding("HP:0002829", "Arthralgia", 0.5),
        ),
        (Cause(HFE_C282Y, 2, 0.8),),
    ),
    Disease(
        Term("MONDO:0009061", "cystic fibrosis"),
        0.0,
        (0, 3),
        (
            _finding("HP:0002110", "Bronchiectasis", 0.9),
            _finding("HP:0001738", "Exocrine pancreatic insufficiency", 0.9),
        ),
        (Cause(CFTR_F508DEL, 2, 1.0),),
    ),
    Disease(
        Term("MONDO:0003582", "hereditary breast ovarian cancer syndrome"),
        0.0,
        (28, 65),
        (_finding("HP:0003002", "Breast carcinoma", 0.8), _finding("HP:0100615", "Ovarian neoplasm", 0.3)),
        (Cause(BRCA1_5382INSC, 1, 0.7), Cause(BRCA2_6174DELT, 1, 0.6)),
        females_only=True,
    ),
    Disease(
        Term("ICD10:C50", "Malignant neoplasm of breast"),
        0.04,
        (40, 80),
        (_finding("HP:0003002", "Breast carcinoma", 1.0),),
        females_only=True,
    ),
    Disease(
        Term("MONDO:0010311", "Becker muscular dystrophy"),
        0.0,
        (5, 18),
        (
            _finding("HP:0003560", "Muscular dystrophy", 1.0),
            _finding("HP:0003236", "Elevated circulating creatine kinase concentration", 1.0),
            _finding("HP:0003701", "Proximal muscle weakness", 0.95),
        ),
        (Cause(DMD_DELETION, 2, 1.0),),
    ),
)
