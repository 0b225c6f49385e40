/**
 * Which relay a command talks to, and with which key. The first that is there:
 * --url with --token-file, local.json of --data-dir, TREELINE_URL with TREELINE_KEY_FILE, the login, local.json of the
 * default data folder. A URL without a key takes the key that is known for that URL.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { z } from 'zod';
import type { Settings } from '../config.ts';
import { readJsonFile } from '../home/json-file.ts';
import { usageError } from './exit.ts';
import type { Globals } from './globals.ts';

export interface RelayAccess {
  readonly url: string;
  readonly key: string | undefined;
  /** Where this was found, for people. */
  readonly source: string;
}

/** What `up`, `relay` and `login` leave for commands to find; mode 0600. */
export const AccessFile = z.object({
  url: z.url({ protocol: /^https?$/ }),
  key: z.string().min(1),
  /** The login itself made the key, so that nothing else uses it. */
  own: z.boolean().optional(),
});

export const localFile = (dataDir: string) => join(dataDir, 'local.json');
export const loginFile = (settings: Settings) => join(settings.home, 'login.json');

export async function findRelay(from: { settings: Settings; globals: Globals }): Promise<RelayAccess | undefined> {
  const { settings, globals } = from;
  const url = globals.url ?? (globals.dataDir === undefined ? settings.url : undefined);
  if (url !== undefined) return accessTo(checkUrl(url), from);
  if (globals.dataDir !== undefined) return readAccess(localFile(resolve(globals.dataDir)));
  return (await readAccess(loginFile(settings))) ?? (await readAccess(localFile(settings.dataDir)));
}

async function accessTo(
  url: string,
  { settings, globals }: { settings: Settings; globals: Globals },
): Promise<RelayAccess> {
  const file = globals.tokenFile ?? settings.keyFile;
  if (file !== undefined) return { url, key: await readSecret(file), source: file };
  const dataDir = globals.dataDir === undefined ? settings.dataDir : resolve(globals.dataDir);
  for (const path of [loginFile(settings), localFile(dataDir)]) {
    const known = await readAccess(path);
    if (known !== undefined && sameOrigin(known.url, url)) return { ...known, url };
  }
  return { url, key: undefined, source: 'no key' };
}

async function readAccess(path: string): Promise<RelayAccess | undefined> {
  const found = await readJsonFile(AccessFile, path);
  return found === undefined ? undefined : { ...found, source: path };
}

/** The first line of a file, or of stdin for `-`. */
export async function readSecret(file: string): Promise<string> {
  const content = file === '-' ? await readAll(process.stdin) : await readOrExplain(file);
  const secret = content.split('\n', 1)[0]?.trim() ?? '';
  if (secret === '') throw usageError(`${file === '-' ? 'stdin' : file} holds no key in its first line.`);
  return secret;
}

/** From --token-file, from stdin, or typed without being shown; never from the command line. */
export async function askSecret({ tokenFile }: Pick<Globals, 'tokenFile'>, message: string): Promise<string> {
  if (tokenFile !== undefined) return readSecret(tokenFile);
  if (!process.stdin.isTTY) return readSecret('-');
  const { password, isCancel } = await import('@clack/prompts');
  const typed = await password({ message });
  if (isCancel(typed) || typed.trim() === '') throw usageError('Nothing was given.');
  return typed.trim();
}

async function readOrExplain(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`The key cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A base URL in its plain form; a bare `host:port` is taken as http. */
export function checkUrl(given: string): string {
  const text = /^https?:\/\//.test(given) ? given : `http://${given}`;
  if (!URL.canParse(text)) throw usageError(`"${given}" is no URL of a relay such as http://127.0.0.1:7460`);
  const { protocol, host, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '')
    throw usageError('A URL must not hold a secret; give the key with --token-file.');
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
