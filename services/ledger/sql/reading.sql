-- The folders of the read models, the same beside a ledger and at a remote site.
CREATE SCHEMA readmodel AUTHORIZATION beistand_projector;
CREATE SCHEMA projection AUTHORIZATION beistand_projector;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

SET LOCAL ROLE beistand_projector;
GRANT USAGE ON SCHEMA readmodel TO beistand_desk, beistand_tools, beistand_reader;
GRANT USAGE ON SCHEMA projection TO beistand_desk, beistand_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA readmodel
    GRANT SELECT ON TABLES TO beistand_desk, beistand_tools, beistand_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA projection
    GRANT SELECT ON TABLES TO beistand_desk, beistand_reader;
RESET ROLE;

DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO beistand_writer, beistand_reader, '
        'beistand_projector, beistand_desk, beistand_tools', current_database());
    -- A rebuild makes its tables beside the live ones as temporary ones.
    EXECUTE format(
        'GRANT TEMPORARY ON DATABASE %I TO beistand_projector', current_database());
END $$;
