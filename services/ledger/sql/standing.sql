-- Version 6: the plan that stands between two runs of the matcher, for whoever asks
-- where a household could go now. Not part of the ledger: it names cases by their
-- opaque ids only, no decision reads it, and a crash may empty it.
SET LOCAL ROLE beistand_owner;

CREATE UNLOGGED TABLE running.standing (
    one bool PRIMARY KEY DEFAULT true CHECK (one),
    plan text NOT NULL,
    position bigint NOT NULL,
    gap float8 NOT NULL,
    drift float8 NOT NULL,
    acute_left numeric NOT NULL,
    persons_left numeric NOT NULL,
    points_left numeric NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10);
COMMENT ON TABLE running.standing IS
    'The newest plan as it stands after the events since, with its certificate.';
COMMENT ON COLUMN running.standing.one IS 'There is one row at most';
COMMENT ON COLUMN running.standing.plan IS 'The plan that it goes on from';
COMMENT ON COLUMN running.standing.position IS 'The last fact that it has seen';
COMMENT ON COLUMN running.standing.gap IS
    '(bound - worth) / bound of the one number of all tiers';
COMMENT ON COLUMN running.standing.drift IS
    'How much the gap has grown since the plan was made';
COMMENT ON COLUMN running.standing.acute_left IS 'Bound - worth of the first tier';
COMMENT ON COLUMN running.standing.persons_left IS 'Bound - worth of the second tier';
COMMENT ON COLUMN running.standing.points_left IS 'Bound - worth of the third tier';
COMMENT ON COLUMN running.standing.told_at IS 'When this was told';

CREATE UNLOGGED TABLE running.place (
    need text PRIMARY KEY,
    offer text NOT NULL,
    unit text,
    stay_from date NOT NULL,
    stay_to date NOT NULL,
    rooms int NOT NULL,
    moved int NOT NULL,
    position bigint NOT NULL
);
COMMENT ON TABLE running.place IS
    'Where each open need for housing has a place in the plan that stands.';
COMMENT ON COLUMN running.place.unit IS 'The room type of a contingent';
COMMENT ON COLUMN running.place.stay_from IS 'The first night';
COMMENT ON COLUMN running.place.stay_to IS 'The day of leaving';
COMMENT ON COLUMN running.place.rooms IS 'So many rooms of the unit; a home is one';
COMMENT ON COLUMN running.place.moved IS
    'How many others would have to be proposed another place for it';
COMMENT ON COLUMN running.place.position IS 'The fact with which it got the place';

GRANT SELECT, INSERT, UPDATE, DELETE ON running.standing, running.place
    TO beistand_writer;
GRANT SELECT ON running.standing, running.place TO beistand_desk, beistand_reader;
RESET ROLE;
