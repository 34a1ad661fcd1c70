-- The one way into the log (DEFINITIONS 5 to 7). All arrays of one prefix have one length; *_append numbers the append,
-- from 1, that an entry belongs to, ascending. The caller gives each stream, receipt, claim and checkpoint to one append
-- of a call at most, so that every append's verdict stands on its own.
--
-- Answers one row 'head' (a = position before, b = position after), and one or more rows per append that was not written. Accepted appends take their positions in order from a + 1.

CREATE FUNCTION journal_append(
    s_append integer[], s_type text[], s_id text[], s_expected bigint[],
    e_append integer[], e_type text[], e_id text[], e_sequence bigint[], e_event_type text[], e_event_version text[],
    e_payload text[], e_metadata text[], e_zone text[],
    r_append integer[], r_actor text[], r_command uuid[], r_fingerprint bytea[], r_versions text[],
    c_append integer[], c_scope text[], c_token bytea[], c_holder uuid[], c_subject uuid[],
    l_append integer[], l_scope text[], l_token bytea[], l_holder uuid[],
    k_append integer[], k_name text[], k_from bigint[], k_to bigint[], k_state text[],
    o_append integer[], o_id uuid[], o_kind text[], o_payload text[],
    u_append integer[], u_subject uuid[]
) RETURNS TABLE (append integer, verdict text, a bigint, b bigint, detail text)
LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    base bigint;            -- position of the last event before
    reached bigint;         -- position of the last event after
    link bytea;             -- the chain so far
    latest timestamptz;
    stamp timestamptz;      -- when all of this is recorded
    stamp_text text;
    refused integer[] := '{}';
    hit integer[];          -- appends that the current check refuses …
    ordinals bigint[];      -- … which of its entries is to blame, from 1 …
    numbers bigint[];       -- … and what is there instead
    more bigint[];
    texts text[];
    sames boolean[];
    leaf bytea;
    leaves bytea[];
    stamped text[];         -- metadata with the day of recording
    positions bigint[] := '{}';
    hashes bytea[] := '{}';
    firsts bigint[] := '{}'; -- per append, its first and last position
    lasts bigint[] := '{}';
    entry integer := 0;
    owner integer := 0;
BEGIN
    -- Fresh eyes after the lock need a snapshot per statement. And a plan made while the tables were empty would scan them
    -- for ever: the session pins an index probe per entry (append/writer.rs; setting it here would cost more than the checks).
    IF current_setting('transaction_isolation') <> 'read committed' OR current_setting('plan_cache_mode') <> 'force_generic_plan'
       OR current_setting('enable_seqscan') <> 'off' THEN
        RAISE EXCEPTION 'journal_append is called by the journal''s writer only';
    END IF;

    -- From here on this is the only append; each statement below sees all that was appended before.
    PERFORM FROM journal_head FOR UPDATE;
    SELECT e.position, e.hash, e.recorded_at INTO base, link, latest FROM events e ORDER BY e.position DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT 0, h.genesis, h.founded INTO base, link, latest FROM journal_head h;
    END IF;
    stamp := greatest(clock_timestamp(), latest);
    reached := base;

    IF cardinality(r_append) > 0 THEN
        SELECT array_agg(r.append), array_agg(k.fingerprint = r.fingerprint), array_agg(k.first_position),
               array_agg(k.last_position), array_agg(k.versions::text)
        INTO hit, sames, ordinals, numbers, texts
        FROM unnest(r_append, r_actor, r_command, r_fingerprint) AS r (append, actor, command_id, fingerprint)
        JOIN receipts k ON k.actor = r.actor AND k.command_id = r.command_id;
        IF hit IS NOT NULL THEN
            refused := refused || hit;
            RETURN QUERY SELECT h.append, CASE WHEN h.same THEN 'replayed' ELSE 'reused' END, h.first_position, h.last_position, h.versions
                FROM unnest(hit, sames, ordinals, numbers, texts) AS h (append, same, first_position, last_position, versions);
        END IF;
    END IF;

    SELECT array_agg(s.append), array_agg(coalesce(v.sequence, 0)), array_agg(s.ordinal)
    INTO hit, numbers, ordinals
    FROM unnest(s_append, s_type, s_id, s_expected) WITH ORDINALITY AS s (append, type, id, expected, ordinal)
    LEFT JOIN LATERAL (
        SELECT e.sequence FROM events e
        WHERE e.aggregate_type = s.type AND e.aggregate_id = s.id
        ORDER BY e.sequence DESC LIMIT 1
    ) v ON true
    WHERE coalesce(v.sequence, 0) <> s.expected AND s.append <> ALL (refused);
    IF hit IS NOT NULL THEN
        refused := refused || hit;
        RETURN QUERY SELECT h.append, 'conflict', h.actual, h.ordinal, NULL
            FROM unnest(hit, numbers, ordinals) AS h (append, actual, ordinal);
    END IF;

    IF cardinality(c_append) > 0 THEN
        SELECT array_agg(c.append), array_agg(c.ordinal), array_agg(k.holder::text)
        INTO hit, ordinals, texts
        FROM unnest(c_append, c_scope, c_token, c_holder) WITH ORDINALITY AS c (append, scope, token, holder, ordinal)
        JOIN claims k ON k.scope = c.scope AND k.token = c.token
        WHERE k.holder <> c.holder AND c.append <> ALL (refused)
          -- What the append itself releases is free for it.
          AND NOT EXISTS (
              SELECT FROM unnest(l_append, l_scope, l_token, l_holder) AS l (append, scope, token, holder)
              WHERE l.append = c.append AND l.scope = c.scope AND l.token = c.token AND l.holder = k.holder);
        IF hit IS NOT NULL THEN
            refused := refused || hit;
            RETURN QUERY SELECT h.append, 'claimed', 0::bigint, h.ordinal, h.holder
                FROM unnest(hit, ordinals, texts) AS h (append, ordinal, holder);
        END IF;
    END IF;

    IF cardinality(k_append) > 0 THEN
        SELECT array_agg(k.append), array_agg(coalesce(c.position, 0))
        INTO hit, numbers
        FROM unnest(k_append, k_name, k_from) AS k (append, name, moves_from)
        LEFT JOIN checkpoints c ON c.name = k.name
        WHERE coalesce(c.position, 0) <> k.moves_from AND k.append <> ALL (refused);
        IF hit IS NOT NULL THEN
            refused := refused || hit;
            RETURN QUERY SELECT h.append, 'moved', h.actual, 0::bigint, NULL FROM unnest(hit, numbers) AS h (append, actual);
        END IF;
    END IF;

    IF cardinality(u_append) > 0 THEN
        SELECT array_agg(u.append), array_agg(u.subject::text)
        INTO hit, texts
        FROM unnest(u_append, u_subject) AS u (append, subject)
        LEFT JOIN subject_keys k ON k.subject = u.subject
        WHERE k.state IS DISTINCT FROM 'active' AND u.append <> ALL (refused);
        IF hit IS NOT NULL THEN
            refused := refused || hit;
            RETURN QUERY SELECT h.append, 'erased', 0::bigint, 0::bigint, h.subject FROM unnest(hit, texts) AS h (append, subject);
        END IF;
    END IF;

    IF cardinality(e_append) > 0 THEN
        stamp_text := (extract(epoch FROM stamp) * 1000000)::bigint::text;
        -- Leaf of the chain, form 1: the version byte, then each field's UTF-8 after its length in bytes, as four bytes, big-endian.
        SELECT array_agg(f.metadata),
               array_agg(sha256('\x01'::bytea
                   || int4send(octet_length(f.type)) || convert_to(f.type, 'UTF8')
                   || int4send(octet_length(f.id)) || convert_to(f.id, 'UTF8')
                   || int4send(octet_length(f.sequence)) || convert_to(f.sequence, 'UTF8')
                   || int4send(octet_length(f.event_type)) || convert_to(f.event_type, 'UTF8')
                   || int4send(octet_length(f.event_version)) || convert_to(f.event_version, 'UTF8')
                   || int4send(octet_length(f.payload)) || convert_to(f.payload, 'UTF8')
                   || int4send(octet_length(f.metadata)) || convert_to(f.metadata, 'UTF8')
                   || int4send(octet_length(stamp_text)) || convert_to(stamp_text, 'UTF8')))
        INTO stamped, leaves
        FROM (
            SELECT e.type, e.id, e.sequence::text AS sequence, e.event_type, e.event_version, e.payload,
                   -- What happens as it is recorded happens on the day of its stamp, in the company's zone.
                   CASE WHEN e.zone IS NULL THEN e.metadata
                        ELSE replace(e.metadata, '"business_date":""',
                                     '"business_date":"' || to_char(stamp AT TIME ZONE e.zone, 'YYYY-MM-DD') || '"')
                   END AS metadata
            FROM unnest(e_type, e_id, e_sequence, e_event_type, e_event_version, e_payload, e_metadata, e_zone)
                 AS e (type, id, sequence, event_type, event_version, payload, metadata, zone)
            OFFSET 0
        ) AS f;

        FOREACH leaf IN ARRAY leaves LOOP
            entry := entry + 1;
            IF e_append[entry] = ANY (refused) THEN
                positions := positions || NULL::bigint;
                hashes := hashes || NULL::bytea;
            ELSE
                reached := reached + 1;
                link := sha256(link || int8send(reached) || leaf);
                positions := positions || reached;
                hashes := hashes || link;
                IF owner <> e_append[entry] THEN
                    owner := e_append[entry];
                    firsts[owner] := reached;
                END IF;
                lasts[owner] := reached;
            END IF;
        END LOOP;

        IF reached > base THEN
            INSERT INTO events (position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata, hash)
            SELECT e.position, e.sequence, stamp, e.type, e.id, e.event_type, e.event_version, e.payload::jsonb, e.metadata::jsonb, e.hash
            FROM unnest(positions, hashes, e_type, e_id, e_sequence, e_event_type, e_event_version, e_payload, stamped)
                 AS e (position, hash, type, id, sequence, event_type, event_version, payload, metadata)
            WHERE e.position IS NOT NULL;
        END IF;
    END IF;

    IF cardinality(r_append) > 0 THEN
        -- A command without events answers the position that it has seen, and an empty range.
        INSERT INTO receipts (actor, command_id, fingerprint, first_position, last_position, versions)
        SELECT r.actor, r.command_id, r.fingerprint, coalesce(firsts[r.append], reached + 1), coalesce(lasts[r.append], reached), r.versions::jsonb
        FROM unnest(r_append, r_actor, r_command, r_fingerprint, r_versions) AS r (append, actor, command_id, fingerprint, versions)
        WHERE r.append <> ALL (refused);
    END IF;

    IF cardinality(l_append) > 0 THEN
        DELETE FROM claims c
        USING unnest(l_append, l_scope, l_token, l_holder) AS l (append, scope, token, holder)
        WHERE c.scope = l.scope AND c.token = l.token AND c.holder = l.holder AND l.append <> ALL (refused);
    END IF;
    IF cardinality(c_append) > 0 THEN
        INSERT INTO claims (scope, token, holder, subject)
        SELECT c.scope, c.token, c.holder, c.subject
        FROM unnest(c_append, c_scope, c_token, c_holder, c_subject) AS c (append, scope, token, holder, subject)
        WHERE c.append <> ALL (refused)
        ON CONFLICT (scope, token) DO NOTHING;
    END IF;

    IF cardinality(k_append) > 0 THEN
        INSERT INTO checkpoints (name, position, state)
        SELECT k.name, k.moves_to, k.state::jsonb
        FROM unnest(k_append, k_name, k_to, k_state) AS k (append, name, moves_to, state)
        WHERE k.append <> ALL (refused)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, state = excluded.state;
    END IF;

    IF cardinality(o_append) > 0 THEN
        INSERT INTO outbox (id, kind, payload, position, created_at, due_at)
        SELECT o.id, o.kind, o.payload::jsonb, coalesce(lasts[o.append], reached), stamp, stamp
        FROM unnest(o_append, o_id, o_kind, o_payload) AS o (append, id, kind, payload)
        WHERE o.append <> ALL (refused);
    END IF;

    RETURN QUERY SELECT 0, 'head', base, reached, NULL;
END
$$;
