-- Version 5: how far the run of the matcher is that goes on, for who waits for it.
-- Not part of the ledger: it says nothing of anybody, and a crash may empty it.
CREATE SCHEMA running AUTHORIZATION beistand_owner;
SET LOCAL ROLE beistand_owner;

CREATE UNLOGGED TABLE running.matcher (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    phase text NOT NULL,
    worth numeric NOT NULL,
    bound numeric NOT NULL,
    seconds float8 NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10);
COMMENT ON TABLE running.matcher IS
    'The run of the matcher that goes on, told once a second; an old row is of a run '
    'that died.';
COMMENT ON COLUMN running.matcher.one IS 'There is one row at most';
COMMENT ON COLUMN running.matcher.phase IS 'What it is doing';
COMMENT ON COLUMN running.matcher.worth IS 'The worth known by now, of the tier at work';
COMMENT ON COLUMN running.matcher.bound IS 'Its bound; 0: none is known yet';
COMMENT ON COLUMN running.matcher.seconds IS 'How long it has run';
COMMENT ON COLUMN running.matcher.told_at IS 'When this was told';

GRANT USAGE ON SCHEMA running TO beistand_writer, beistand_desk, beistand_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON running.matcher TO beistand_writer;
GRANT SELECT ON running.matcher TO beistand_desk, beistand_reader;
RESET ROLE;
