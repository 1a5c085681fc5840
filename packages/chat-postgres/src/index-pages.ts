import type { IndexEntry } from "@im/chat";
import { ID_END, nanoseconds } from "@im/chat/authoring";
import { columnsOf, idText } from "./columns.js";
import type { Database, Row } from "./database.js";
import { nameKey, readNames } from "./names.js";

/** Of the first read of each source. */
const MIN_CHUNK = 16;

/** A part of the messages that an account may see, in the order of their ids. */
interface Source {
  /** As the column `kind`; -1 for what the account sent to others. */
  readonly kind: -1 | 0 | 1;
  /** The account, or the group, as columns have it. */
  readonly name: string;
  /** All up to here is read. */
  afterId: bigint;
  readonly endId: bigint;
  chunk: number;
  isAtEnd: boolean;
}

/** The index of an account, from its talks and from the groups that it is or was in. */
export async function readIndex(
  database: Database,
  account: string,
  { afterId, limit }: { readonly afterId: bigint; readonly limit: number },
): Promise<IndexEntry[]> {
  const sources = await sourcesOf(database, nameKey(account), afterId, limit);
  const found: Row[] = [];
  for (let next: readonly Source[] = sources; next.length > 0; ) {
    found.push(...(await readChunks(database, next)));
    next = furthestBehind(sources);
    // What is above may have smaller ones of another source before it.
    const upToId = next[0]?.afterId ?? ID_END;
    if (found.filter(([, id]) => BigInt(id!) <= upToId).length >= limit) break;
  }
  return entriesOf(database, account, found, limit);
}

/** What the account may see at this moment: what others write meanwhile has larger ids than the end of each source. */
async function sourcesOf(database: Database, account: string, afterId: bigint, limit: number): Promise<Source[]> {
  const rows = await database.query(
    `SELECT state.last_id, p.group_id, greatest(p.join_id, $2), least(p.quit_id, state.last_id + 1)
    FROM ${database.schema}.state
    LEFT JOIN ${database.schema}.memberships p ON p.account = $1 AND (p.quit_id IS NULL OR p.quit_id > $2)`,
    [account, idText(afterId)],
  );
  const endId = BigInt(rows[0]![0]!) + 1n;
  const periods = rows.filter(([, group]) => group !== null);
  const chunk = Math.min(limit, Math.max(MIN_CHUNK, Math.ceil((2 * limit) / (2 + periods.length))));
  const common = { chunk, isAtEnd: false };
  return [
    { kind: -1, name: account, afterId, endId, ...common },
    { kind: 0, name: account, afterId, endId, ...common },
    ...periods.map(([, group, from, to]) => {
      return { kind: 1 as const, name: group!, afterId: BigInt(from!), endId: BigInt(to!), ...common };
    }),
  ];
}

/** Those of which the least is read. */
function furthestBehind(sources: readonly Source[]): readonly Source[] {
  let behind: Source[] = [];
  for (const source of sources) {
    if (source.isAtEnd) continue;
    const first = behind[0];
    if (!first || source.afterId < first.afterId) behind = [source];
    else if (source.afterId === first.afterId) behind.push(source);
  }
  return behind;
}

async function readChunks(database: Database, sources: readonly Source[]): Promise<readonly Row[]> {
  const columns = "m.id, m.time_ms, m.sender, m.kind, m.dest";
  const within = "m.id > source.after_id AND m.id < source.end_id ORDER BY m.id LIMIT source.chunk";
  const rows = await database.query(
    `SELECT source.place, found.* FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[])
      WITH ORDINALITY AS source (kind, name, after_id, end_id, chunk, place)
    CROSS JOIN LATERAL (
      (SELECT ${columns} FROM ${database.schema}.messages m
        WHERE m.kind = source.kind AND m.dest = source.name AND ${within})
      UNION ALL
      (SELECT ${columns} FROM ${database.schema}.messages m
        WHERE source.kind = -1 AND m.sender = source.name AND m.kind <> 1 AND m.dest <> m.sender AND ${within})
    ) AS found ORDER BY found.id`,
    columnsOf(
      sources,
      ({ kind }) => kind,
      ({ name }) => name,
      (source) => idText(source.afterId),
      ({ endId }) => idText(endId),
      ({ chunk }) => chunk,
    ),
  );
  const found = sources.map(() => ({ count: 0, lastId: undefined as string | undefined }));
  for (const [place, id] of rows) {
    const own = found[Number(place) - 1]!;
    own.count++;
    own.lastId = id!;
  }
  for (const [at, source] of sources.entries()) {
    const { count, lastId } = found[at]!;
    source.isAtEnd = count < source.chunk;
    if (lastId !== undefined) source.afterId = BigInt(lastId);
    source.chunk *= 2;
  }
  return rows;
}

async function entriesOf(
  database: Database,
  account: string,
  found: readonly Row[],
  limit: number,
): Promise<IndexEntry[]> {
  const page = found
    .map((row) => ({ messageId: BigInt(row[1]!), row }))
    .sort((one, other) => (one.messageId < other.messageId ? -1 : 1))
    .slice(0, limit);
  const nameOf = await readNames(
    database,
    page.flatMap(({ row: [, , , sender, , dest] }) => [sender!, dest!]),
  );
  return page.map(({ messageId, row: [, , timeMs, senderKey, kind, destKey] }) => {
    const [sender, dest] = [nameOf(senderKey!), nameOf(destKey!)];
    const isSent = sender === account;
    const where = kind === "1" ? { peer: sender, group: dest } : { peer: isSent ? dest : sender, group: "" };
    return { messageId, sendTime: nanoseconds(Number(timeMs)), isSent, ...where };
  });
}
