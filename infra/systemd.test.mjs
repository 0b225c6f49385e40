import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './build.mjs';

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const UNIT = join(ROOT, 'infra', 'systemd', 'treeline-relay.service');

test.skipIf(!hasAnalyze)('the unit of the relay is exposed by 2.5 at most, as systemd-analyze security counts', () => {
  const args = ['security', '--offline=yes', '--no-pager', UNIT];
  const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const [, exposure] = /exposure level for treeline-relay\.service: ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(exposure)).toBeLessThanOrEqual(2.5);
});
