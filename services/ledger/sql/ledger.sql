-- Version 1 of a realm's database: the ledger, beside the folders of the read models.
-- Runs once, in one transaction, as the administrator.

CREATE SCHEMA ledger AUTHORIZATION beistand_owner;

SET LOCAL ROLE beistand_owner;

CREATE TABLE ledger.head (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL CHECK (position >= 0),
    recorded_us bigint NOT NULL
) WITH (fillfactor = 10, vacuum_truncate = false);
COMMENT ON TABLE ledger.head IS
    'The last position and its time; whoever records holds this row until its commit.';
INSERT INTO ledger.head (position, recorded_us) VALUES (0, 0);

CREATE TABLE ledger.facts (
    position bigint PRIMARY KEY,
    recorded_us bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    tags text[] COLLATE "C" NOT NULL,
    data bytea NOT NULL,
    leaf bytea NOT NULL
);
COMMENT ON TABLE ledger.facts IS
    'What happened, in one contiguous order; id is <command_id>.<n>, n from 0.';
COMMENT ON COLUMN ledger.facts.recorded_us IS 'Microseconds since 1970 UTC, under the lock.';
COMMENT ON COLUMN ledger.facts.leaf IS 'RFC 9162 leaf hash over all other columns.';

CREATE TABLE ledger.tags (
    tag text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tag, position)
);
COMMENT ON TABLE ledger.tags IS 'The tags of the facts, to be looked up.';

CREATE TABLE ledger.commands (
    command_id text COLLATE "C" PRIMARY KEY,
    digest bytea NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL CHECK (last >= first)
);
COMMENT ON TABLE ledger.commands IS
    'Which facts a command led to, and an HMAC of its content: once, for ever.';

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on ledger.% is refused: the ledger is only ever added to',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION ledger.refuse_falling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position <= OLD.position OR NEW.recorded_us < OLD.recorded_us THEN
        RAISE EXCEPTION 'the head of the ledger only rises'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.facts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.tags
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.commands
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON ledger.head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_rises BEFORE UPDATE ON ledger.head
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_falling();
