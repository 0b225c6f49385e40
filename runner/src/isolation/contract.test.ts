/** What every agent promises, kept by one that runs within bubblewrap: its output, its end, and that nothing of it is left. */
import { rm } from 'node:fs/promises';
import { describeAgent } from '../agents/agent.contract.ts';
import { startCommand } from '../agents/command/index.ts';
import { describeIsolated, isolationIn } from './testing.ts';

const config = { name: 'command', kind: 'command', command: [], env: {}, passEnv: [] } as const;

describeIsolated('within bubblewrap', () => {
  describeAgent({
    name: 'an isolated command',
    start: startCommand,
    setUp: (folder) => {
      const { launch, outside } = isolationIn(folder);
      return Promise.resolve({ config, launch, tearDown: () => rm(outside, { recursive: true, force: true }) });
    },
    prompts: {
      say: (text) => `echo ${text}`,
      long: () => 'sleep 60 & sleep 60',
      slow: (text) => `sleep 0.5; echo ${text}`,
    },
    singleTurn: true,
  });
});
