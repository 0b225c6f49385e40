/**
 * The scripts as commands of a client. Plain Lua (Redis 6.2 has no Functions); ioredis sends the source once a
 * connection and its digest from then on, and the source again when the server has forgotten it.
 */
import type { Redis } from 'ioredis';
import { APPEND } from './append.ts';
import { CLAIM } from './claim.ts';
import { COMMIT } from './commit.ts';
import { LIST } from './list.ts';
import { TRIM } from './trim.ts';

type Script<Answer> = (tag: string, args: readonly (string | number)[]) => Promise<Answer>;

export type ScriptedRedis = Redis & {
  readonly tlAppend: Script<string[]>;
  readonly tlCommit: Script<[status: string, ...rest: (string | number)[]]>;
  readonly tlList: Script<string[]>;
  readonly tlClaim: Script<string[]>;
  readonly tlTrim: Script<number>;
};

export function defineScripts(client: Redis): ScriptedRedis {
  const scripts = { tlAppend: APPEND, tlCommit: COMMIT, tlList: LIST, tlClaim: CLAIM, tlTrim: TRIM };
  for (const [name, lua] of Object.entries(scripts)) client.defineCommand(name, { numberOfKeys: 1, lua });
  return client as ScriptedRedis;
}
