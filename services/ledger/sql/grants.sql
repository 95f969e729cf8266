-- Least privilege: nobody but the owner's one function writes, and nobody updates.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO beistand_writer, beistand_reader, beistand_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger
    TO beistand_writer, beistand_reader, beistand_projector;
GRANT EXECUTE ON FUNCTION ledger.record TO beistand_writer;
RESET ROLE;
