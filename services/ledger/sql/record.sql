-- The one way into the ledger. A batch of commands comes as arrays; each is answered
-- recorded (0), repeated (1) or overtaken (2). One statement, one round trip: a client
-- that goes silent cannot hold the head, since the commit does not wait for it.

CREATE FUNCTION ledger.lp(bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN int4send(octet_length($1)) || $1;
COMMENT ON FUNCTION ledger.lp IS 'Bytes with their length (four bytes, big-endian) before.';

CREATE FUNCTION ledger.leaf(
    place bigint, recorded_us bigint, id text, command_id text,
    type text, tags int, joined text, data bytea
) RETURNS bytea
LANGUAGE sql STABLE STRICT PARALLEL SAFE -- as convert_to: then it is inlined
RETURN sha256(
    '\x00'::bytea || int8send(place) || int8send(recorded_us)
    || ledger.lp(convert_to(id, 'UTF8'))
    || ledger.lp(convert_to(command_id, 'UTF8'))
    || ledger.lp(convert_to(type, 'UTF8'))
    || int4send(tags) || ledger.lp(convert_to(joined, 'UTF8'))
    || ledger.lp(data)
);
COMMENT ON FUNCTION ledger.leaf IS
    'RFC 9162 leaf over a whole fact; services/ledger/tree.py computes the same.';

-- Which later entries of one batch look at facts of which earlier ones: seldom any,
-- so a short look comes first. The planner takes arrays for short; without being told
-- otherwise it would compare each with each.
CREATE FUNCTION ledger.within_batch(
    fact_entry int[], fact_type text[], fact_tags text[],
    item_entry int[], item_size int[], item_kind int[],
    want_item int[], want_tag text[], kind_no int[], kind_name text[]
) RETURNS TABLE (later int, earlier int)
LANGUAGE plpgsql STABLE
SET enable_nestloop = off
SET plan_cache_mode = force_generic_plan
SET search_path = pg_catalog, pg_temp
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

CREATE FUNCTION ledger.record(
    command_ids text[],  -- one an entry
    digests bytea[],
    fact_entry int[],    -- one a fact: its entry, from 1, in order
    fact_command text[],
    fact_type text[],
    fact_tags text[],    -- sorted, joined by U+001F
    fact_data bytea[],
    item_entry int[],    -- one an item of a condition: its entry, from 1
    item_after bigint[],
    item_size int[],     -- how many tags it has
    item_kind int[],     -- which set of types it asks for; 0: any
    want_item int[],     -- one a tag of an item
    want_tag text[],
    kind_no int[],       -- one a type of a set of types
    kind_name text[],
    OUT outcome smallint[], OUT first bigint[], OUT last bigint[]
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
SET jit = off
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
