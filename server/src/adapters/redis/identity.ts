/** The hash `tl:store` in each database: its own id, and the run id of the server that last served it. */
import type { Redis } from 'ioredis';
import { STORE } from './keys.ts';

/** The id of the database; `id` when it had none. */
export async function claimIdentity(client: Redis, id: string): Promise<string> {
  await client.hsetnx(STORE, 'id', id);
  return (await readIdentity(client)) ?? id;
}

/** Undefined when the database is empty or not a store. */
export async function readIdentity(client: Redis): Promise<string | undefined> {
  return (await client.hget(STORE, 'id')) ?? undefined;
}

/**
 * After a restart of the server, asks for a new append-only file: one that was torn inside a MULTI keeps its open
 * beginning (seen in 7.0), and a later restart would run it together with what was written next. Returns why that could
 * not be asked for, if so.
 */
export async function renewAppendOnlyFile(client: Redis, runId: string): Promise<string | undefined> {
  if ((await client.hget(STORE, 'run')) === runId) return undefined;
  try {
    await client.bgrewriteaof();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!/in progress|scheduled/i.test(message)) return `a new append-only file could not be asked for (${message})`;
  }
  await client.hset(STORE, 'run', runId);
  return undefined;
}
