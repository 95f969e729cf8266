-- Version 1 of the keys' database. Its backups are short-lived and kept apart.
CREATE SCHEMA vault AUTHORIZATION beistand_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SET LOCAL ROLE beistand_owner;

CREATE TABLE vault.keys (
    key_id text COLLATE "C" PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    wrapped bytea NOT NULL,
    UNIQUE (subject, purpose)
);
COMMENT ON TABLE vault.keys IS
    'One key a person and purpose, wrapped; a row deleted is a person forgotten.';

CREATE TABLE vault.own (
    name text COLLATE "C" PRIMARY KEY,
    wrapped bytea NOT NULL
);
COMMENT ON TABLE vault.own IS 'The realm''s own keys: for digests, pseudonyms, contacts.';

CREATE TABLE vault.contacts (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('mail', 'phone', 'address')),
    mark bytea NOT NULL,
    case_ref text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, mark, case_ref)
);
CREATE INDEX contacts_by_subject ON vault.contacts (subject);
COMMENT ON TABLE vault.contacts IS
    'Keyed digests of contacts, so that two cases of one person find each other.';

GRANT USAGE ON SCHEMA vault TO beistand_vault;
GRANT SELECT, INSERT, DELETE ON vault.keys, vault.contacts TO beistand_vault;
GRANT SELECT, INSERT ON vault.own TO beistand_vault;
RESET ROLE;

DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO beistand_vault', current_database());
END $$;
