-- Tables of the parts that Beacon answers from. A part is built once, in the order given here, and never changed.
-- Kind "variants": one batch of people or sites on one contig; variants sorted by (key, end, reference, alternate).
-- part: variants
CREATE TABLE variants (
    key BIGINT NOT NULL,
    end_0based INTEGER NOT NULL,
    reference_bases VARCHAR NOT NULL,
    alternate_bases VARCHAR NOT NULL,
    anchor VARCHAR NOT NULL,
    variant_type VARCHAR NOT NULL,
    allele_count INTEGER NOT NULL,
    allele_number INTEGER NOT NULL,
    heterozygous INTEGER,
    homozygous INTEGER,
    hemizygous INTEGER
);
CREATE TABLE carriers (
    variant_index INTEGER NOT NULL,
    person_index INTEGER NOT NULL,
    zygosity UTINYINT NOT NULL
);
CREATE TABLE people (
    person_index INTEGER NOT NULL,
    sample VARCHAR NOT NULL,
    individual_id VARCHAR NOT NULL,
    biosample_id VARCHAR NOT NULL,
    sex VARCHAR NOT NULL
);
-- Variants that span more than 1,000 bases, so that a range query looks 1,000 bases to the left and then only here.
-- variant_index is the 0-based row number in variants.
CREATE TABLE long_variants (
    variant_index INTEGER NOT NULL,
    key BIGINT NOT NULL,
    end_0based INTEGER NOT NULL
);
-- part: entities
CREATE TABLE entities (
    entity VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    individual_id VARCHAR NOT NULL,
    sex VARCHAR NOT NULL,
    document VARCHAR NOT NULL
);
CREATE TABLE terms (
    entity VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    individual_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    term_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    excluded BOOLEAN NOT NULL
);
