/** `treeline up`, as a newcomer meets it: one command, one terminal, one Ctrl-C. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerView, SessionView } from '@treeline/shared';
import { runCli, startCli } from '@treeline/test-support/cli.ts';
import { type Program, processesWith } from '@treeline/test-support/processes.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';

interface Ready {
  readonly url: string;
  readonly dataDir: string;
  readonly signInCode: string;
  readonly runner?: RunnerView;
}

let folder: string;
const running: Program[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-up-'));
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
});

afterEach(async () => {
  for (const program of running.splice(0)) if (program.running) await program.end('SIGKILL');
  for (const { pid } of processesWith(`${folder}/`)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const options = (env: Readonly<Record<string, string>> = {}) => ({
  cwd: folder,
  env: {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    // Reaches every process that is started, by which they are found.
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    TREELINE_HOME: join(folder, 'home', '.treeline'),
    ...env,
  },
});

const treeline = (...args: string[]) => runCli(args, options());
const left = () => processesWith(`${folder}/`).map(({ command }) => command);

function start(...args: string[]): Program {
  const program = startCli(['up', '--port', '0', ...args], options());
  running.push(program);
  return program;
}

async function ready(program: Program): Promise<Ready> {
  const line = await until('up is ready', () => {
    if (!program.running) throw new Error(`up ended: ${program.stderr}`);
    return program.stdout.includes('\n') && program.stdout;
  });
  return JSON.parse(line) as Ready;
}

async function session(prompt: unknown): Promise<SessionView> {
  const made = await treeline('session', 'new', JSON.stringify(prompt), '--agent', 'scripted', '--json');
  expect(made.code, made.stderr).toBe(0);
  return made.json<{ session: SessionView }>().session;
}

const stateOf = async (id: string) =>
  (await treeline('session', 'show', id, '--json')).json<SessionView>().lifecycle.state;

test('one command gives a relay, a runner of this machine, and commands that need no sign-in', async () => {
  const { url, runner } = await ready(start('--json'));
  expect(runner).toMatchObject({ online: true });
  expect(runner?.profile.agents.map(({ name }) => name)).toEqual(expect.arrayContaining(['command', 'scripted']));
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const { id } = await session([{ say: 'hello' }, { finish: 'said it' }]);
  const waited = await treeline('session', 'wait', id);
  expect(waited.stdout).toContain('said it');
  expect(waited.code).toBe(0);
});

test('what it says names the URL, the sign-in, the data, the runner, its agents and what to try', async () => {
  const program = start();
  await until('up has said all', () => program.stdout.includes('Ctrl-C'));
  const { stdout } = program;
  expect(stdout).toMatch(/Relay +http:\/\/127\.0\.0\.1:\d+\n/);
  expect(stdout).toMatch(/Sign in +http:\/\/127\.0\.0\.1:\d+\/pair#[0-9A-Z]{4}-[0-9A-Z]{4}\n/);
  expect(stdout).toContain(`Data     ${join(folder, 'home', '.treeline', 'relay')}`);
  expect(stdout).toMatch(/Runner .*online/);
  expect(stdout).toMatch(/Agents .*command.*scripted/);
  expect(stdout.match(/npx pnpm (treeline|demo)/g)).toHaveLength(2);
  // The log is in a file; the terminal is for people.
  expect(stdout).not.toContain('{');
  expect(readFileSync(join(folder, 'home/.treeline/relay/logs/relay.log'), 'utf8')).toContain('"msg":"ready"');
});

test('Ctrl-C ends all of it in order, and the next start goes on with what was at work', async () => {
  const program = start('--json');
  await ready(program);
  const { id } = await session([{ say: 'working' }, { sleep: 600_000 }]);
  await until('the session works', async () => (await stateOf(id)) === 'running');
  expect(await program.end('SIGINT')).toBe(0);
  await until('nothing is left', () => left().length === 0, { otherwise: left });

  const again = start('--json');
  await ready(again);
  await until('the session goes on', async () => (await stateOf(id)) === 'running');
  expect(await again.end('SIGTERM')).toBe(0);
  await until('nothing is left', () => left().length === 0, { otherwise: left });
});

test('a second start finds the same data, with the same runner and the same key', async () => {
  const first = start('--json');
  const before = await ready(first);
  const key = readFileSync(join(before.dataDir, 'local.json'), 'utf8');
  const { id } = await session([{ finish: 'kept' }]);
  await treeline('session', 'wait', id);
  await first.end('SIGINT');

  const after = await ready(start('--json'));
  expect(after.runner?.id).toBe(before.runner?.id);
  expect((await treeline('session', 'show', id, '--json')).json<SessionView>().lifecycle).toMatchObject({
    summary: 'kept',
  });
  expect(JSON.parse(readFileSync(join(after.dataDir, 'local.json'), 'utf8'))).toEqual({
    ...(JSON.parse(key) as object),
    url: after.url,
  });
  const runners = (await treeline('runner', 'ls', '--json')).json<RunnerView[]>();
  expect(runners).toHaveLength(1);
});

test('two starts with folders of their own do not meet; --data-dir leads commands to either', async () => {
  const one = await ready(start('--json', '--data-dir', 'one'));
  const two = await ready(start('--json', '--data-dir', 'two'));
  expect(one.url).not.toBe(two.url);
  for (const { dataDir, url } of [one, two]) {
    const who = await treeline('whoami', '--json', '--data-dir', dataDir);
    expect(who.json<{ url: string }>().url).toBe(url);
  }
});

test('--no-runner starts the relay alone', async () => {
  const { runner, dataDir } = await ready(start('--json', '--no-runner'));
  expect(runner).toBeUndefined();
  expect(existsSync(join(dataDir, 'runner'))).toBe(false);
  expect((await treeline('runner', 'ls', '--json')).json()).toEqual([]);
});

test('what is secret is readable by this user only', async () => {
  const { dataDir } = await ready(start('--json'));
  for (const name of ['local.json', 'logs/relay.log', 'runner/credentials.json', 'runner/logs/daemon.log']) {
    expect(statSync(join(dataDir, name)).mode & 0o077, name).toBe(0);
  }
});

async function refusal(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const { code, stderr, stdout } = await runCli(['up', '--port', '0', ...args], options());
  expect(stdout).toBe('');
  await until('nothing is left', () => left().length === 0, { otherwise: left });
  return { code, lines: stderr.trim().split('\n') };
}

test('a taken port is one clear line', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { code, lines } = await refusal('--port', String(port));
  other.close();
  expect(code).toBe(1);
  expect(lines[0]).toContain(`Port ${port}`);
  expect(lines[0]).toContain('--port');
});

test('a folder that cannot be written is one clear line', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, lines } = await refusal('--data-dir', join(folder, 'file', 'below'));
  expect(code).toBe(1);
  expect(lines[0]).toContain(join(folder, 'file', 'below'));
  expect(lines[0]).toContain('--data-dir');
});

test('a data folder that another relay uses is one clear line', async () => {
  const { dataDir } = await ready(start('--json'));
  const second = await runCli(['up', '--port', '0', '--data-dir', dataDir], options());
  expect(second.code).toBe(1);
  expect(second.stderr.split('\n')[0]).toMatch(/another relay|in use|already/i);
});

test('a Redis that does not answer is one clear line, without its password', async () => {
  const { code, lines } = await refusal('--redis', 'redis://:hush-hush@127.0.0.1:1');
  expect(code).toBe(1);
  expect(lines[0]).toContain('127.0.0.1:1');
  expect(lines.join('\n')).not.toContain('hush-hush');
});
