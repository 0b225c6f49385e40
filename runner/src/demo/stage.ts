/** The stage of the tour: a relay and two runners in a folder that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerView } from '@treeline/shared';
import type { Environment } from '../agents/environment.ts';
import { type LocalRunner, startLocalRunner } from '../up/local-runner.ts';
import { type Relay, startRelay } from '../up/relay-bundle.ts';

export interface Stage {
  readonly relay: Relay;
  readonly kitchenPi: RunnerView;
  readonly desktop: RunnerView;
  /** Ends everything and removes its folder. */
  clear(): Promise<void>;
  /** The same without waiting for anybody. */
  kill(): Promise<void>;
}

export async function setStage({ env, version }: { env: Environment; version: string }): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-demo-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const dataDir = join(folder, 'relay');
  const { TREELINE_HOME: _home, TREELINE_DATA_DIR: _data, REDIS_URL: _redis, ...plainEnv } = env;
  const relay = await startRelay({ port: 0, host: '127.0.0.1', dataDir, logFile: join(folder, 'relay.log') }, {}).catch(
    async (error: unknown) => {
      await remove();
      throw error;
    },
  );
  const runners: LocalRunner[] = [];
  const clear = async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await relay.close();
    await remove();
  };
  const kill = async () => {
    await Promise.all(runners.map((runner) => runner.kill()));
    await remove();
  };
  const begin = async (name: string) => {
    const runner = await startLocalRunner({ relay, home: join(folder, name), name, env: plainEnv, version });
    runners.push(runner);
    return runner.online;
  };
  try {
    const [kitchenPi, desktop] = await Promise.all([begin('kitchen-pi'), begin('desktop')]);
    return { relay, kitchenPi, desktop, clear, kill };
  } catch (error) {
    await clear();
    throw error;
  }
}
