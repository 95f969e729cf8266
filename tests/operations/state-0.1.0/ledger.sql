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
CREATE SCHEMA ledger;
ALTER SCHEMA ledger OWNER TO beistand_owner;
CREATE SCHEMA projection;
ALTER SCHEMA projection OWNER TO beistand_projector;
CREATE SCHEMA readmodel;
ALTER SCHEMA readmodel OWNER TO beistand_projector;
CREATE FUNCTION ledger.lp(bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (int4send(octet_length($1)) || $1);
ALTER FUNCTION ledger.lp(bytea) OWNER TO beistand_owner;
COMMENT ON FUNCTION ledger.lp(bytea) IS 'Bytes with their length (four bytes, big-endian) before.';
CREATE FUNCTION ledger.leaf(place bigint, recorded_us bigint, id text, command_id text, type text, tags integer, joined text, data bytea) RETURNS bytea
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN sha256((((((((('\x00'::bytea || int8send(place)) || int8send(recorded_us)) || ledger.lp(convert_to(id, 'UTF8'::name))) || ledger.lp(convert_to(command_id, 'UTF8'::name))) || ledger.lp(convert_to(type, 'UTF8'::name))) || int4send(tags)) || ledger.lp(convert_to(joined, 'UTF8'::name))) || ledger.lp(data)));
ALTER FUNCTION ledger.leaf(place bigint, recorded_us bigint, id text, command_id text, type text, tags integer, joined text, data bytea) OWNER TO beistand_owner;
COMMENT ON FUNCTION ledger.leaf(place bigint, recorded_us bigint, id text, command_id text, type text, tags integer, joined text, data bytea) IS 'RFC 9162 leaf over a whole fact; services/ledger/tree.py computes the same.';
CREATE FUNCTION ledger.record(command_ids text[], digests bytea[], fact_entry integer[], fact_command text[], fact_type text[], fact_tags text[], fact_data bytea[], item_entry integer[], item_after bigint[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[], OUT outcome smallint[], OUT first bigint[], OUT last bigint[]) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
    AS $$
DECLARE
    RECORDED CONSTANT smallint := 0;
    REPEATED CONSTANT smallint := 1;
    OVERTAKEN CONSTANT smallint := 2;
    entries CONSTANT int := cardinality(command_ids);
    size int[] := array_fill(0, ARRAY[entries]);
    start int[];      -- how many facts of the batch stand before the entry's
    shift bigint[];   -- what makes a place in the batch a position
    head bigint;
    before_us bigint;
    now_us bigint;
    next bigint;
    hit record;
    e int;
BEGIN
    IF cardinality(fact_entry) > 1000 THEN
        RAISE EXCEPTION 'a batch has at most 1000 facts' USING ERRCODE = '54000';
    END IF;
    outcome := array_fill(RECORDED, ARRAY[entries]);
    first := array_fill(0::bigint, ARRAY[entries]);
    last := first; shift := first; start := size;
    SELECT h.position, h.recorded_us INTO STRICT head, before_us
        FROM ledger.head h FOR UPDATE;
    -- A command that was answered before gets the first answer again.
    FOR hit IN
        SELECT c.n, k.first, k.last, k.digest = c.digest AS same, k.command_id
        FROM unnest(command_ids, digests) WITH ORDINALITY AS c (id, digest, n)
        JOIN ledger.commands k ON k.command_id = c.id
    LOOP
        IF NOT hit.same THEN
            RAISE EXCEPTION '%', hit.command_id USING ERRCODE = 'BS409';
        END IF;
        outcome[hit.n] := REPEATED; first[hit.n] := hit.first; last[hit.n] := hit.last;
    END LOOP;
    -- What was recorded about its concerns since a command looked overtakes it.
    IF head > ANY (item_after) THEN
        FOR hit IN
            SELECT i.entry, max(h.position) AS latest FROM (
                SELECT w.item, t.position, count(*) AS tags
                FROM unnest(want_item, want_tag) AS w (item, tag)
                JOIN ledger.tags t
                    ON t.tag = w.tag AND t.position > item_after[w.item]
                GROUP BY w.item, t.position
            ) h, LATERAL (SELECT item_entry[h.item] AS entry) i
            WHERE h.tags = item_size[h.item] AND (
                item_kind[h.item] = 0 OR EXISTS (
                    SELECT FROM ledger.facts f
                    JOIN unnest(kind_no, kind_name) AS k (kind, name) ON k.name = f.type
                    WHERE f.position = h.position AND k.kind = item_kind[h.item]))
            GROUP BY i.entry
        LOOP
            CONTINUE WHEN outcome[hit.entry] = REPEATED;
            outcome[hit.entry] := OVERTAKEN; last[hit.entry] := hit.latest;
        END LOOP;
    END IF;
    IF 0 = ANY (item_size) AND head > ANY (item_after) THEN
        FOR hit IN
            SELECT i.entry, max(f.position) AS latest
            FROM unnest(item_entry, item_after, item_size, item_kind)
                AS i (entry, after, size, kind)
            JOIN ledger.facts f ON f.position > i.after
            WHERE i.size = 0 AND (i.kind = 0 OR EXISTS (
                SELECT FROM unnest(kind_no, kind_name) AS k (kind, name)
                WHERE k.kind = i.kind AND k.name = f.type))
            GROUP BY i.entry
        LOOP
            CONTINUE WHEN outcome[hit.entry] = REPEATED;
            outcome[hit.entry] := OVERTAKEN;
            last[hit.entry] := greatest(last[hit.entry], hit.latest);
        END LOOP;
    END IF;
    IF entries > 1 AND cardinality(item_entry) > 0 THEN
        FOR hit IN
            SELECT * FROM ledger.within_batch(
                fact_entry, fact_type, fact_tags, item_entry, item_size, item_kind,
                want_item, want_tag, kind_no, kind_name)
        LOOP
            CONTINUE WHEN outcome[hit.later] = REPEATED
                OR outcome[hit.earlier] <> RECORDED;
            outcome[hit.later] := OVERTAKEN;
            start[hit.later] := hit.earlier;  -- its position is known below
        END LOOP;
    END IF;
    FOREACH e IN ARRAY fact_entry LOOP
        size[e] := size[e] + 1;
    END LOOP;
    next := head;
    FOR e IN 1 .. entries LOOP
        IF size[e] = 0 THEN
            RAISE EXCEPTION 'a command without facts is not recorded'
                USING ERRCODE = '22023';
        ELSIF outcome[e] = RECORDED THEN
            first[e] := next + 1;
            next := next + size[e];
            last[e] := next;
        ELSIF outcome[e] = OVERTAKEN AND start[e] > 0 THEN
            last[e] := last[start[e]];
        END IF;
    END LOOP;
    IF next = head THEN
        RETURN;
    END IF;
    start[1] := 0;
    FOR e IN 2 .. entries LOOP
        start[e] := start[e - 1] + size[e - 1];
    END LOOP;
    now_us := greatest(
        before_us, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    INSERT INTO ledger.facts
        (position, recorded_us, id, command_id, type, tags, data, leaf)
    SELECT position, now_us, id, command, type, tags, data, ledger.leaf(
        position, now_us, id, command, type, cardinality(tags), joined, data)
    FROM (
        SELECT first[entry] + n - 1 - start[entry] AS position,
            command || '.' || n - 1 - start[entry] AS id,
            command, type, joined, string_to_array(joined, E'\x1f') AS tags, data
        FROM unnest(fact_entry, fact_command, fact_type, fact_tags, fact_data)
            WITH ORDINALITY AS f (entry, command, type, joined, data, n)
        WHERE outcome[entry] = RECORDED
    ) batch;
    INSERT INTO ledger.tags (tag, position)
    SELECT unnest(string_to_array(joined, E'\x1f')) AS tag,
        first[entry] + n - 1 - start[entry]
    FROM unnest(fact_entry, fact_tags) WITH ORDINALITY AS f (entry, joined, n)
    WHERE outcome[entry] = RECORDED
    ORDER BY tag;
    INSERT INTO ledger.commands (command_id, digest, first, last)
    SELECT c.id, c.digest, first[c.n], last[c.n]
    FROM unnest(command_ids, digests) WITH ORDINALITY AS c (id, digest, n)
    WHERE outcome[c.n] = RECORDED;
    UPDATE ledger.head SET position = next, recorded_us = now_us;
    PERFORM pg_notify('ledger', next::text);
END $$;
ALTER FUNCTION ledger.record(command_ids text[], digests bytea[], fact_entry integer[], fact_command text[], fact_type text[], fact_tags text[], fact_data bytea[], item_entry integer[], item_after bigint[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[], OUT outcome smallint[], OUT first bigint[], OUT last bigint[]) OWNER TO beistand_owner;
CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% on ledger.% is refused: the ledger is only ever added to',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
ALTER FUNCTION ledger.refuse_change() OWNER TO beistand_owner;
CREATE FUNCTION ledger.refuse_falling() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.position <= OLD.position OR NEW.recorded_us < OLD.recorded_us THEN
        RAISE EXCEPTION 'the head of the ledger only rises'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION ledger.refuse_falling() OWNER TO beistand_owner;
CREATE FUNCTION ledger.within_batch(fact_entry integer[], fact_type text[], fact_tags text[], item_entry integer[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[]) RETURNS TABLE(later integer, earlier integer)
    LANGUAGE plpgsql STABLE
    SET enable_nestloop TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF 0 <> ALL (item_size) AND NOT EXISTS (
        SELECT FROM unnest(want_item, want_tag) AS w (item, tag)
        JOIN (SELECT f.entry, unnest(string_to_array(f.tags, E'\x1f')) AS tag
              FROM unnest(fact_entry, fact_tags) AS f (entry, tags)) t
            ON t.tag = w.tag AND t.entry < item_entry[w.item]
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY WITH fact AS (
        SELECT n::int AS fact, f.entry, f.type, f.tags
        FROM unnest(fact_entry, fact_type, fact_tags) WITH ORDINALITY
            AS f (entry, type, tags, n)
    ), tag AS (
        SELECT f.fact, unnest(string_to_array(f.tags, E'\x1f')) AS tag FROM fact f
    ), item AS (
        SELECT n::int AS item, i.entry, i.size, i.kind
        FROM unnest(item_entry, item_size, item_kind)
            WITH ORDINALITY AS i (entry, size, kind, n)
    ), hit AS (
        SELECT w.item, t.fact, count(*) AS tags
        FROM unnest(want_item, want_tag) AS w (item, tag) JOIN tag t USING (tag)
        GROUP BY w.item, t.fact
        UNION ALL
        SELECT i.item, f.fact, 0 FROM item i, fact f WHERE i.size = 0
    )
    SELECT DISTINCT i.entry, f.entry
    FROM hit h
    JOIN item i ON i.item = h.item AND i.size = h.tags
    JOIN fact f ON f.fact = h.fact AND f.entry < i.entry
    LEFT JOIN unnest(kind_no, kind_name) AS k (kind, name)
        ON k.kind = i.kind AND k.name = f.type
    WHERE i.kind = 0 OR k.kind IS NOT NULL
    ORDER BY 1, 2;
END $$;
ALTER FUNCTION ledger.within_batch(fact_entry integer[], fact_type text[], fact_tags text[], item_entry integer[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[]) OWNER TO beistand_owner;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE ledger.commands (
    command_id text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT commands_check CHECK ((last >= first))
);
ALTER TABLE ledger.commands OWNER TO beistand_owner;
COMMENT ON TABLE ledger.commands IS 'Which facts a command led to, and an HMAC of its content: once, for ever.';
CREATE TABLE ledger.facts (
    "position" bigint NOT NULL,
    recorded_us bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    command_id text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    tags text[] NOT NULL COLLATE pg_catalog."C",
    data bytea NOT NULL,
    leaf bytea NOT NULL
);
ALTER TABLE ledger.facts OWNER TO beistand_owner;
COMMENT ON TABLE ledger.facts IS 'What happened, in one contiguous order; id is <command_id>.<n>, n from 0.';
COMMENT ON COLUMN ledger.facts.recorded_us IS 'Microseconds since 1970 UTC, under the lock.';
COMMENT ON COLUMN ledger.facts.leaf IS 'RFC 9162 leaf hash over all other columns.';
CREATE TABLE ledger.head (
    one boolean DEFAULT true NOT NULL,
    "position" bigint NOT NULL,
    recorded_us bigint NOT NULL,
    CONSTRAINT head_one_check CHECK (one),
    CONSTRAINT head_position_check CHECK (("position" >= 0))
)
WITH (fillfactor='10', vacuum_truncate='false');
ALTER TABLE ledger.head OWNER TO beistand_owner;
COMMENT ON TABLE ledger.head IS 'The last position and its time; whoever records holds this row until its commit.';
CREATE TABLE ledger.tags (
    tag text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL
);
ALTER TABLE ledger.tags OWNER TO beistand_owner;
COMMENT ON TABLE ledger.tags IS 'The tags of the facts, to be looked up.';
CREATE TABLE public.beistand_version (
    version integer NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.beistand_version OWNER TO postgres;
INSERT INTO ledger.commands VALUES ('realm-opened', '\x3327c23740f3ca1f84285f1eef01e575aed0805686957693730fbcf39cd00790', 1, 1);
INSERT INTO ledger.commands VALUES ('policy-first', '\xbdb5069c6902039b5ed354ed1a0e0c17327c0bcc190e7ca3eb45cb075d46890f', 2, 2);
INSERT INTO ledger.commands VALUES ('o-0dac6812782144ce681aa22b-c9db8495abdd', '\x19b2c77580646313ebc3c97e36b4566ba04e4a4d946be2f54452e77067082623', 3, 3);
INSERT INTO ledger.commands VALUES ('s-e3aae68ec782871fafc2236b-3', '\x5755152937d2e09f55e4a9b241f7dd6fa7825a5ed91c6a9dda2f69ab2e6b19ba', 4, 4);
INSERT INTO ledger.facts VALUES (1, 1795377890520265, 'realm-opened.0', 'realm-opened', 'realm.opened.v1', '{realm}', '\x7b2273616964223a7b226163746f72223a7b22726566223a226265697374616e64222c22726f6c65223a2273797374656d227d2c22766961223a2273797374656d227d2c227265616c6d223a223035313131303030222c226e616d65223a224b6f6f7264696e696572756e67737374656c6c65222c2273796e746865746963223a66616c73657d', '\x278fceb0ea18138140419acaaef6c5038926e27dc48063004965c408591e9a8c');
INSERT INTO ledger.facts VALUES (2, 1795377890526095, 'policy-first.0', 'policy-first', 'policy.adopted.v1', '{policy}', '\x7b2273616964223a7b226163746f72223a7b22726566223a226265697374616e64222c22726f6c65223a2273797374656d227d2c22766961223a2273797374656d227d2c22706f6c696379223a7b226e616d65223a2264656661756c742d31222c22686f72697a6f6e5f64617973223a3138302c226d696e5f737461795f64617973223a312c226d61785f6d6574726573223a36303030302c227072696f726974696573223a7b2261637574655f77656967687473223a5b312c322c342c385d2c2277616974696e675f737465705f64617973223a33307d2c22707265666572656e636573223a7b226b656570223a323030302c227769736865645f6469737472696374223a5b3630302c3430302c3230305d2c227769736865645f6477656c6c696e67223a3230302c226c616e6775616765223a3330302c2277686f6c655f6477656c6c696e67223a3230302c227761737465645f626564223a2d35302c226b696c6f6d65747265223a2d32307d2c2272656e745f6c696d697473223a5b5d2c22736f75726365223a226e6f2072656e74207461626c653a2061646420746865206c696d697473206f6620796f75722063697479222c22636865636b73223a7b22636f6e6669726d223a5b226964656e74697479222c227669736974225d2c226d696e6f7273223a5b226261636b67726f756e64225d7d2c22686162697473223a7b226c617073655f64617973223a31302c227265636f6e6669726d5f64617973223a39307d2c22676f6f6473223a7b226167726565735f62656c6f775f6d696e6f72223a302c226d61785f6d6574726573223a36303030307d7d7d', '\xf6d765042f7783d6757fb0792a513bc175f668d9b9996c57a9ba397d62b48d6c');
INSERT INTO ledger.facts VALUES (3, 1795377890565712, 'o-0dac6812782144ce681aa22b-c9db8495abdd.0', 'o-0dac6812782144ce681aa22b-c9db8495abdd', 'offer.listed.v1', '{offer:o-0dac6812782144ce681aa22b}', '\x7b2273616964223a7b226163746f72223a7b22726566223a22616d74222c22726f6c65223a22636f6f7264696e61746f72227d2c22766961223a226465736b227d2c226f66666572223a226f2d306461633638313237383231343463653638316161323262222c2270726976617465223a7b22636f6e74616374223a7b227375626a656374223a22702d646262353662663866643633613461353330623833643161222c22707572706f7365223a22636f6e74616374222c226b65795f6964223a226b2d346233313435356433376139353031316130313334313038222c226d61726b223a226d2d6161326339363937636566323535393934316430613163313866653635356562222c22626f78223a226e44447466422b59363868754a4b542b316d6b644144704c7058553247384c752b41467a6945306e6f5a79545046614735655a643662585978656b374530305a754d684958683372422f466a525a645662616c325575374a53686c67713774624d3739556a72645339364a556f6366365938554c43643269734a75684a682b37354150394c3079774e69556c4372312f642b336a3662544b67444b4251456f5534773d3d227d2c2261646472657373223a7b227375626a656374223a22702d646262353662663866643633613461353330623833643161222c22707572706f7365223a2261646472657373222c226b65795f6964223a226b2d376532646363613462653463383864373637643763343636222c226d61726b223a226d2d3633636331383962353635303730663635653965393162396635306461383330222c22626f78223a2256364b4c6164683277633563484e662b74673966735865665437382f716a65446165587731693339635a74573156637778466f48364259466c70414f345630686a324837366b795839567730435169414677656d74445871536f6e552f4f5055664a4d39376d4f54646c53444367743558686968324e7a4e356b786c2b4a776f7a385633384757314654736c425831554b384439333356776473527a726f7754557947374d513d3d227d2c226d657373616765223a7b227375626a656374223a22702d646262353662663866643633613461353330623833643161222c22707572706f7365223a226d657373616765222c226b65795f6964223a226b2d356237643264376564393132616564386337363762613335222c226d61726b223a226d2d3034343363336561643564333063383265326462663531386462626137313332222c22626f78223a223067774257444a55656d304a6934373435554b2b6a57646350685279554e41387034454e532f5962593559552f485a61566b377a336b556c7547446e6c34496c7a334b5747707663613878502f78663050616b48485077652f62314b4c3855726c794c657a4d443849476c6b4d364e41774141534a6f46593745483764736732227d7d2c226f70656e5f7175657374696f6e73223a5b5d2c226f726967696e223a7b226368616e6e656c223a227765622d666f726d222c2270726f66696c65223a226765726d616e2d666f726d4031222c22736f75726365223a227765622d666f726d222c226964223a22306461633638313237383231343463653638316161323262222c22726f775f6b6579223a22306461633638313237383231343463653638316161323262222c22646967657374223a226339646238343935616264643262333064386366613730336236623338613932222c2272656365697665645f6174223a22323032362d31312d32325432303a30343a35302e3534393334335a222c22726177223a7b227375626a656374223a22702d646262353662663866643633613461353330623833643161222c22707572706f7365223a22726f77222c226b65795f6964223a226b2d396338353164363065313236346636636631633066653638222c226d61726b223a226d2d3439333139353034303365613339633334616361356537306537613439656430222c22626f78223a224b4e52676e6c70727834656f4b5136376c53325344452f6f5547492b495273467043436e484c4836766b4d386c4677656f436b5474435a613976355677756248716c6e5764414f72767442476d745348305255696a52586359354f6c3662436e4e6950526c6431754e2f6548703156625138506a33382b5953314d4f79626d484741636a4b6a71564830457578537637626c3164576e61634d546679324567424c4779374651776f5a3259664e47566274765730656144477673586433536f736759336b6f476a776d684e544b5144737758462b452b734f774841652b697a4c7874447a5476366556496c6c444350597537444c656f4b784b2f374c657550616e52666133723771776f746247716c3731386e676d5243444e6b794c48305a4b5761626266596a706574564871633870466e394a7955724668672f614a346d7243747474746d7566733354706e373170757a6958462f487462707a662f5a564938455450346744307a70775972416b43666b6d4e54556e64712f4f4e464876584c384d434b4c4c6a6c344e4e61785452496d3644706238636a5964314262345a676e46457870515564674e7079434c3971324f593665457a7a34614f642b77576b6f69586949376b6d794e5976654656463742594d3548594153783347504e6d59626445637336763761563058517653426e6756734c7350376d723975464544717249685262306e384a38554a4476644e3441443739797a6a4a72575732446b723663694e5138356d463732412f754a6f7534474d507636437772376738552b6561652f5754346a4f44536a31495850646c416a326c664e414a627572587a31355743306f7477633744644c4146313034453962617536623952724c714b77634f623757316a376e5469644b75347a634745507a4f6e6458315443736b7667486d314c7a44575154646d6c61585246526e6d4c726f7033495632454a33557a52685356326d587654546d2f43436532314d6b50456e74526d7147797054466c2b5456496e7a324758712b5043732f776d57673d3d227d7d2c2273696d696c61725f746f223a5b5d2c2270726f7669646572223a22702d646262353662663866643633613461353330623833643161222c2264657461696c73223a7b226b696e64223a22686f7573696e67222c2262656473223a352c22737465705f66726565223a226e6f6e65222c2261636365707473223a7b2270657473223a5b5d7d2c226c616e677561676573223a5b226465222c227275225d2c22617661696c61626c65223a7b2266726f6d223a22323032322d30332d3238222c226d61785f64617973223a3138307d2c226c6f636174696f6e223a7b22706f7374636f6465223a223430323231222c22646973636c6f73757265223a2261726561227d7d7d', '\xaa9d20bc9b5f458d023868b1dbcf2453528fdf525f3ddbafa587fd0a807d99ee');
INSERT INTO ledger.facts VALUES (4, 1795377890565712, 's-e3aae68ec782871fafc2236b-3.0', 's-e3aae68ec782871fafc2236b-3', 'submission.set_aside.v1', '{submission:s-e3aae68ec782871fafc2236b}', '\x7b2273616964223a7b226163746f72223a7b22726566223a22616d74222c22726f6c65223a22636f6f7264696e61746f72227d2c22766961223a226465736b227d2c227375626d697373696f6e223a22732d653361616536386563373832383731666166633232333662222c226368616e6e656c223a227765622d666f726d222c22736f75726365223a227765622d666f726d222c2270726f66696c65223a226765726d616e2d666f726d4031222c22726f77223a332c226669656c64223a22636f6e74616374222c22726561736f6e223a225468657265206973206e6f2077617920746f20726561636820616e796f6e653b206164642061206d61696c2061646472657373206f7220612070686f6e652e222c22726177223a7b227375626a656374223a22732d653361616536386563373832383731666166633232333662222c22707572706f7365223a22726f77222c226b65795f6964223a226b2d363535373639396534343234333633386466306166636336222c226d61726b223a226d2d3534623864663739663032363965653538373730396563323130366438623632222c22626f78223a227249506a4668496e4f61416d762b526a622f6c776c4a70666457364f35396148597a706a776f396a35646f54624e754138434b6a75347345517a4c6750614d39577a747955447a78663874715879456e776c4e32785870597730584a45394961554f78326845374d6e4973353338572f6331646b396e4f324f655532544141304a2f6b4845664752526e6577674b78566f3669734b77654b4f324f546274623861596b6a435a6c452b434b30745067733837773257794d706b5a634a435278624c744c43776a354a36334979633364704e7873585a523439783265527a6f4d6d59774644497441497335696257325a467644593d227d7d', '\x435c8cb4ce8980479919e26df9ed30807640a4d72cbecf9c3fbfb698c714e6df');
INSERT INTO ledger.head VALUES (true, 4, 1795377890565712);
INSERT INTO ledger.tags VALUES ('realm', 1);
INSERT INTO ledger.tags VALUES ('policy', 2);
INSERT INTO ledger.tags VALUES ('offer:o-0dac6812782144ce681aa22b', 3);
INSERT INTO ledger.tags VALUES ('submission:s-e3aae68ec782871fafc2236b', 4);
INSERT INTO public.beistand_version VALUES (1, '2026-11-22 20:04:50.471138+00');
ALTER TABLE ONLY ledger.commands
    ADD CONSTRAINT commands_pkey PRIMARY KEY (command_id);
ALTER TABLE ONLY ledger.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY ledger.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (one);
ALTER TABLE ONLY ledger.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (tag, "position");
ALTER TABLE ONLY public.beistand_version
    ADD CONSTRAINT beistand_version_pkey PRIMARY KEY (version);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.commands FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.facts FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON ledger.head FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tags FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER only_rises BEFORE UPDATE ON ledger.head FOR EACH ROW EXECUTE FUNCTION ledger.refuse_falling();
GRANT USAGE ON SCHEMA ledger TO beistand_writer;
GRANT USAGE ON SCHEMA ledger TO beistand_reader;
GRANT USAGE ON SCHEMA ledger TO beistand_projector;
GRANT USAGE ON SCHEMA projection TO beistand_desk;
GRANT USAGE ON SCHEMA projection TO beistand_reader;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA readmodel TO beistand_desk;
GRANT USAGE ON SCHEMA readmodel TO beistand_tools;
GRANT USAGE ON SCHEMA readmodel TO beistand_reader;
REVOKE ALL ON FUNCTION ledger.lp(bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.leaf(place bigint, recorded_us bigint, id text, command_id text, type text, tags integer, joined text, data bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.record(command_ids text[], digests bytea[], fact_entry integer[], fact_command text[], fact_type text[], fact_tags text[], fact_data bytea[], item_entry integer[], item_after bigint[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[], OUT outcome smallint[], OUT first bigint[], OUT last bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.record(command_ids text[], digests bytea[], fact_entry integer[], fact_command text[], fact_type text[], fact_tags text[], fact_data bytea[], item_entry integer[], item_after bigint[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[], OUT outcome smallint[], OUT first bigint[], OUT last bigint[]) TO beistand_writer;
REVOKE ALL ON FUNCTION ledger.refuse_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.refuse_falling() FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.within_batch(fact_entry integer[], fact_type text[], fact_tags text[], item_entry integer[], item_size integer[], item_kind integer[], want_item integer[], want_tag text[], kind_no integer[], kind_name text[]) FROM PUBLIC;
GRANT SELECT ON TABLE ledger.commands TO beistand_writer;
GRANT SELECT ON TABLE ledger.commands TO beistand_reader;
GRANT SELECT ON TABLE ledger.commands TO beistand_projector;
GRANT SELECT ON TABLE ledger.facts TO beistand_writer;
GRANT SELECT ON TABLE ledger.facts TO beistand_reader;
GRANT SELECT ON TABLE ledger.facts TO beistand_projector;
GRANT SELECT ON TABLE ledger.head TO beistand_writer;
GRANT SELECT ON TABLE ledger.head TO beistand_reader;
GRANT SELECT ON TABLE ledger.head TO beistand_projector;
GRANT SELECT ON TABLE ledger.tags TO beistand_writer;
GRANT SELECT ON TABLE ledger.tags TO beistand_reader;
GRANT SELECT ON TABLE ledger.tags TO beistand_projector;
ALTER DEFAULT PRIVILEGES FOR ROLE beistand_projector IN SCHEMA projection GRANT SELECT ON TABLES TO beistand_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE beistand_projector IN SCHEMA projection GRANT SELECT ON TABLES TO beistand_desk;
ALTER DEFAULT PRIVILEGES FOR ROLE beistand_projector IN SCHEMA readmodel GRANT SELECT ON TABLES TO beistand_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE beistand_projector IN SCHEMA readmodel GRANT SELECT ON TABLES TO beistand_desk;
ALTER DEFAULT PRIVILEGES FOR ROLE beistand_projector IN SCHEMA readmodel GRANT SELECT ON TABLES TO beistand_tools;
