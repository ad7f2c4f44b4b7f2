import json
import re
from dataclasses import replace
from typing import Any

import pytest

from loaders.personal_data import personal_data_in
from node.demo.cohort import CREATED_AT, Sex
from node.demo.phenotypes import KnownTerm, Phenotypes, make_phenotypes
from tests.node.demo.populations import SEED, call_sets

ALLOWED = {"id", "subject", "phenotypicFeatures", "biosamples", "diseases", "metaData"}


def phenotypes(index: int) -> Phenotypes:
    return make_phenotypes(call_sets()[index], SEED, index)


def packets(index: int) -> dict[str, Any]:
    return dict(phenotypes(index).packets)


def labels(packet: dict[str, Any]) -> set[str]:
    return {disease["term"]["label"] for disease in packet["diseases"]}


def test_the_same_seed_gives_the_same_phenopackets() -> None:
    assert phenotypes(1) == phenotypes(1)
    assert phenotypes(1).packets != make_phenotypes(call_sets()[1], SEED + 1, 1).packets


def test_every_person_has_a_phenopacket_whose_biosample_is_the_sample_column() -> None:
    found = packets(0)
    assert list(found) == [person.individual_id for person in call_sets()[0].people]
    for person in call_sets()[0].people:
        packet = found[person.individual_id]
        assert packet.keys() == ALLOWED
        assert packet["subject"]["sex"] == person.sex.value
        assert packet["biosamples"][0]["id"] == person.biosample_id
        assert packet["biosamples"][0]["individualId"] == packet["subject"]["id"] == person.individual_id


def test_phenopackets_hold_no_personal_data() -> None:
    found = packets(1)
    for person in call_sets()[1].people:
        packet = found[person.individual_id]
        text = json.dumps(packet, ensure_ascii=False)
        assert personal_data_in(text) is None
        assert "dateOfBirth" not in text
        assert str(person.birth_year) not in json.dumps(packet["subject"])
        assert packet["subject"]["timeAtLastEncounter"] == {"age": {"iso8601duration": f"P{person.age_years}Y"}}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT\S*?Z", text)) == {CREATED_AT}
        assert "synthetic" in packet["metaData"]["submittedBy"]


def test_every_prefix_is_declared_as_a_resource() -> None:
    for packet in packets(2).values():
        declared = {resource["namespacePrefix"] for resource in packet["metaData"]["resources"]}
        used = set(re.findall(r'"id": "([A-Za-z0-9]+):', json.dumps(packet)))
        assert used <= declared


def test_findings_lie_above_between_and_below_the_thresholds() -> None:
    for index in range(4):
        numbers = sorted(len(people) for people in phenotypes(index).present.values())
        assert sum(number >= 10 for number in numbers) >= 5
        assert any(5 <= number < 10 for number in numbers)
        assert any(number < 5 for number in numbers)


def test_some_findings_are_excluded_and_none_is_both() -> None:
    excluded = 0
    for packet in packets(3).values():
        features = packet["phenotypicFeatures"]
        assert len({feature["type"]["id"] for feature in features}) == len(features)
        excluded += sum(feature.get("excluded", False) for feature in features)
    assert excluded > 100


def test_known_terms_name_the_people_who_have_them() -> None:
    found, everybody = phenotypes(0), packets(0)
    asthma, rare = found.find("HP:0002099"), found.find_rare()
    for term in (asthma, rare):
        having = [
            name
            for name, packet in everybody.items()
            if any(it["type"]["id"] == term.id and not it.get("excluded") for it in packet["phenotypicFeatures"])
        ]
        assert tuple(having) == term.individual_ids
    assert len(asthma.individual_ids) >= 10
    assert 1 <= len(rare.individual_ids) < 5
    assert isinstance(rare, KnownTerm)


def test_what_nobody_has_is_not_found() -> None:
    nobody = Phenotypes({}, {})
    with pytest.raises(LookupError, match="HP:0002099"):
        nobody.find("HP:0002099")
    with pytest.raises(LookupError, match="rare"):
        nobody.find_rare()


def test_genotypes_cause_disease() -> None:
    """Hemochromatosis needs two copies of C282Y; everybody with cystic fibrosis has two copies of F508del."""
    for index, call_set in enumerate(call_sets()):
        site = next(number for number, it in enumerate(call_set.sites) if it.name == "HFE C282Y")
        copies = dict(
            zip((it.individual_id for it in call_set.people), (call_set.copies[site] == 1).sum(axis=1), strict=True)
        )
        ill = {name for name, packet in packets(index).items() if "hereditary hemochromatosis" in labels(packet)}
        assert all(copies[name] == 2 for name in ill)


def test_females_only_and_every_copy() -> None:
    """Breast cancer syndromes are given to females; a male with his only DMD deleted is ill, a carrier is not."""
    call_set = call_sets()[0]
    deletion = next(site for it in call_sets() for site in it.sites if site.name == "DMD exon deletion")
    copies = call_set.copies[:1].copy()
    male = [person.sex is Sex.MALE for person in call_set.people]
    copies[0, :, 0], copies[0, :, 1] = [-2 if it else 0 for it in male], 1
    made = make_phenotypes(replace(call_set, sites=(deletion,), copies=copies), SEED, 0)
    everybody: dict[str, Any] = dict(made.packets)
    ill = {name for name, packet in everybody.items() if "Becker muscular dystrophy" in labels(packet)}
    assert ill == {person.individual_id for person in call_set.people if person.sex is Sex.MALE}
    breast = {name for name, packet in everybody.items() if "Malignant neoplasm of breast" in labels(packet)}
    assert breast
    assert breast.isdisjoint(ill)
