import { mkdir, realpath, statfs } from "node:fs/promises";
import { ChatError } from "@im/chat";
import { ClassicLevel } from "classic-level";
import { FORMAT, formatKey } from "./keys.js";

export type Level = ClassicLevel<string, string>;

/** Of what is not sorted into files yet: a larger one means fewer, larger files and a longer opening. */
const WRITE_BUFFER_BYTES = 16_777_216;
const CACHE_BYTES = 33_554_432;

/**
 * The folders that this process has open. LevelDB's lock is one of POSIX: a second opening in the same process fails, but the end
 * of its attempt also ends the lock of the first, and lets other processes in.
 */
const openFolders = new Set<string>();

/**
 * Opens the database of a folder, and makes it if there is none.
 *
 * @throws `IM_ERR_STORE_IN_USE`, `IM_ERR_STORE_FORMAT`, `IM_ERR_STORE_DAMAGED`, `IM_ERR_STORE_IO`
 */
export async function openDatabase(folder: string): Promise<Level> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw storeError(error, folder);
  });
  const path = await realpath(folder);
  if (openFolders.has(path)) throw inUse(folder);
  const db: Level = new ClassicLevel(folder, { writeBufferSize: WRITE_BUFFER_BYTES, cacheSize: CACHE_BYTES });
  openFolders.add(path);
  db.on("open", () => void openFolders.add(path));
  db.on("closed", () => void openFolders.delete(path));
  try {
    await db.open();
  } catch (error) {
    openFolders.delete(path);
    throw storeError(error, folder);
  }
  try {
    await checkFormat(db, folder);
  } catch (error) {
    await db.close();
    throw storeError(error, folder);
  }
  return db;
}

async function checkFormat(db: Level, folder: string): Promise<void> {
  const format = await db.get(formatKey);
  if (format === String(FORMAT)) return;
  if (format === undefined) {
    const [any] = await db.keys({ limit: 1 }).all();
    if (any === undefined) return db.put(formatKey, String(FORMAT), { sync: true });
    const what = `${folder} has a database that is no chat store, or a backup that was cut off: name another folder`;
    throw new ChatError("IM_ERR_STORE_FORMAT", what);
  }
  const rule = `${folder} has format ${format}, and this version reads ${FORMAT}: use a newer version of @im/chat-level`;
  throw new ChatError("IM_ERR_STORE_FORMAT", rule);
}

/**
 * Checks, while the database is open, that it could be opened anew: then LevelDB writes a file as large as the write buffer. If that
 * failed, nothing could be read any more either.
 *
 * @throws `IM_ERR_STORE_IO` if the disk has no room
 */
export async function checkRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = 1.5 * WRITE_BUFFER_BYTES;
  if (bavail * bsize >= needed) return;
  throw new ChatError("IM_ERR_STORE_IO", `the disk of ${folder} is full: free at least ${needed} bytes`);
}

function inUse(folder: string, cause?: unknown): ChatError {
  const what = `${folder} is in use by another process, or by another store of this one: a folder has one owner`;
  return new ChatError("IM_ERR_STORE_IN_USE", what, { cause });
}

/** The error of this package for what LevelDB, or the file system, says. */
export function storeError(error: unknown, folder: string): ChatError {
  if (error instanceof ChatError) return error;
  const codes = [error, (error as { cause?: unknown } | undefined)?.cause].map(
    (each) => (each as { code?: unknown } | undefined)?.code,
  );
  if (codes.includes("LEVEL_LOCKED")) return inUse(folder, error);
  if (codes.includes("LEVEL_CORRUPTION")) {
    const what = `the database in ${folder} is damaged: restore a backup`;
    return new ChatError("IM_ERR_STORE_DAMAGED", what, { cause: error });
  }
  if (codes.includes("LEVEL_DATABASE_NOT_OPEN") || codes.includes("LEVEL_ITERATOR_NOT_OPEN")) {
    return new ChatError("IM_ERR_STORE_CLOSED", `the store in ${folder} is closed`, { cause: error });
  }
  return new ChatError("IM_ERR_STORE_IO", `the store in ${folder} cannot read or write`, { cause: error });
}
