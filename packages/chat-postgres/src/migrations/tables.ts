/** The tables of format 1. Names and texts sort by their bytes, whatever the locale of the system, and its updates, are. */
export const tables = (schema: string) => `
CREATE TABLE ${schema}.state (
  is_the_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
  format integer NOT NULL,
  -- The last id that was given. Its row is locked from there until the commit.
  last_id bigint NOT NULL DEFAULT 0,
  message_count bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO ${schema}.state (format) VALUES (0);

CREATE TABLE ${schema}.messages (
  id bigint PRIMARY KEY,
  time_ms bigint NOT NULL,
  sender text COLLATE "C" NOT NULL,
  -- 0 to an account, 1 in a group, 2 to an account that was deleted afterwards.
  kind smallint NOT NULL,
  dest text COLLATE "C" NOT NULL,
  type integer NOT NULL,
  body text NOT NULL,
  extra text NOT NULL
);
CREATE INDEX messages_by_dest ON ${schema}.messages (kind, dest, id);
CREATE INDEX messages_by_sender ON ${schema}.messages (sender, id);
CREATE INDEX messages_by_talk ON ${schema}.messages (least(sender, dest), greatest(sender, dest), id) WHERE kind <> 1;

CREATE TABLE ${schema}.keys (
  sender text COLLATE "C",
  key text COLLATE "C",
  message_id bigint NOT NULL,
  time_ms bigint NOT NULL,
  PRIMARY KEY (sender, key)
);
CREATE INDEX keys_by_age ON ${schema}.keys (time_ms);

CREATE TABLE ${schema}.groups (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  avatar text NOT NULL,
  introduction text NOT NULL,
  owner text NOT NULL,
  created_ms bigint NOT NULL,
  member_count integer NOT NULL,
  -- Members that were known before this id are to be read again: some were deleted without a quit.
  reload_id bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);

CREATE TABLE ${schema}.memberships (
  account text COLLATE "C",
  group_id text COLLATE "C",
  join_id bigint,
  join_ms bigint NOT NULL,
  -- Null for a member.
  quit_id bigint,
  PRIMARY KEY (account, group_id, join_id)
);
CREATE UNIQUE INDEX memberships_now ON ${schema}.memberships (group_id, account) WHERE quit_id IS NULL;
CREATE INDEX memberships_by_change ON ${schema}.memberships (group_id, coalesce(quit_id, join_id));

CREATE TABLE ${schema}.marks (
  account text COLLATE "C",
  -- 0 the position of a device, 1 the read mark of a talk, 2 the read mark of a group.
  kind smallint,
  name text COLLATE "C",
  message_id bigint NOT NULL,
  -- Where it was before it was set last.
  moved_from bigint NOT NULL,
  set_ms bigint NOT NULL,
  PRIMARY KEY (account, kind, name)
) WITH (fillfactor = 70);

CREATE TABLE ${schema}.long_names (key text COLLATE "C" PRIMARY KEY, name text NOT NULL);
`;
