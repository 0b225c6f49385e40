/** What every agent promises, kept by one that runs within bubblewrap: its output, its end, and that nothing of it is left. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeAgent } from '../agents/agent.contract.ts';
import { startAcp } from '../agents/acp/index.ts';
import { startCommand } from '../agents/command/index.ts';
import { describeIsolated, isolationIn } from './testing.ts';

const odd = fileURLToPath(new URL('../agents/acp/odd-agent.fixture.mjs', import.meta.url));

function setUpWith<T>(config: T) {
  return (folder: string) => {
    const { launch, outside } = isolationIn(folder);
    return Promise.resolve({ config, launch, tearDown: () => rm(outside, { recursive: true, force: true }) });
  };
}

describeIsolated('within bubblewrap', () => {
  describeAgent({
    name: 'an isolated command',
    start: startCommand,
    setUp: setUpWith({ name: 'command', kind: 'command', command: [], env: {}, passEnv: [] }),
    prompts: {
      say: (text) => `echo ${text}`,
      long: () => 'sleep 60 & sleep 60',
      slow: (text) => `sleep 0.5; echo ${text}`,
    },
    singleTurn: true,
  });

  describeAgent({
    name: 'an isolated ACP agent',
    start: startAcp,
    setUp: setUpWith({ name: 'odd', kind: 'acp', command: [process.execPath, odd], env: {}, passEnv: [] }),
    prompts: { say: (text) => `say ${text}`, long: () => 'hang' },
  });
});
