-- Tables of the reference parts. A part is built once, in the order given here, and never changed.
-- Kind "ontology": every table is sorted by its columns, so that one term's rows are one range.
-- part: ontology
CREATE TABLE ontology (name VARCHAR NOT NULL, version VARCHAR NOT NULL);
CREATE TABLE terms (
    id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    obsolete BOOLEAN NOT NULL
);
CREATE TABLE synonyms (term_id VARCHAR NOT NULL, synonym VARCHAR NOT NULL, scope VARCHAR NOT NULL);
-- relation: is_a or part_of.
CREATE TABLE parents (term_id VARCHAR NOT NULL, relation VARCHAR NOT NULL, parent_id VARCHAR NOT NULL);
-- By is_a alone, every term with itself at distance 0; distance is the shortest number of steps.
CREATE TABLE descendants (ancestor_id VARCHAR NOT NULL, descendant_id VARCHAR NOT NULL, distance INTEGER NOT NULL);
CREATE TABLE ancestors (descendant_id VARCHAR NOT NULL, ancestor_id VARCHAR NOT NULL, distance INTEGER NOT NULL);
CREATE TABLE alternatives (alternative_id VARCHAR NOT NULL, term_id VARCHAR NOT NULL);
CREATE TABLE replacements (obsolete_id VARCHAR NOT NULL, term_id VARCHAR NOT NULL);
-- Kind "genes": genes of one assembly, contigs in genome order, then by place; names sorted by the upper-case alias.
-- part: genes
CREATE TABLE genes (
    contig VARCHAR NOT NULL,
    start_0based INTEGER NOT NULL,
    end_0based INTEGER NOT NULL,
    strand VARCHAR NOT NULL,
    symbol VARCHAR NOT NULL,
    gene_id VARCHAR NOT NULL,
    transcript_id VARCHAR NOT NULL,
    biotype VARCHAR NOT NULL
);
CREATE TABLE aliases (alias_upper VARCHAR NOT NULL, alias VARCHAR NOT NULL, symbol VARCHAR NOT NULL, kind VARCHAR NOT NULL);
CREATE TABLE bands (
    contig VARCHAR NOT NULL,
    start_0based INTEGER NOT NULL,
    end_0based INTEGER NOT NULL,
    band VARCHAR NOT NULL,
    stain VARCHAR NOT NULL
);
