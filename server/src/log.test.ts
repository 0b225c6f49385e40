import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLog } from './log.ts';

test.skipIf(process.platform !== 'linux')('a log that cannot be written breaks nothing', async () => {
  const broken: unknown[] = [];
  const onBroken = (error: unknown) => void broken.push(error);
  process.on('uncaughtException', onBroken);
  const opened = openLog({ logLevel: 'info', logFile: '/dev/full' });
  const { log } = opened;
  for (let line = 0; line < 10; line++) log.info({ line }, 'into the void');
  await sleep(200);
  void opened.close();
  await sleep(100);
  process.off('uncaughtException', onBroken);
  expect(broken).toEqual([]);
});
