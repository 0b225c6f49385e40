/** A machine of its own within a rig: its runner is joined and driven by the command line alone, as its owner does. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '@treeline/shared';
import type { CliResult } from './cli.ts';
import { processesWith, type Environment, type MarkedProcess } from './processes.ts';
import type { Rig } from './rig.ts';
import { until } from './until.ts';

export interface ListedSession {
  readonly id: SessionId;
  readonly pid: number;
  readonly activity: string;
}

export class OwnMachine {
  readonly home: string;
  readonly #rig: Rig;
  readonly #env: Environment;

  private constructor(rig: Rig, { home, env }: { home: string; env: Environment }) {
    this.#rig = rig;
    this.home = home;
    this.#env = env;
  }

  /** Joined to the relay of the rig, and not started. `env`: further variables of all its commands. */
  static async join(
    rig: Rig,
    { name, config = {}, env = {} }: { name: string; config?: Readonly<Record<string, unknown>>; env?: Environment },
  ): Promise<OwnMachine> {
    const machine = new OwnMachine(rig, { home: join(rig.folder, name), env });
    const { secret } = await rig.api.createKey({ body: { kind: 'join', name } });
    const joining = ['join', rig.relay.url, '--name', name, '--root', `${rig.folder}/work`, '--token-file', '-'];
    await machine.ok(...joining, { stdin: secret });
    const path = join(machine.home, 'config.json');
    const roots = JSON.parse(readFileSync(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...roots, ...config }));
    return machine;
  }

  /** `treeline runner …` */
  run(...words: (string | { stdin: string })[]): Promise<CliResult> {
    const args = words.filter((word) => typeof word === 'string');
    const stdin = words.find((word) => typeof word === 'object');
    return this.#rig.cli(['runner', ...args], { env: { ...this.#env, TREELINE_HOME: this.home }, ...stdin });
  }

  /** The same, where anything but exit code 0 is a failure of the test. */
  async ok(...words: (string | { stdin: string })[]): Promise<CliResult> {
    const result = await this.run(...words);
    if (result.code === 0) return result;
    throw new Error(`treeline runner ${JSON.stringify(words)} ended with ${result.code}: ${result.stderr}`);
  }

  start(): Promise<CliResult> {
    return this.ok('start', '--timeout', '60s');
  }

  async list(): Promise<ListedSession[]> {
    return (await this.ok('list', '--json')).json<ListedSession[]>();
  }

  get daemonPid(): number {
    return (JSON.parse(readFileSync(join(this.home, 'daemon.lock'), 'utf8')) as { pid: number }).pid;
  }

  get supervisorPid(): number {
    return (JSON.parse(readFileSync(join(this.home, 'supervisor.lock'), 'utf8')) as { pid: number }).pid;
  }

  /** Of the session, by what its worker has written down. */
  workerPid(id: SessionId): number {
    return (JSON.parse(readFileSync(join(this.home, 'sessions', id, 'worker.json'), 'utf8')) as { pid: number }).pid;
  }

  /** Supervisors and daemons of this folder that live. */
  processes(): MarkedProcess[] {
    return processesWith(`TREELINE_HOME=${this.home}`).filter(({ command }) => command.includes('treeline.mjs'));
  }

  /** A command as a session here; resolves when it runs. */
  async command(prompt: string, limits?: Readonly<Record<string, number>>): Promise<SessionId> {
    const runnerId = (JSON.parse(readFileSync(join(this.home, 'runner.json'), 'utf8')) as { id: never }).id;
    const { id } = await this.#rig.api.createSession({ body: { agent: 'command', prompt, runnerId, limits } });
    return id;
  }

  running(id: SessionId): Promise<void> {
    return until(`${id} runs`, async () => (await this.#lifecycle(id)).state === 'running').then(() => undefined);
  }

  ended(id: SessionId) {
    return until(`${id} has ended`, async () => {
      const lifecycle = await this.#lifecycle(id);
      return lifecycle.state === 'ended' && lifecycle;
    });
  }

  async #lifecycle(id: SessionId) {
    return (await this.#rig.api.getSession({ params: { id } })).lifecycle;
  }
}
