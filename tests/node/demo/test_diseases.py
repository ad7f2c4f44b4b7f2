import gzip
import re

from node.demo.diseases import BACKGROUND, DISEASES, Term
from node.demo.genes import COPY_NUMBER_CHANGES, NAMED_VARIANTS
from tests.support.shared import needs_shared, shared

FINDINGS = {finding.term for finding in (*BACKGROUND, *(it for disease in DISEASES for it in disease.findings))}


def test_terms_have_one_label_and_a_known_shape() -> None:
    terms = FINDINGS | {disease.term for disease in DISEASES}
    assert len({term.id for term in terms}) == len(terms)
    assert all(re.fullmatch(r"HP:\d{7}|MONDO:\d{7}|ICD10:[A-Z]\d\d", term.id) for term in terms)


def test_causes_are_variants_of_the_population() -> None:
    known = {variant.name for variant in NAMED_VARIANTS} | {change.name for change in COPY_NUMBER_CHANGES}
    assert all(cause.variant in known for disease in DISEASES for cause in disease.causes)


@needs_shared
def test_findings_are_terms_of_the_human_phenotype_ontology() -> None:
    text = gzip.decompress(shared("data", "ontologies", "hp.obo.gz").read_bytes()).decode()
    known = {Term(*pair) for pair in re.findall(r"^id: (HP:\d{7})\nname: (.*)$", text, re.MULTILINE)}
    assert known >= FINDINGS
