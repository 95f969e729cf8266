-- Version 2: how far the relay has come, and whose turn it is. Not part of the ledger:
-- what the bus holds is asked of the bus, this is how anybody else sees it.
CREATE SCHEMA relay AUTHORIZATION beistand_owner;
SET LOCAL ROLE beistand_owner;

CREATE TABLE relay.standing (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    turn bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    stored_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10, vacuum_truncate = false);
COMMENT ON TABLE relay.standing IS
    'The last fact that the bus has acknowledged, and the turn of the one who relays.';
INSERT INTO relay.standing DEFAULT VALUES;

GRANT USAGE ON SCHEMA relay TO beistand_relay, beistand_reader;
GRANT SELECT, UPDATE ON relay.standing TO beistand_relay;
GRANT SELECT ON relay.standing TO beistand_reader;
GRANT USAGE ON SCHEMA ledger TO beistand_relay;
GRANT SELECT ON ledger.facts, ledger.head TO beistand_relay;
RESET ROLE;

DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO beistand_relay', current_database());
END $$;
