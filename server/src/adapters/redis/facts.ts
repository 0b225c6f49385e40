/** What a Redis says about itself. A managed Redis may forbid the question; then the fact stays unknown. */
import type { Redis } from 'ioredis';
import type { ServerFacts } from './checks.ts';

/** Rejects only when the connection does. */
export async function readFacts(client: Redis): Promise<ServerFacts> {
  const [info, hello, fsync] = await Promise.all([
    permitted(client.info()),
    permitted(client.call('HELLO') as Promise<unknown[]>),
    permitted(client.config('GET', 'appendfsync') as Promise<string[]>),
  ]);
  const about = info === undefined ? helloFields(hello ?? []) : infoFields(info);
  const aof = about.get('aof_enabled');
  return {
    runId: about.get('run_id'),
    version: about.get('redis_version') ?? about.get('version'),
    role: about.get('role'),
    evictionPolicy: about.get('maxmemory_policy'),
    aof: aof === undefined ? undefined : aof === '1',
    fsync: fsync?.[1],
    aofBroken: about.get('aof_last_write_status') === 'err',
    aofRewrite: rewriteState(about),
  };
}

function rewriteState(about: ReadonlyMap<string, string>): ServerFacts['aofRewrite'] {
  if (about.get('aof_rewrite_in_progress') === '1' || about.get('aof_rewrite_scheduled') === '1') return 'running';
  return about.get('aof_last_bgrewrite_status') === 'err' ? 'failed' : 'done';
}

/** The reply, or undefined when the user may not ask or the server knows no such question. */
async function permitted<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError' && /^(NOPERM|ERR)/.test(error.message)) return undefined;
    throw error;
  }
}

function infoFields(info: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

function helloFields(hello: readonly unknown[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < hello.length; i += 2) fields.set(String(hello[i]), String(hello[i + 1]));
  return fields;
}
