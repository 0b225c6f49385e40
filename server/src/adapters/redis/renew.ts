/**
 * A new append-only file after each restart of the server. A file torn inside a MULTI keeps its open beginning (Redis
 * 7.0 cuts only the last command); with more written behind it, the restart after would run the torn commit too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { readFacts } from './facts.ts';
import { lastRun, rememberRun } from './identity.ts';

/** Writes wait for the new file this long; with many gigabytes they go on before it is done. */
const WAIT_MS = 10_000;
const POLL_MS = 20;

/** Returns what went wrong, if anything did; the data is safe unless the server is killed once more. */
export async function renewAppendOnlyFile(client: Redis): Promise<string | undefined> {
  const { runId, aof } = await readFacts(client);
  if (runId === undefined || aof !== true) return undefined;
  const last = await lastRun(client);
  if (last === runId) return undefined;
  // A new store has nothing that could have been torn.
  if (last !== undefined) {
    const failure = await rewrite(client);
    if (failure !== undefined) return failure;
  }
  await rememberRun(client, runId);
  return undefined;
}

async function rewrite(client: Redis): Promise<string | undefined> {
  try {
    await client.bgrewriteaof();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!/in progress|scheduled/i.test(message)) return `a new append-only file could not be asked for (${message})`;
  }
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    const { aofRewrite } = await readFacts(client);
    if (aofRewrite === 'failed') return 'its new append-only file could not be written: look at its disk and its log';
    if (aofRewrite !== 'running') return undefined;
    await sleep(POLL_MS);
  }
  return 'it is still writing its new append-only file';
}
