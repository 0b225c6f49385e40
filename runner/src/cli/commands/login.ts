import { mkdir } from 'node:fs/promises';
import { createClient } from '../../client/client.ts';
import { writeJsonFile } from '../../home/json-file.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { usageError } from '../exit.ts';
import { optional, toggle } from '../flags.ts';
import { formatClock } from '../time.ts';
import { checkUrl, loginFile, readSecret } from '../relay-access.ts';

export const login = command({
  name: 'login',
  summary: 'Log this machine’s commands in to a relay',
  details:
    'The key is read from --token-file, from stdin, or asked for; never from the command line. Make one with\n' +
    '`treeline key create NAME` where you are logged in already. It is kept in login.json of TREELINE_HOME, mode 0600.\n' +
    'On the machine where `treeline up` runs, no login is needed.',
  examples: [
    ['login https://relay.example', 'Asks for the key.'],
    ['login https://relay.example --token-file key.txt', 'Takes it from a file.'],
    ['login --code', 'Makes a one-time code, with which a browser can sign in.'],
  ],
  args: { url: optional('the relay') },
  flags: { code: toggle('--code', 'make a one-time sign-in code for a browser instead') },
  async action({ args, flags, cli }) {
    const { out, settings } = cli;
    if (flags.code) return makeCode(cli);
    const given = args.url ?? cli.globals.url;
    if (given === undefined) throw usageError('Which relay?', 'Give its URL: treeline login https://relay.example');
    const url = checkUrl(given);
    const key = await askKey(cli, url);
    const me = await createClient({ url, key, timeoutMs: cli.globals.timeout }).whoAmI();
    await mkdir(settings.home, { recursive: true, mode: 0o700 });
    await writeJsonFile(loginFile(settings), { url, key });
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

async function askKey({ globals }: Cli, url: string): Promise<string> {
  if (globals.tokenFile !== undefined) return readSecret(globals.tokenFile);
  if (!process.stdin.isTTY) return readSecret('-');
  const { password, isCancel } = await import('@clack/prompts');
  const typed = await password({ message: `Key for ${url}` });
  if (isCancel(typed) || typed.trim() === '') throw usageError('No key was given.');
  return typed.trim();
}
