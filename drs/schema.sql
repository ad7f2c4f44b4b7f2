-- The table of a part of kind "files": one row a file object, ordered by (alias, name, object_id).
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
    stored_version VARCHAR NOT NULL
);
