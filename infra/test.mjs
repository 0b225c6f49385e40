/**
 * `pnpm test [vitest arguments]`: gets what the tests run for real, builds the bundles, runs every package's tests and
 * closes with the line `N passed, N failed, N skipped`. `--agents` runs the long suite against installed agents instead.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST, ensureBuilt, ROOT } from './build.mjs';
import { isStale, markFresh, signature } from './stale.mjs';
import { provideTools } from './tools.mjs';

const AGENTS = join(ROOT, 'test', 'agents');
const LIMIT_MS = 60 * 60 * 1000;

try {
  const env = { ...provideTools(), TREELINE_TEST_AGENTS_DIR: installAgents() ? AGENTS : '' };
  if (!ensureBuilt()) throw new Error('The tests run what is built, so they did not run.');
  process.exitCode = await runVitest(env);
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

/** The real agents are a package of their own, so that the product does not pull them. */
function installAgents() {
  const lock = join(AGENTS, 'pnpm-lock.yaml');
  if (!existsSync(lock)) return false;
  const stamp = join(AGENTS, 'node_modules', '.installed');
  const current = signature(AGENTS, ['package.json', 'pnpm-lock.yaml']);
  if (!isStale(stamp, current)) return true;
  console.error('installing the agents that the tests drive …');
  const pnpm = pnpmCommand();
  const args = [
    '--dir',
    AGENTS,
    'install',
    '--ignore-workspace',
    '--frozen-lockfile',
    '--ignore-scripts',
    '--reporter',
    'append-only',
  ];
  const { status } = spawnSync(pnpm[0], [...pnpm.slice(1), ...args], {
    cwd: AGENTS,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 900_000,
  });
  if (status === 0) {
    markFresh(stamp, current);
    return true;
  }
  if (process.env.CI) throw new Error('the agents in test/agents could not be installed');
  console.error('the agents in test/agents could not be installed: their tests are skipped');
  return false;
}

function pnpmCommand() {
  const running = process.env.npm_execpath ?? '';
  if (!running.includes('pnpm')) return ['npx', '--yes', 'pnpm'];
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
}

async function runVitest(env) {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-test-'));
  const summary = join(folder, 'summary.json');
  const given = process.argv.slice(2).filter((arg) => arg !== '--');
  const long = given.includes('--agents') ? { TREELINE_TEST_AGENTS: '1' } : {};
  const args = [
    join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${join(ROOT, 'infra', 'vitest-summary-reporter.mjs')}`,
    ...given.filter((arg) => arg !== '--agents'),
  ];
  const code = await exitOf(
    spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, ...long, TREELINE_TEST_DIST: DIST, TREELINE_TEST_SUMMARY: summary },
    }),
  );
  const sum = existsSync(summary)
    ? JSON.parse(readFileSync(summary, 'utf8'))
    : { passed: 0, failed: 1, skipped: 0, flaky: [] };
  rmSync(folder, { recursive: true, force: true });
  for (const name of sum.flaky) console.log(`failed, then passed when tried again: ${name}`);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  return sum.failed > 0 ? 1 : code;
}

/** Ctrl-C reaches vitest too; a run that never ends is ended. */
function exitOf(child) {
  const limit = setTimeout(() => {
    console.error('the tests took more than an hour: ended');
    child.kill('SIGKILL');
  }, LIMIT_MS);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
}
