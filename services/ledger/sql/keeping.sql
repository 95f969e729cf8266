-- Version 3: when the ledger was last backed up, so that a missing copy is noticed.
-- Not part of the ledger: a restored one begins without it.
CREATE SCHEMA keeping AUTHORIZATION beistand_owner;
SET LOCAL ROLE beistand_owner;

CREATE TABLE keeping.backups (
    made_at timestamptz PRIMARY KEY DEFAULT now(),
    position bigint NOT NULL CHECK (position >= 0),
    root bytea NOT NULL
);
COMMENT ON TABLE keeping.backups IS
    'Each backup: the last fact in it, and the root of the tree over all of them.';
GRANT USAGE ON SCHEMA keeping TO beistand_reader;
GRANT SELECT ON keeping.backups TO beistand_reader;
RESET ROLE;
