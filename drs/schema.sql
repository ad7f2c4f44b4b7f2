-- The tables of a part of kind "files". One row a file object, ordered by (alias, name, object_id).
-- part: files
CREATE TABLE file_objects (
    object_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    alias VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    md5 VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    mime_type VARCHAR NOT NULL,
    location VARCHAR NOT NULL,
    index_object_id VARCHAR NOT NULL,
    samples VARCHAR NOT NULL,
    individual_ids VARCHAR NOT NULL,
    stored_version VARCHAR NOT NULL,
    biosample_ids VARCHAR NOT NULL,
    run_ids VARCHAR NOT NULL,
    inner_format VARCHAR NOT NULL
);
-- Read groups of the part's files as their headers state them, ordered by (object_id, read_group).
CREATE TABLE read_groups (
    object_id VARCHAR NOT NULL,
    read_group VARCHAR NOT NULL,
    sample VARCHAR NOT NULL,
    platform_unit VARCHAR NOT NULL,
    library VARCHAR NOT NULL,
    platform VARCHAR NOT NULL,
    date VARCHAR NOT NULL
);
-- The contigs that the part's files are aligned to, as far as an MD5 is stated, ordered by contig.
CREATE TABLE reference_sequences (
    contig VARCHAR NOT NULL,
    length BIGINT NOT NULL,
    md5 VARCHAR NOT NULL
);
