"""A small table of our own: terms for sex, age and zygosity for filters where no ontology file is there (pure)."""

from core.reference_rows import OntologyTerm, Synonym, SynonymScope


def _term(term_id: str, label: str, *synonyms: str) -> OntologyTerm:
    return OntologyTerm(term_id, label, synonyms=tuple(Synonym(text, SynonymScope.EXACT) for text in sorted(synonyms)))


OWN_TERMS = (
    _term("NCIT:C16576", "Female", "female"),
    _term("NCIT:C20197", "Male", "male"),
    _term("NCIT:C17998", "Unknown"),
    _term("NCIT:C25150", "Age"),
    _term("NCIT:C16731", "Neonate", "Newborn"),
    _term("NCIT:C27956", "Infant"),
    _term("NCIT:C16423", "Child"),
    _term("NCIT:C27954", "Adolescent"),
    _term("NCIT:C17600", "Adult"),
    _term("NCIT:C49685", "Adult 18-65 Years Old"),
    _term("NCIT:C91107", "Young Adult"),
    _term("NCIT:C91108", "Middle Adult"),
    _term("NCIT:C16268", "Elderly"),
    _term("PATO:0000011", "age"),
    _term("PATO:0000383", "female"),
    _term("PATO:0000384", "male"),
    _term("GENO:0000134", "hemizygous"),
    _term("GENO:0000135", "heterozygous"),
    _term("GENO:0000136", "homozygous"),
)
"""Labels as the makers of the ontologies write them; no parents."""
