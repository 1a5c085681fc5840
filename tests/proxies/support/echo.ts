import type { ImClient } from "@im/client";
import { expect } from "vitest";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Sends a request with its number, and expects the number back. */
export async function echo(client: ImClient, number: number, idempotent = false): Promise<void> {
  const { body } = await client.request("echo", encoder.encode(String(number)), { idempotent });
  expect(decoder.decode(body)).toBe(String(number));
}

const ECHOES_AFTERWARDS = 100;

/**
 * Each of these clients asks for one echo after the other, also while it is offline, until the returned function is called.
 * Then each asks for a hundred more. @returns how many they got
 */
export function keepEchoing(clients: readonly ImClient[]): () => Promise<number> {
  let isOver = false;
  const counts = clients.map(async (client) => {
    let number = 0;
    while (!isOver) await echo(client, number++, true);
    for (const end = number + ECHOES_AFTERWARDS; number < end; number++) await echo(client, number, true);
    return number;
  });
  return async () => {
    isOver = true;
    return (await Promise.all(counts)).reduce((sum, count) => sum + count);
  };
}
