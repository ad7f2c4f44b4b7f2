"""A phenopacket that uses everything that is mapped."""

from core.strict_json import JsonValue

UNIT: JsonValue = {"id": "UCUM:g/L", "label": "g/L"}


def term(identifier: str, label: str = "x") -> JsonValue:
    return {"id": identifier, "label": label}


def full_packet(subject: str = "P1", packet: str = "packet-1") -> dict[str, JsonValue]:
    measured: JsonValue = {
        "assay": term("LOINC:718-7"),
        "value": {"quantity": {"unit": UNIT, "value": 120, "referenceRange": {"unit": UNIT, "low": 110, "high": 160}}},
        "timeObserved": {"age": {"iso8601duration": "P31Y"}},
        "procedure": {
            "code": term("NCIT:C28221"),
            "bodySite": term("UBERON:0000178"),
            "performed": {"age": {"iso8601duration": "P31Y"}},
        },
    }
    return {
        "id": packet,
        "subject": {
            "id": subject,
            "sex": "FEMALE",
            "karyotypicSex": "XX",
            "timeAtLastEncounter": {"age": {"iso8601duration": "P40Y"}},
        },
        "phenotypicFeatures": [
            {
                "type": term("HP:0001250", "Seizure"),
                "severity": term("HP:0012828"),
                "modifiers": [term("HP:0025303")],
                "onset": {"age": {"iso8601duration": "P3Y"}},
                "resolution": {"timestamp": "2020-03-17T00:00:00Z"},
                "description": "seen twice",
                "evidence": [{"evidenceCode": term("ECO:0006017"), "reference": {"id": "PMID:1", "description": "d"}}],
            },
            {"type": term("HP:0001629"), "excluded": True, "evidence": [{"evidenceCode": term("ECO:0006017")}]},
        ],
        "diseases": [
            {"term": term("OMIM:300867"), "onset": {"ontologyClass": term("HP:0003577")}, "diseaseStage": [term("NCIT:C27976")]},
            {"term": term("OMIM:154700"), "excluded": True},
            {"term": term("OMIM:154701")},
        ],
        "measurements": [measured],
        "medicalActions": [
            {"treatment": {"agent": term("DrugCentral:2"), "routeOfAdministration": term("NCIT:C38288")}},
            {"treatment": {"agent": term("DrugCentral:3")}},
            {"procedure": {"code": term("NCIT:C28743")}},
            {"radiationTherapy": {}},
        ],
        "biosamples": [
            {
                "id": f"{subject}-B1",
                "individualId": subject,
                "materialSample": term("EFO:0009655"),
                "sampleType": term("UBERON:0000178"),
                "sampledTissue": term("UBERON:0002107"),
                "histologicalDiagnosis": term("NCIT:C3778"),
                "diagnosticMarkers": [term("NCIT:C68748")],
                "pathologicalTnmFinding": [term("NCIT:C48725")],
                "timeOfCollection": {"age": {"iso8601duration": "P39Y"}},
                "phenotypicFeatures": [{"type": term("HP:0003002")}],
                "measurements": [measured],
                "procedure": {"code": term("NCIT:C15189")},
            },
            {"id": f"{subject}-B2"},
        ],
        "metaData": {"createdBy": "curator@example.org"},
    }  # fmt: skip
