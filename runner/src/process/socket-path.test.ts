import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDaemonSocketPath, daemonSocketPath } from './socket-path.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-home-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('daemon socket path', () => {
  it('lies in the home when that is short enough', async () => {
    expect(await claimDaemonSocketPath(folder)).toBe(join(folder, 'run', 'daemon.sock'));
    expect(await daemonSocketPath(folder)).toBe(join(folder, 'run', 'daemon.sock'));
  });

  it('is short for a deep home, the same for the worker and for the next daemon', async () => {
    const home = join(folder, 'd'.repeat(60), 'e'.repeat(60));
    await mkdir(home, { recursive: true });
    const claimed = await claimDaemonSocketPath(home);
    expect(Buffer.byteLength(claimed)).toBeLessThanOrEqual(100);
    expect(await daemonSocketPath(home)).toBe(claimed);
    expect(await claimDaemonSocketPath(home)).toBe(claimed);
    await rm(dirname(claimed), { recursive: true });
  });
});
