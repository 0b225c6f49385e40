/** kill -9 of supervisor, daemon and workers at random, while sessions run: nobody is hurt that was not itself killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SessionId } from '@treeline/shared';
import { isAlive, kill9, processesWith } from '@treeline/test-support/processes.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import { useRig } from '@treeline/test-support/rig.ts';
import { until } from '@treeline/test-support/until.ts';
import { describe, expect, test } from 'vitest';

const SESSIONS = 20;
const MAY_KILL = 8;
const SECONDS = Number(process.env['TREELINE_TEST_KILL_SECONDS'] ?? 20);

interface Row {
  readonly id: SessionId;
  readonly pid: number;
}

describe('kill -9 of a supervisor', () => {
  const held = useRig({ store: 'embedded' });

  test('while its daemon is being loaded ends the daemon too', async () => {
    const { rig } = held;
    const home = join(rig.folder, 'machine');
    const { secret } = (await rig.cli(['key', 'create', 'loaded', '--join', '--json'])).json<{ secret: string }>();
    await rig.cli(['runner', 'join', rig.relay.url, '--token-file', '-'], {
      env: { TREELINE_HOME: home },
      stdin: secret,
    });
    const daemon = spawn(process.execPath, [bundle('treeline.mjs'), '_daemon'], {
      env: { ...process.env, TREELINE_HOME: home },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(daemon, 'exit');
    daemon.disconnect(); // What it sees of a supervisor that was killed.
    expect(await ended).toEqual([0, null]);
  });
});

describe('kill -9 at random', () => {
  const held = useRig({ store: 'embedded', relayEnv: { TREELINE_HEARTBEAT_MS: '1000' } });

  test(
    `for ${SECONDS} s hurts no session that was not itself killed, and leaves no process behind`,
    async () => {
      const { rig } = held;
      // What a try before it left would be in the way of this one.
      for (const { pid } of processesWith(join(rig.folder, 'machine-'))) kill9(pid);
      const home = await mkdtemp(join(rig.folder, 'machine-'));
      const runner = (...args: string[]) => rig.cli(['runner', ...args], { env: { TREELINE_HOME: home } });
      const { secret } = (await rig.cli(['key', 'create', 'machine', '--join', '--json'])).json<{ secret: string }>();
      const joining = ['--name', basename(home), '--max-sessions', '40', '--token-file', '-'];
      const joined = await rig.cli(['runner', 'join', rig.relay.url, ...joining], {
        env: { TREELINE_HOME: home },
        stdin: secret,
      });
      expect(joined.code, joined.stderr).toBe(0);
      const start = async (): Promise<void> => {
        const started = await runner('start', '--timeout', '30s', '--json');
        expect(started.code, started.stderr).toBe(0);
      };
      await start();
      const ids: SessionId[] = [];
      for (let count = 0; count < SESSIONS; count++) {
        const [agent, prompt] = count % 2 === 0 ? ['command', 'sleep 86400'] : ['scripted', '[{"hang":true}]'];
        const { id } = await rig.api.createSession({ body: { agent, prompt } });
        ids.push(id);
      }
      const list = async () => (await runner('list', '--json')).json<Row[]>();
      const workerOf = async (id: SessionId) => {
        const worker = await readFile(join(home, 'sessions', id, 'worker.json'), 'utf8');
        return (JSON.parse(worker) as { pid: number }).pid;
      };
      const stateOf = async (id: SessionId) => (await rig.api.getSession({ params: { id } })).lifecycle;
      await until('all sessions run', async () => {
        const states = await Promise.all(ids.map(stateOf));
        return states.every(({ state }) => state === 'running');
      });
      const workers = new Map(await Promise.all(ids.map(async (id) => [id, await workerOf(id)] as const)));
      const killed = new Set<SessionId>();
      const kills = { supervisor: 0, daemon: 0, worker: 0 };
      const runnerProcess = (word: string) =>
        processesWith(home).find((it) => it.command.includes(word) && it.command.includes('treeline.mjs'))?.pid;

      for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
        const dice = Math.random();
        const [what, pid] =
          dice < 0.3
            ? (['supervisor', runnerProcess('--foreground')] as const)
            : dice < 0.75
              ? (['daemon', runnerProcess('_daemon')] as const)
              : (['worker', killed.size < MAY_KILL ? someWorker() : undefined] as const);
        if (pid === undefined) continue;
        try {
          process.kill(pid, 'SIGKILL');
          kills[what] += 1;
        } catch {
          continue; // It had gone by itself, as a daemon does without its supervisor.
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 700));
        if (Math.random() < 0.5) await start();
      }

      function someWorker(): number | undefined {
        const alive = ids.filter((id) => !killed.has(id));
        const id = alive[Math.floor(Math.random() * alive.length)];
        if (id === undefined) return undefined;
        killed.add(id);
        return workers.get(id);
      }

      await start();
      expect(kills.daemon + kills.supervisor, JSON.stringify(kills)).toBeGreaterThan(3);
      const spared = ids.filter((id) => !killed.has(id));
      for (const id of killed) {
        const ended = await until(`${id} has ended`, async () => {
          const lifecycle = await stateOf(id);
          return lifecycle.state === 'ended' && lifecycle;
        });
        expect(ended).toMatchObject({ outcome: 'failed', reason: 'signal' });
        await until('nothing of it is left', () => processesWith(id).length === 0);
      }
      for (const id of spared) {
        expect(isAlive(workers.get(id) ?? 0), `the worker of ${id}`).toBe(true);
        expect((await stateOf(id)).state).toBe('running');
      }
      const listed = (await list()).map(({ id, pid }) => `${id} ${pid}`);
      expect(listed.toSorted()).toEqual(spared.map((id) => `${id} ${workers.get(id)}`).toSorted());
      const ours = () => processesWith(home).filter(({ command }) => command.includes('treeline.mjs'));
      await until('one supervisor and one daemon', () => ours().length === 2, { otherwise: ours });
      expect(await runner('stop', '--sessions', 'kill')).toMatchObject({ code: 0 });
      const left = () => processesWith(home);
      await until('no process is left', () => left().length === 0, { otherwise: left });
    },
    180_000 + SECONDS * 1000,
  );
});
