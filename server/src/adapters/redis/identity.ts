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

/** Undefined before the first server of this database was remembered. */
export async function lastRun(client: Redis): Promise<string | undefined> {
  return (await client.hget(STORE, 'run')) ?? undefined;
}

export async function rememberRun(client: Redis, runId: string): Promise<void> {
  await client.hset(STORE, 'run', runId);
}
