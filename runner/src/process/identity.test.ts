import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { identify, isAlive, killGroup } from './identity.ts';
import { findProcess, listProcesses } from './process-table.ts';

function shell(line: string) {
  const child = spawn('/bin/sh', ['-c', line], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  if (child.pid === undefined || child.stdout === null) throw new Error('the shell did not start');
  return { child, pid: child.pid, stdout: child.stdout };
}
const membersOf = (group: number) => listProcesses().filter((row) => row.group === group);

describe('identity', () => {
  it('names this very process, and no other with the same pid', () => {
    const self = identify(process.pid);
    if (self === undefined) throw new Error('this process lives');
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, startTime: `${self.startTime}1` })).toBe(false);
    expect(isAlive({ ...self, bootId: 'another boot' })).toBe(false);
  });

  it('a process that has ended is not alive, also before it is reaped', async () => {
    const { child, pid } = shell('exit 0');
    const identity = identify(pid);
    await once(child, 'exit');
    expect(identity === undefined || !isAlive(identity)).toBe(true);
    expect(findProcess(pid)).toBeUndefined();
  });
});

describe('killGroup', () => {
  it('stop ends a group that heeds SIGTERM, grandchildren included', async () => {
    const { pid, stdout } = shell('sleep 71 & sh -c "sleep 72; :" & echo up; wait');
    await once(stdout, 'data');
    await killGroup(pid, 'stop');
    expect(membersOf(pid)).toEqual([]);
  });

  it('stop kills after the grace what ignores SIGTERM', async () => {
    const { pid, stdout } = shell(
      `trap '' TERM; (trap '' TERM; while :; do sleep 0.2; done) & echo up; while :; do sleep 0.2; done`,
    );
    await once(stdout, 'data');
    await killGroup(pid, 'stop', { graceMs: 300 });
    expect(membersOf(pid)).toEqual([]);
  });

  it('kill reaches a descendant that made a group of its own', async () => {
    const { pid, stdout } = shell(`setsid sh -c 'echo $$; exec sleep 73' & wait`);
    const [data] = (await once(stdout, 'data')) as [Buffer];
    const stray = Number(String(data));
    expect(findProcess(stray)).toBeDefined();
    await killGroup(pid, 'kill');
    expect(findProcess(stray)).toBeUndefined();
  });

  it('is done at once when the group is gone', async () => {
    const { child, pid } = shell('exit 0');
    await once(child, 'exit');
    await killGroup(pid, 'stop');
    expect(membersOf(pid)).toEqual([]);
  });
});
