/** What a runner takes that has nothing to do but keep ten sessions, and how soon it is registered after a start. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { cpuOf, memoryOf } from '../measure.ts';
import { startRunner } from '../servers/runner.ts';
import { startSession } from '../wire/api.ts';

const SESSIONS = 10;
/** A worker's heap is tidied up once, some eight seconds after it has nothing more to do. */
const IDLE_AFTER_MS = 15_000;
const CPU_SECONDS = 30;
const WHO = `runner, ${SESSIONS} command sessions`;

/** `pnpm bench --only idle`. Each round restarts the runner, adopts its sessions, and measures them at rest. */
export async function idleRunner({ plan, samples, single: [deployment], progress }: Context): Promise<void> {
  if (deployment === undefined) return;
  const [relay] = deployment.relays;
  const runner = await startRunner({ relay });
  const start = () => startSession(relay, { runnerId: runner.id, agent: 'command', prompt: 'sleep 86400' });
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, start));
  try {
    const workers = await Promise.all(sessions.map((session) => runner.worker(session)));
    for (let round = 0; plan.more(round); round++) {
      progress(`an idle runner, round ${round + 1} of ${plan.rounds}`);
      await samples.take(WHO, async () => ({ 'idle.runner.start': await runner.restart() }));
      await sleep(IDLE_AFTER_MS);
      const { supervisor, daemon } = runner.pids();
      await samples.take(WHO, async () => {
        const before = cpuOf([supervisor, daemon, ...workers]);
        await sleep(CPU_SECONDS * 1000);
        const usedMs = (cpuOf([supervisor, daemon, ...workers]) - before) / 1000;
        const rss = async (pid: number) => (await memoryOf(pid)).rssMb;
        return {
          'idle.runner.cpu': usedMs / (CPU_SECONDS * 10),
          'idle.runner.memory': (await rss(supervisor)) + (await rss(daemon)),
          'idle.runner.worker': Math.max(...(await Promise.all(workers.map(rss)))),
        };
      });
    }
  } finally {
    await runner.stop(sessions);
  }
}
