import { tmpdir } from 'node:os';
import { RunnerHealth } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { measureHealth } from './health.ts';

describe('the health of this machine', () => {
  it('is what a heartbeat may carry', async () => {
    const health = RunnerHealth.parse(await measureHealth({ path: tmpdir(), sessions: 3 }));
    expect(health.sessions).toBe(3);
    expect(health.memoryFreeBytes).toBeGreaterThan(0);
    expect(health.diskFreeBytes).toBeGreaterThan(0);
  });

  it('leaves out what cannot be told', async () => {
    expect(await measureHealth({ path: '/no/such/folder', sessions: 0 })).not.toHaveProperty('diskFreeBytes');
  });
});
