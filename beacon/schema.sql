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
-- Called copies of people at a variant's place, only where they differ from what is expected of them: people.copies, inside a
-- pseudo-autosomal region people.copies_par. Where that is 0 (nobody can say what an unlisted call means), two are expected
-- of a heterozygous or homozygous carrier, one of a hemizygous carrier, none of anybody else. So the allele number of a
-- variant for any people is the sum of what is expected of them, plus (copies - expected) of their rows here.
CREATE TABLE calls (
    variant_index INTEGER NOT NULL,
    person_index INTEGER NOT NULL,
    copies UTINYINT NOT NULL
);
CREATE TABLE people (
    person_index INTEGER NOT NULL,
    sample VARCHAR NOT NULL,
    individual_id VARCHAR NOT NULL,
    biosample_id VARCHAR NOT NULL,
    sex VARCHAR NOT NULL,
    copies UTINYINT NOT NULL,
    copies_par UTINYINT NOT NULL
);
-- Where people were called as the reference, by person and start; the intervals of one person are apart. Empty but for parts
-- that are made of gVCF files: there an absent site means reference inside these intervals, and nothing outside.
CREATE TABLE covered (
    person_index INTEGER NOT NULL,
    start_0based INTEGER NOT NULL,
    end_0based INTEGER NOT NULL
);
-- Variants that span more than 1,000 bases, so that a range query looks 1,000 bases to the left and then only here.
-- variant_index is the 0-based row number in variants.
CREATE TABLE long_variants (
    variant_index INTEGER NOT NULL,
    key BIGINT NOT NULL,
    end_0based INTEGER NOT NULL
);
-- What the source says of a variant's effect: one row a transcript (or gene) and consequence; empty text: not stated.
CREATE TABLE annotations (
    variant_index INTEGER NOT NULL,
    gene_symbol VARCHAR NOT NULL,
    gene_id VARCHAR NOT NULL,
    transcript_id VARCHAR NOT NULL,
    consequence VARCHAR NOT NULL,
    amino_acid_change VARCHAR NOT NULL,
    hgvs_coding VARCHAR NOT NULL,
    hgvs_protein VARCHAR NOT NULL,
    impact VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);
CREATE TABLE clinical (
    variant_index INTEGER NOT NULL,
    significance VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    condition_id VARCHAR NOT NULL,
    review_status VARCHAR NOT NULL,
    identifier VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);
-- Of structural variants: signed length, how far start and end are uncertain (offsets in bases), copies, where the mate is (contig:start_0based).
CREATE TABLE structural (
    variant_index INTEGER NOT NULL,
    length INTEGER,
    start_low INTEGER,
    start_high INTEGER,
    end_low INTEGER,
    end_high INTEGER,
    copy_number INTEGER,
    mate VARCHAR NOT NULL
);
-- Counts of parts of the people, as the source names them.
CREATE TABLE frequencies (
    variant_index INTEGER NOT NULL,
    population VARCHAR NOT NULL,
    allele_count INTEGER NOT NULL,
    allele_number INTEGER NOT NULL,
    heterozygous INTEGER,
    homozygous INTEGER,
    hemizygous INTEGER
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
