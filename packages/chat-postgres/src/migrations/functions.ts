/**
 * The functions of format 1. Whatever needs ids is one call of a function, which holds the lock no longer than the server works: a
 * process that is killed or stands still meanwhile holds up nobody.
 */
export const functions = (schema: string) => `
CREATE FUNCTION ${schema}.now_ms(_given bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(_given, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$$;

-- Waits until all who gave ids have committed, and makes others wait for the commit of this transaction. What a later statement of
-- a volatile function reads is what they committed. Gives the first id that is free.
CREATE FUNCTION ${schema}.lock_ids(_now_ms bigint, _wait_ms integer) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE _last bigint;
BEGIN
  PERFORM set_config('lock_timeout', _wait_ms::text, true);
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT last_id INTO STRICT _last FROM ${schema}.state FOR UPDATE;
  RETURN greatest(_last + 1, _now_ms << 20);
END $$;

-- What has changed in groups since an id, or all their members where nothing is known: a row for each member, without a join for one
-- who has quit.
CREATE FUNCTION ${schema}.roster_changes(_groups text[], _known_ids bigint[]) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT coalesce(json_agg(json_build_object('group', known.id, 'isWhole', known.upto = 0, 'members', (
    SELECT coalesce(json_agg(json_build_array(m.account, CASE WHEN m.quit_id IS NULL THEN m.join_id::text END)
      ORDER BY coalesce(m.quit_id, m.join_id)), '[]')
    FROM ${schema}.memberships m
    WHERE m.group_id = known.id AND coalesce(m.quit_id, m.join_id) > known.upto
      AND (known.upto > 0 OR m.quit_id IS NULL)
  ))), '[]')
  FROM (
    SELECT g.id, CASE WHEN asked.known_id < g.reload_id THEN 0 ELSE asked.known_id END AS upto
    FROM unnest(_groups, _known_ids) AS asked (id, known_id) JOIN ${schema}.groups g ON g.id = asked.id
  ) AS known
$$;

-- Plans are kept for the life of a connection, also those of tables that were small. So each LIMIT 1 makes a look-up of a join,
-- whose whole table is never read; and no plan is compiled at each call, which takes longer than to run it.
CREATE FUNCTION ${schema}.add_messages(
  _senders text[], _kinds smallint[], _dests text[], _types integer[], _bodies text[], _extras text[], _keys text[],
  _key_lifetime_ms bigint, _groups text[], _known_ids bigint[], _now_ms bigint, _wait_ms integer
) RETURNS json LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
  SET jit = off AS $$
DECLARE
  _time_ms bigint := ${schema}.now_ms(_now_ms);
  _first bigint := ${schema}.lock_ids(_time_ms, _wait_ms);
  _last bigint := _first - 1;
  _count bigint;
  _outcomes json;
BEGIN
  WITH judged AS MATERIALIZED (
    SELECT asked.*, k.message_id AS first_id, k.time_ms AS first_ms, CASE
        WHEN k.message_id IS NOT NULL THEN 'repetition'
        WHEN asked.kind = 1 AND g.id IS NULL THEN 'no such group'
        WHEN asked.kind = 1 AND m.account IS NULL THEN 'not a member'
        ELSE 'stored'
      END AS outcome
    FROM unnest(_senders, _kinds, _dests, _types, _bodies, _extras, _keys) WITH ORDINALITY
      AS asked (sender, kind, dest, type, body, extra, key, place)
    LEFT JOIN LATERAL (
      SELECT * FROM ${schema}.keys
      WHERE sender = asked.sender AND key = asked.key AND time_ms > _time_ms - _key_lifetime_ms LIMIT 1
    ) k ON true
    LEFT JOIN LATERAL (SELECT * FROM ${schema}.groups WHERE asked.kind = 1 AND id = asked.dest LIMIT 1) g ON true
    LEFT JOIN LATERAL (
      SELECT * FROM ${schema}.memberships
      WHERE asked.kind = 1 AND group_id = asked.dest AND account = asked.sender AND quit_id IS NULL LIMIT 1
    ) m ON true
  ), given AS MATERIALIZED (
    SELECT *, CASE outcome
        WHEN 'stored' THEN _first - 1 + count(*) FILTER (WHERE outcome = 'stored') OVER (ORDER BY place)
        ELSE first_id
      END AS id
    FROM judged
  ), stored AS (
    INSERT INTO ${schema}.messages (id, time_ms, sender, kind, dest, type, body, extra)
    SELECT id, _time_ms, sender, kind, dest, type, body, extra FROM given WHERE outcome = 'stored'
  ), kept AS (
    INSERT INTO ${schema}.keys (sender, key, message_id, time_ms)
    SELECT sender, key, id, _time_ms FROM given WHERE outcome = 'stored' AND key IS NOT NULL
    ON CONFLICT (sender, key) DO UPDATE SET message_id = excluded.message_id, time_ms = excluded.time_ms
  )
  SELECT count(*) FILTER (WHERE outcome = 'stored'),
    json_agg(json_build_array(outcome, id::text, coalesce(first_ms, _time_ms)) ORDER BY place)
  INTO _count, _outcomes FROM given;
  IF _count > 0 THEN
    _last := _first - 1 + _count;
    UPDATE ${schema}.state SET last_id = _last, message_count = message_count + _count;
  END IF;
  RETURN json_build_object(
    'outcomes', _outcomes, 'lastId', _last::text, 'rosters', ${schema}.roster_changes(_groups, _known_ids)
  );
END $$;

CREATE FUNCTION ${schema}.change_memberships(
  _quits boolean[], _groups text[], _accounts text[], _limits integer[], _now_ms bigint, _wait_ms integer
) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  _time_ms bigint := ${schema}.now_ms(_now_ms);
  _next bigint := ${schema}.lock_ids(_time_ms, _wait_ms);
  _outcomes text[] := '{}';
  _change record;
  _member_count integer;
  _is_member boolean;
BEGIN
  FOR _change IN
    SELECT * FROM unnest(_quits, _groups, _accounts, _limits) AS asked (is_quit, group_id, account, max_members)
  LOOP
    SELECT g.member_count, EXISTS (
      SELECT FROM ${schema}.memberships m
      WHERE m.group_id = g.id AND m.account = _change.account AND m.quit_id IS NULL
    ) INTO _member_count, _is_member FROM ${schema}.groups g WHERE g.id = _change.group_id;
    IF NOT FOUND THEN
      _outcomes := _outcomes || 'no such group'::text;
    ELSIF _change.is_quit THEN
      IF _is_member THEN
        UPDATE ${schema}.memberships SET quit_id = _next
        WHERE group_id = _change.group_id AND account = _change.account AND quit_id IS NULL;
        UPDATE ${schema}.groups SET member_count = member_count - 1 WHERE id = _change.group_id;
        _next := _next + 1;
      END IF;
      _outcomes := _outcomes || 'left'::text;
    ELSIF _is_member THEN
      _outcomes := _outcomes || 'joined'::text;
    ELSIF _member_count >= _change.max_members THEN
      _outcomes := _outcomes || 'full'::text;
    ELSE
      INSERT INTO ${schema}.memberships (account, group_id, join_id, join_ms)
      VALUES (_change.account, _change.group_id, _next, _time_ms);
      UPDATE ${schema}.groups SET member_count = member_count + 1 WHERE id = _change.group_id;
      _next := _next + 1;
      _outcomes := _outcomes || 'joined'::text;
    END IF;
  END LOOP;
  UPDATE ${schema}.state SET last_id = _next - 1 WHERE last_id < _next - 1;
  RETURN array_to_json(_outcomes);
END $$;

-- An id for a group that nobody knows yet.
CREATE FUNCTION ${schema}.take_id(_now_ms bigint, _wait_ms integer) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE _id bigint := ${schema}.lock_ids(${schema}.now_ms(_now_ms), _wait_ms);
BEGIN
  UPDATE ${schema}.state SET last_id = _id;
  RETURN _id;
END $$;

CREATE FUNCTION ${schema}.end_memberships(_account text, _now_ms bigint, _wait_ms integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE _id bigint := ${schema}.take_id(_now_ms, _wait_ms);
BEGIN
  UPDATE ${schema}.groups SET reload_id = _id, member_count = member_count - 1
  WHERE id IN (SELECT group_id FROM ${schema}.memberships WHERE account = _account AND quit_id IS NULL);
  DELETE FROM ${schema}.memberships WHERE account = _account;
END $$;

CREATE FUNCTION ${schema}.delete_messages(_ids bigint[], _wait_ms integer) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE _count bigint;
BEGIN
  PERFORM set_config('lock_timeout', _wait_ms::text, true);
  DELETE FROM ${schema}.messages WHERE id = ANY(_ids);
  GET DIAGNOSTICS _count = ROW_COUNT;
  UPDATE ${schema}.state SET message_count = message_count - _count;
  RETURN _count;
END $$;
`;
