-- One role for each thing that a process of ours does. Roles belong to the whole
-- server, so another realm's migration may make them at the same moment.
DO $$
DECLARE
    name text;
    login bool := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'beistand_owner', 'beistand_writer', 'beistand_reader',
        'beistand_projector', 'beistand_desk', 'beistand_tools', 'beistand_vault',
        'beistand_relay'
    ] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        IF NOT login AND NOT pg_has_role(current_user, name, 'SET') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', name);
        END IF;
    END LOOP;
END $$;
