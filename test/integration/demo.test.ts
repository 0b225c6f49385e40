/** `treeline demo --yes`: the tour by itself, and that it leaves nothing behind. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, startCli } from '@treeline/test-support/cli.ts';
import { processesWith } from '@treeline/test-support/processes.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-tour-'));
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
});

afterEach(() => {
  for (const { pid } of processesWith(`${folder}/`)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const options = () => ({
  cwd: folder,
  env: {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
  },
});

const left = () => [...processesWith(`${folder}/`).map(({ command }) => command), ...readdirSync(join(folder, 'tmp'))];

test('the tour shows a child asking, a parent answering, a person deciding, and checks each of it', async () => {
  const { code, stdout, stderr } = await runCli(['demo', '--yes'], options());
  expect(code, stderr).toBe(0);
  for (const step of [1, 2, 3, 4, 5, 6, 7, 8]) expect(stdout).toMatch(new RegExp(`^${step}  `, 'm'));
  expect(stdout).toMatch(/needs you/);
  expect(stdout).toMatch(
    /✓ the parent’s log holds the summary: "The changelog of 2\.3 has 14 entries; the copyright year is 2025\."/,
  );
  expect(stdout.match(/^ {2}✓ /gm)).toHaveLength(5);
  expect(left()).toEqual([]);
});

test('with --json the tour prints its claims as one value', async () => {
  const result = await runCli(['demo', '--yes', '--json'], options());
  const { ok, claims } = result.json<{ ok: boolean; claims: { claim: string; holds: boolean }[] }>();
  expect(ok).toBe(true);
  expect(claims.every(({ holds }) => holds)).toBe(true);
});

test('a tour that is broken off leaves nothing behind', async () => {
  const program = startCli(['demo', '--yes'], options());
  await until('the tour is at its child', () => program.stdout.includes('changelog'));
  expect(await program.end('SIGINT')).toBe(130);
  await until('nothing is left', () => left().length === 0, { otherwise: left });
});
