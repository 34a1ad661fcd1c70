-- The one way into the log (DEFINITIONS 5 to 7). All arrays of one prefix have one length; *_append numbers the append,
-- from 1, that an entry belongs to, ascending. The caller gives each stream, receipt, claim and checkpoint to one append
-- of a call at most, so that every append's verdict stands on its own.
--
-- Answers one row 'head' (a = position before, b = position after, d = recorded_at in µs), and one row per append that was
-- not written. Accepted appends take their positions in order from a + 1.

-- Leaf of the chain, form 1: the version byte, then each field with its length in bytes as four, big-endian.
CREATE FUNCTION journal_field(field text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT int4send(octet_length(field)) || convert_to(field, 'UTF8')
$$;

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
) RETURNS TABLE (append integer, verdict text, a bigint, b bigint, d bigint, detail text)
LANGUAGE plpgsql VOLATILE
-- A plan made while the tables were empty would scan them for ever: pin the shape, an index probe per entry.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    base bigint;
    link bytea;
    latest timestamptz;
    stamp timestamptz;
    stamp_text text;
    refused integer[] := '{}';
    refusal record;
    leaf bytea;
    leaves bytea[];
    stamped text[];
    positions bigint[] := '{}';
    hashes bytea[] := '{}';
    reached bigint;
    entry integer := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'journal_append needs fresh eyes after its lock: read committed, not %', current_setting('transaction_isolation');
    END IF;

    -- From here on this is the only append; each statement below sees all that was appended before.
    PERFORM FROM journal_head FOR UPDATE;
    SELECT e.position, e.hash, e.recorded_at INTO base, link, latest FROM events e ORDER BY e.position DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT 0, h.genesis, h.founded INTO base, link, latest FROM journal_head h;
    END IF;
    stamp := greatest(clock_timestamp(), latest);

    IF cardinality(r_append) > 0 THEN
        FOR refusal IN
            SELECT r.append, k.fingerprint = r.fingerprint AS same, k.first_position, k.last_position, k.versions
            FROM unnest(r_append, r_actor, r_command, r_fingerprint) AS r (append, actor, command_id, fingerprint)
            JOIN receipts k ON k.actor = r.actor AND k.command_id = r.command_id
        LOOP
            refused := refused || refusal.append;
            IF refusal.same THEN
                RETURN QUERY SELECT refusal.append, 'replayed', refusal.first_position, refusal.last_position, 0::bigint, refusal.versions::text;
            ELSE
                RETURN QUERY SELECT refusal.append, 'reused', 0::bigint, 0::bigint, 0::bigint, NULL;
            END IF;
        END LOOP;
    END IF;

    FOR refusal IN
        SELECT s.append, s.ordinal, coalesce(v.sequence, 0) AS actual
        FROM unnest(s_append, s_type, s_id, s_expected) WITH ORDINALITY AS s (append, type, id, expected, ordinal)
        LEFT JOIN LATERAL (
            SELECT e.sequence FROM events e
            WHERE e.aggregate_type = s.type AND e.aggregate_id = s.id
            ORDER BY e.sequence DESC LIMIT 1
        ) v ON true
        WHERE coalesce(v.sequence, 0) <> s.expected AND s.append <> ALL (refused)
    LOOP
        refused := refused || refusal.append;
        RETURN QUERY SELECT refusal.append, 'conflict', refusal.actual, refusal.ordinal, 0::bigint, NULL;
    END LOOP;

    IF cardinality(c_append) > 0 THEN
        FOR refusal IN
            SELECT c.append, c.ordinal, k.holder
            FROM unnest(c_append, c_scope, c_token, c_holder) WITH ORDINALITY AS c (append, scope, token, holder, ordinal)
            JOIN claims k ON k.scope = c.scope AND k.token = c.token
            WHERE k.holder <> c.holder AND c.append <> ALL (refused)
              AND NOT EXISTS (
                  SELECT FROM unnest(l_append, l_scope, l_token, l_holder) AS l (append, scope, token, holder)
                  WHERE l.append = c.append AND l.scope = c.scope AND l.token = c.token AND l.holder = k.holder)
        LOOP
            refused := refused || refusal.append;
            RETURN QUERY SELECT refusal.append, 'claimed', 0::bigint, refusal.ordinal, 0::bigint, refusal.holder::text;
        END LOOP;
    END IF;

    IF cardinality(k_append) > 0 THEN
        FOR refusal IN
            SELECT k.append, coalesce(c.position, 0) AS actual
            FROM unnest(k_append, k_name, k_from) AS k (append, name, moves_from)
            LEFT JOIN checkpoints c ON c.name = k.name
            WHERE coalesce(c.position, 0) <> k.moves_from AND k.append <> ALL (refused)
        LOOP
            refused := refused || refusal.append;
            RETURN QUERY SELECT refusal.append, 'moved', refusal.actual, 0::bigint, 0::bigint, NULL;
        END LOOP;
    END IF;

    IF cardinality(u_append) > 0 THEN
        FOR refusal IN
            SELECT u.append, u.subject
            FROM unnest(u_append, u_subject) AS u (append, subject)
            LEFT JOIN subject_keys k ON k.subject = u.subject
            WHERE k.state IS DISTINCT FROM 'active' AND u.append <> ALL (refused)
        LOOP
            refused := refused || refusal.append;
            RETURN QUERY SELECT refusal.append, 'erased', 0::bigint, 0::bigint, 0::bigint, refusal.subject::text;
        END LOOP;
    END IF;

    reached := base;
    IF cardinality(e_append) > 0 THEN
        stamp_text := (extract(epoch FROM stamp) * 1000000)::bigint::text;
        SELECT array_agg(f.metadata),
               array_agg(sha256('\x01'::bytea
                   || journal_field(f.type) || journal_field(f.id) || journal_field(f.sequence)
                   || journal_field(f.event_type) || journal_field(f.event_version)
                   || journal_field(f.payload) || journal_field(f.metadata) || journal_field(stamp_text)))
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
        SELECT r.actor, r.command_id, r.fingerprint, coalesce(p.first_position, reached + 1), coalesce(p.last_position, reached), r.versions::jsonb
        FROM unnest(r_append, r_actor, r_command, r_fingerprint, r_versions) AS r (append, actor, command_id, fingerprint, versions)
        LEFT JOIN (
            SELECT e.append, min(e.position) AS first_position, max(e.position) AS last_position
            FROM unnest(e_append, positions) AS e (append, position) GROUP BY e.append
        ) AS p ON p.append = r.append
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
        SELECT o.id, o.kind, o.payload::jsonb, reached, stamp, stamp
        FROM unnest(o_append, o_id, o_kind, o_payload) AS o (append, id, kind, payload)
        WHERE o.append <> ALL (refused);
    END IF;

    RETURN QUERY SELECT 0, 'head', base, reached, (extract(epoch FROM stamp) * 1000000)::bigint, NULL;
END
$$;
