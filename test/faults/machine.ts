/** A machine with a runner on it: its folder, its supervisor and daemon, the workers of its sessions. */
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerId, SessionId } from '@treeline/shared';
import { runCli } from '@treeline/test-support/cli.ts';
import { isAlive, startProgram, type Environment, type Program } from '@treeline/test-support/processes.ts';
import { bundle } from '@treeline/test-support/programs.ts';
import type { RelayProcess } from '@treeline/test-support/relay-process.ts';
import { until } from '@treeline/test-support/until.ts';

export interface MachineOptions {
  readonly name: string;
  /** The runner's folder. */
  readonly home: string;
  readonly env: Environment;
  /** The relays, as this machine reaches them. */
  readonly urls: readonly string[];
  /** Where sessions may work. */
  readonly roots: readonly string[];
}

export class Machine {
  readonly name: string;
  readonly home: string;
  readonly #options: MachineOptions;
  #supervisor: Program | undefined;
  #mounted = false;

  constructor(options: MachineOptions) {
    this.name = options.name;
    this.home = options.home;
    this.#options = options;
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
  }

  get id(): RunnerId {
    return (this.#read('runner.json') as { id: RunnerId }).id;
  }

  /** Its temporary folder, by which its processes are reached. */
  get tmp(): string {
    return this.#options.env['TMPDIR'] ?? '';
  }

  get env(): Environment {
    return { ...this.#options.env, TREELINE_HOME: this.home };
  }

  /** Puts the folder on a small disk of its own, if this user may. Before `join`. */
  mount(megabytes: number): boolean {
    const args = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', this.home];
    this.#mounted = process.getuid?.() === 0 && spawnSync('mount', args).status === 0;
    return this.#mounted;
  }

  get mounted(): boolean {
    return this.#mounted;
  }

  /** Takes the small disk away; with `keep`, what is on it is left beside the folder. */
  unmount({ keep }: { keep: boolean }): void {
    if (this.#mounted && keep) cpSync(this.home, `${this.home}-disk`, { recursive: true, filter: isNoSocket });
    if (this.#mounted) spawnSync('umount', ['-l', this.home]);
    this.#mounted = false;
  }

  /** Makes it a runner of the relay, and names all relays as its ways there. */
  async join(relay: RelayProcess): Promise<void> {
    const { name, roots, urls } = this.#options;
    writeFileSync(join(this.home, 'agents.json'), '{}', { mode: 0o600 });
    writeFileSync(join(this.home, 'config.json'), JSON.stringify({ roots, capacity: 64 }), { mode: 0o600 });
    const { secret } = await relay.api.createKey({ body: { kind: 'join', name } });
    const args = ['runner', 'join', relay.url, '--name', name, '--token-file', '-'];
    const joined = await runCli(args, { env: this.env, cwd: this.home, stdin: secret });
    if (joined.code !== 0) throw new Error(`${name} could not join: ${joined.stderr}`);
    const credentials = this.#read('credentials.json') as object;
    writeFileSync(join(this.home, 'credentials.json'), JSON.stringify({ ...credentials, relays: urls }), {
      mode: 0o600,
    });
  }

  /**
   * Starts supervisor and daemon, unless they run. Resolves when the daemon is there; a relay need not be. One that ends
   * before is started again, as systemd does: a daemon that lost its supervisor may still be on its way out.
   */
  async start(): Promise<void> {
    if (this.#supervisor?.running === true) return;
    const before = this.daemonPid;
    const isThere = () => {
      const supervisor = this.#supervisor;
      if (supervisor?.running === true) return this.daemonPid !== before && isAlive(this.daemonPid);
      this.#supervisor = this.#launch();
      throw new Error(`the runner ${this.name} ended: ${supervisor?.stderr ?? ''}`);
    };
    await until(`the daemon of ${this.name} is there`, isThere, { withinMs: 90_000, everyMs: 50 });
  }

  #launch(): Program {
    return startProgram(bundle('treeline.mjs'), ['runner', 'start', '--foreground'], { env: this.env, cwd: this.home });
  }

  /** Of the daemon that last said it is there; 0 before. */
  get daemonPid(): number {
    try {
      return (this.#read('runner.state.json') as { pid: number }).pid;
    } catch {
      return 0; // It is being written, or the disk is full.
    }
  }

  /** The daemon runs and says that it is linked to a relay. */
  get connected(): boolean {
    return this.#link === 'online';
  }

  /** The daemon runs and says that a relay lets it in no more. */
  get ousted(): boolean {
    return this.#link === 'superseded' || this.#link === 'refused';
  }

  /** What the daemon says of its link; undefined when it does not run. */
  get #link(): string | undefined {
    try {
      const { link, pid } = this.#read('runner.state.json') as { link: { state: string }; pid: number };
      return isAlive(pid) ? link.state : undefined;
    } catch {
      return undefined;
    }
  }

  /** The same machine with another folder for the runner. */
  beside(home: string): Machine {
    return new Machine({ ...this.#options, name: `${this.name}'s copy`, home });
  }

  /** kill -9 of the daemon, and of the supervisor first when nobody is to start it again. */
  async crash(what: 'daemon' | 'both'): Promise<void> {
    const daemon = this.daemonPid;
    if (what === 'both') await this.#supervisor?.end('SIGKILL');
    if (isAlive(daemon)) process.kill(daemon, 'SIGKILL');
    await until(`the daemon of ${this.name} is gone`, () => !isAlive(daemon));
  }

  /** `treeline runner stop`: in order, workers go on. */
  async stop(): Promise<void> {
    await runCli(['runner', 'stop', '--sessions', 'leave'], { env: this.env, cwd: this.home });
    await this.#supervisor?.end('SIGTERM');
  }

  get sessions(): SessionId[] {
    return readdirSync(join(this.home, 'sessions')).filter((name) => name.startsWith('ses_')) as SessionId[];
  }

  /** Living workers, by their own word and the kernel's. */
  get workers(): { session: SessionId; pid: number }[] {
    return this.sessions.flatMap((session) => {
      try {
        const { pid } = this.#read(join('sessions', session, 'worker.json')) as { pid: number };
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(session) && isAlive(pid) ? [{ session, pid }] : [];
      } catch {
        return []; // It has none yet, or has ended.
      }
    });
  }

  log(): string {
    try {
      return readFileSync(join(this.home, 'logs', 'daemon.log'), 'utf8');
    } catch {
      return '';
    }
  }

  #read(path: string): unknown {
    return JSON.parse(readFileSync(join(this.home, path), 'utf8'));
  }
}

function isNoSocket(path: string): boolean {
  return !lstatSync(path).isSocket();
}
