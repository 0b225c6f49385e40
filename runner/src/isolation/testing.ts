/** For tests: whether this machine can isolate at all, and an isolation on a folder of the test. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Launcher } from '../agents/agent.ts';
import type { Isolation } from './config.ts';
import { isolate } from './isolate.ts';

// oxlint-disable-next-line node/no-process-env -- the edge of the test
export const bwrap = process.env['TREELINE_TEST_BWRAP'] ?? '/usr/bin/bwrap';

function whyNone(): string | undefined {
  if (bwrap === '') return 'bwrap is missing';
  const args = ['--unshare-user', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', 'true'];
  const { status, error } = spawnSync(bwrap, args);
  return status === 0 ? undefined : `no namespaces are to be had here: ${error?.message ?? `exit code ${status}`}`;
}

/** `describe` where bubblewrap works; elsewhere skipped, and saying why. */
export function describeIsolated(what: string, tests: () => void): void {
  const why = whyNone();
  const hint = why === undefined ? '' : ` (${why})`;
  describe.skipIf(why !== undefined)(`${what}${hint}`, () => {
    tests();
  });
}

/** Agents of the test work in `folder`; beside it, in `outside`, lie a runner's folder and a user's home. */
export function isolationIn(folder: string): { launch: Launcher; outside: string } {
  const outside = `${folder}-outside`;
  for (const name of ['runner/sessions', 'user', 'data']) mkdirSync(join(outside, name), { recursive: true });
  const isolation: Isolation = {
    by: 'bubblewrap',
    program: bwrap,
    network: 'host',
    readable: [],
    writable: [],
    userHome: join(outside, 'user'),
  };
  const place = { runnerHome: join(outside, 'runner'), dataDir: join(outside, 'data') };
  return { launch: isolate({ isolation, place, hidden: [join(outside, 'runner', 'sessions')] }), outside };
}
