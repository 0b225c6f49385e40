/** LINK-3: somebody copies a runner's folder and starts the copy beside the true one. One of the two may be linked, never both. */
import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processesWith } from '@treeline/test-support/processes.ts';
import { until } from '@treeline/test-support/until.ts';
import type { Machine } from './machine.ts';

/** What belongs to a running daemon, and what a copy of a session would fail to read. */
const LOCKS = ['daemon.lock', 'supervisor.lock'];
const LEFT_OUT = new Set([
  'run',
  'logs',
  ...LOCKS,
  ...LOCKS.map((lock) => `${lock}.taking`),
  'runner.state.json',
  'ballast',
]);
const COPY_TRIES = 10;
/** A copy starts beside everything else that starts; a relay may be away meanwhile. */
const MEET_WITHIN_MS = 12_000;
const LINK_WITHIN_MS = 4000;
/** A daemon whose network fails notices by its heartbeats. */
const CUT_WITHIN_MS = 8000;
const LIFE_MS = 800;

/** Resolves when the copy is gone and the true one is linked again, with what was wrong, if anything was. */
export async function runClone(machine: Machine, copy: Machine): Promise<string | undefined> {
  copyFolder(machine.home, copy.home);
  let problem: string | undefined;
  try {
    await copy.start();
    const met = () => copy.connected || copy.ousted;
    await until('the copy is let in or is not', met, { withinMs: MEET_WITHIN_MS }).catch(() => undefined);
    if (copy.connected) {
      const isAlone = () => !machine.connected || !copy.connected;
      await until('only one is linked', isAlone, { withinMs: CUT_WITHIN_MS }).catch(() => {
        problem = `${machine.name}: a copy of its folder was linked beside it`;
      });
      await sleep(LIFE_MS);
    }
  } finally {
    await endCopy(copy);
  }
  for (let attempt = 0; attempt < 4 && !machine.connected; attempt++) {
    await machine.crash('both');
    await machine.start();
    await until('the true one is linked', () => machine.connected, { withinMs: LINK_WITHIN_MS }).catch(() => false);
  }
  return problem;
}

/** Of a runner that goes on writing meanwhile: what is gone before it is copied belongs to no copy. */
function copyFolder(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      return cpSync(from, to, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isGone || tries === COPY_TRIES) throw error;
      rmSync(to, { recursive: true, force: true });
    }
  }
}

/** Nothing of it stays, its workers neither. */
async function endCopy(copy: Machine): Promise<void> {
  await copy.crash('both');
  for (const { pid, command } of processesWith(copy.tmp)) {
    if (command.includes(`${copy.home}/`) && isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  for (const lock of LOCKS) rmSync(join(copy.home, lock), { force: true });
}
