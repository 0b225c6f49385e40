import { LIMITS } from '@treeline/shared';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createClient } from '../../client/client.ts';
import { keyForPerson } from '../../client/sign-in.ts';
import { writeJsonFile } from '../../home/json-file.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { usageError } from '../exit.ts';
import { optional, text, toggle } from '../flags.ts';
import { formatClock } from '../time.ts';
import { askSecret, checkUrl, loginFile } from '../relay-access.ts';

/** How long a key works that a sign-in made. */
const KEY_MS = 365 * 24 * 3_600_000;

export const login = command({
  name: 'login',
  summary: 'Log this machine’s commands in to a relay',
  details:
    'With --user you give your password, with --one-time-code a code of the settings or of an invitation; the relay makes\n' +
    'a key for this machine, good for a year, which `treeline key ls` shows. Without either you give a key yourself, made\n' +
    'with `treeline key create NAME` where you are logged in already. Whichever it is, it is read from --token-file, from\n' +
    'stdin, or asked for; never from the command line. The key is kept in login.json of TREELINE_HOME, mode 0600.\n' +
    'On the machine where `treeline up` runs, no login is needed.',
  examples: [
    ['login https://relay.example --user ann', 'Asks for her password.'],
    ['login https://relay.example --one-time-code', 'Asks for the code.'],
    ['login https://relay.example', 'Asks for a key.'],
    ['login https://relay.example --token-file key.txt', 'Takes it from a file.'],
    ['login --code', 'Makes a one-time code, with which a browser can sign in.'],
  ],
  args: { url: optional('the relay') },
  flags: {
    user: text('--user <name>', 'sign in as this person, by password'),
    oneTimeCode: toggle('--one-time-code', 'sign in by a one-time code'),
    code: toggle('--code', 'make a one-time sign-in code for a browser instead'),
  },
  async action({ args, flags, cli }) {
    const { out, settings } = cli;
    if (flags.code) return makeCode(cli);
    const given = args.url ?? cli.globals.url;
    if (given === undefined) throw usageError('Which relay?', 'Give its URL: treeline login https://relay.example');
    const url = checkUrl(given);
    const key = await keyFor(cli, { url, user: flags.user, byCode: flags.oneTimeCode });
    const me = await createClient({ url, key, timeoutMs: cli.globals.timeout }).whoAmI();
    await mkdir(settings.home, { recursive: true, mode: 0o700 });
    const own = flags.user !== undefined || flags.oneTimeCode;
    await writeJsonFile(loginFile(settings), { url, key, ...(own ? { own } : {}) });
    if (out.isJson) out.json({ url, ...me });
    else out.line(`${out.look.symbols.done} logged in to ${url} as ${me.name}`);
  },
});

async function makeCode(cli: Cli): Promise<void> {
  const client = await cli.client();
  const { code, expiresAt } = await client.createSignInCode();
  const { url } = await cli.relay();
  const link = `${url}/pair#${code}`;
  if (cli.out.isJson) return cli.out.json({ code, link, expiresAt });
  if (cli.out.isQuiet) return cli.out.line(code);
  cli.out.line(`Open ${link}`);
  cli.out.line(`or enter ${code} at ${url}; it works once, until ${formatClock(expiresAt)}.`);
}

interface Entrance {
  readonly url: string;
  readonly user: string | undefined;
  readonly byCode: boolean;
}

async function keyFor(cli: Cli, { url, user, byCode }: Entrance): Promise<string> {
  if (user !== undefined && byCode) throw usageError('Give --user or --one-time-code, not both.');
  if (user === undefined && !byCode) return askSecret(cli.globals, `Key for ${url}`);
  const as =
    user === undefined
      ? { code: await askSecret(cli.globals, `One-time code for ${url}`) }
      : { name: user, password: await askSecret(cli.globals, `Password of ${user} at ${url}`) };
  const name = `login ${hostname().replaceAll(/[^\p{L}\p{N}._-]/gu, '-')}`.slice(0, LIMITS.labelChars);
  return keyForPerson({ url, as, name, expiresInMs: KEY_MS, timeoutMs: cli.globals.timeout });
}
