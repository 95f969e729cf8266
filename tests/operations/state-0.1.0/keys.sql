SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA vault;
ALTER SCHEMA vault OWNER TO beistand_owner;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.beistand_version (
    version integer NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.beistand_version OWNER TO postgres;
CREATE TABLE vault.contacts (
    kind text NOT NULL COLLATE pg_catalog."C",
    mark bytea NOT NULL,
    case_ref text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT contacts_kind_check CHECK ((kind = ANY (ARRAY['mail'::text, 'phone'::text, 'address'::text])))
);
ALTER TABLE vault.contacts OWNER TO beistand_owner;
COMMENT ON TABLE vault.contacts IS 'Keyed digests of contacts, so that two cases of one person find each other.';
CREATE TABLE vault.keys (
    key_id text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    wrapped bytea NOT NULL
);
ALTER TABLE vault.keys OWNER TO beistand_owner;
COMMENT ON TABLE vault.keys IS 'One key a person and purpose, wrapped; a row deleted is a person forgotten.';
CREATE TABLE vault.own (
    name text NOT NULL COLLATE pg_catalog."C",
    wrapped bytea NOT NULL
);
ALTER TABLE vault.own OWNER TO beistand_owner;
COMMENT ON TABLE vault.own IS 'The realm''s own keys: for digests, pseudonyms, contacts.';
INSERT INTO public.beistand_version VALUES (1, '2026-11-22 20:04:50.489915+00');
INSERT INTO vault.contacts VALUES ('mail', '\x18f8c30e6b13ebb823d4cfd51eaaca947ba0a8b771390fba0ce837f1269e8b1b', 'offer:o-0dac6812782144ce681aa22b', 'p-dbb56bf8fd63a4a530b83d1a');
INSERT INTO vault.contacts VALUES ('phone', '\xd72829b9b1fb76a6c627fe274813234756be59fdefb069ee656c442f736208e5', 'offer:o-0dac6812782144ce681aa22b', 'p-dbb56bf8fd63a4a530b83d1a');
INSERT INTO vault.contacts VALUES ('address', '\x86215c0a4eea55a0174390a3a308886bb7875cdd1ee10278cfed0f24f464b506', 'offer:o-0dac6812782144ce681aa22b', 'p-dbb56bf8fd63a4a530b83d1a');
INSERT INTO vault.keys VALUES ('k-7e2dcca4be4c88d767d7c466', 'p-dbb56bf8fd63a4a530b83d1a', 'address', '\x0e98ef841c62dcfc79d655136a2fcffb7a1bfce73a86715861d1e22123f585727503e0e8d5a31bb2d60052fdb15ea73ab4b86b700004f6104cc21c67');
INSERT INTO vault.keys VALUES ('k-4b31455d37a95011a0134108', 'p-dbb56bf8fd63a4a530b83d1a', 'contact', '\xed58956bdb8d28bae079e735a09e5e8171d4aa52a79d7dc10f2b4134b0a63defb11fc23aca1a7176d19f3bea022e23e19216f57b7a55a07648ab79f7');
INSERT INTO vault.keys VALUES ('k-5b7d2d7ed912aed8c767ba35', 'p-dbb56bf8fd63a4a530b83d1a', 'message', '\x514ed1677070ddbf52508cf0b2f49df4c3c0092d0102177832a65414d7f9e4adba2ff0713a15796b565562c4d1e4fa5baebc5350cd95cf01211cb56e');
INSERT INTO vault.keys VALUES ('k-9c851d60e1264f6cf1c0fe68', 'p-dbb56bf8fd63a4a530b83d1a', 'row', '\xa964e1dbc6ab0ed9e22b72a5e4f4705616b2507b82ad870fc25ea598a352ee3d6a86f6e912b93e0f4ec3e764c78420c113c0485acd18ed087fb06874');
INSERT INTO vault.keys VALUES ('k-6557699e44243638df0afcc6', 's-e3aae68ec782871fafc2236b', 'row', '\xf683601618ea7e3c99873d14da8793df87450cab90530f921e7f68741f7344ca7cbca056b107f3265ff31e3b48ba2d7b9a85fc4f682deedbb0474de0');
INSERT INTO vault.own VALUES ('digest', '\x1804b34f23d90fc375d1570d2fbb5f6f80a22ddbcad0872a5adf4d92dcba16dcedacf93a4e7e22b66079465b5dd00c14d746e46a2f2fda102862e5ec');
INSERT INTO vault.own VALUES ('pseudonym', '\xda2b055598a1be4123825d589692ebe7c2ba2b049a98f34e7512178adc5f565c3b27920fabdada0604c4c4ca540495702a256557fd8859cbfca4208f');
INSERT INTO vault.own VALUES ('contact', '\x25f95c62ce67f11b2bad246a2040644615904bae8337b2ad1b403b073c6ed87971c52c70e9298f1bd5a707aa36d25c3ed0bdf3895441a6eb365ea798');
ALTER TABLE ONLY public.beistand_version
    ADD CONSTRAINT beistand_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY vault.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (kind, mark, case_ref);
ALTER TABLE ONLY vault.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY vault.keys
    ADD CONSTRAINT keys_subject_purpose_key UNIQUE (subject, purpose);
ALTER TABLE ONLY vault.own
    ADD CONSTRAINT own_pkey PRIMARY KEY (name);
CREATE INDEX contacts_by_case ON vault.contacts USING btree (case_ref);
CREATE INDEX contacts_by_subject ON vault.contacts USING btree (subject);
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO beistand_vault;
GRANT SELECT,INSERT,DELETE ON TABLE vault.contacts TO beistand_vault;
GRANT SELECT,INSERT,DELETE ON TABLE vault.keys TO beistand_vault;
GRANT SELECT,INSERT ON TABLE vault.own TO beistand_vault;
