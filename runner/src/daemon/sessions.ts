/** All sessions of this runner, and what the relay asks of them. */
import {
  LIMITS,
  TreelineError,
  failpoint,
  type Assignment,
  type Payload,
  type RelayToRunner,
  type Reply,
  type SessionId,
  type SpoolStatus,
} from '@treeline/shared';
import type { Logger } from 'pino';
import { readCredentials } from '../home/credentials.ts';
import type { Home } from '../home/home.ts';
import type { SessionFile } from '../process/session-folder.ts';
import { admit, type AdmissionRules } from './admission.ts';
import { RunnerSession } from './session.ts';
import type { SessionContext } from './session-context.ts';
import { createSessionFolder, setAside } from './session-files.ts';
import { Serial } from './serial.ts';

type Assigned = Reply<(typeof RelayToRunner)['assign']>;

export interface SessionsOptions {
  readonly home: Home;
  readonly rules: AdmissionRules;
  readonly context: Omit<SessionContext, 'disowned'>;
  readonly logger: Logger;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #all = new Map<SessionId, RunnerSession>();
  /** Assignments, one at a time: the capacity is counted right. */
  readonly #serial = new Serial();
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get(id: SessionId): RunnerSession | undefined {
    return this.#all.get(id);
  }

  get all(): RunnerSession[] {
    return [...this.#all.values()];
  }

  get live(): RunnerSession[] {
    return this.all.filter((session) => session.live);
  }

  /** What hello says: the sessions that matter most when there are more than it takes. */
  get spools(): SpoolStatus[] {
    return this.#byWeight.slice(0, LIMITS.sessionsPerHello).map((session) => session.status);
  }

  /** What hello has no room for. */
  get unlisted(): SessionId[] {
    return this.#byWeight.slice(LIMITS.sessionsPerHello).map(({ id }) => id);
  }

  get #byWeight(): RunnerSession[] {
    const weight = (session: RunnerSession): number =>
      session.live ? 0 : !session.drained ? 1 : session.attemptLog.ending === 'asleep' ? 2 : 3;
    return this.all.sort((a, b) => weight(a) - weight(b) || (a.id < b.id ? 1 : -1));
  }

  /** Opens a session's folder that is on the disk already. */
  async open(folder: Pick<RunnerSession, 'paths' | 'secret' | 'spec'>): Promise<RunnerSession> {
    const { paths, secret, spec } = folder;
    const disowned = (id: SessionId): void => void this.#disowned(id);
    const session = await RunnerSession.open({ context: { ...this.#options.context, disowned }, paths, secret, spec });
    this.#all.set(session.id, session);
    return session;
  }

  /** Takes or refuses each session. What is accepted is on the disk; its worker starts right after. */
  assign(assignments: readonly Assignment[]): Promise<Assigned> {
    return this.#serial.run(async () => {
      if (this.#closed) throw new TreelineError('unavailable', 'this runner is stopping');
      const answer: Assigned = { accepted: [], refused: [] };
      for (const assignment of assignments) {
        try {
          const session = await this.#take(assignment);
          answer.accepted.push(session.id);
          setImmediate(() => this.#start(session));
        } catch (error) {
          if (!(error instanceof TreelineError)) throw error;
          this.#options.logger.warn({ session: assignment.id, code: error.code }, `session refused: ${error.message}`);
          answer.refused.push({ id: assignment.id, code: error.code, message: error.message });
        }
      }
      return answer;
    });
  }

  #start(session: RunnerSession): void {
    session.start().catch((error: unknown) => {
      this.#options.logger.error({ session: session.id, err: error }, 'the session could not be started');
    });
  }

  async #take(assignment: Assignment): Promise<RunnerSession> {
    const { home, rules } = this.#options;
    const known = this.#all.get(assignment.id);
    if (known !== undefined && assignment.attempt <= known.assignment.attempt) return known;
    const running = this.all.filter((session) => session !== known && session.active).length;
    const parent = assignment.parentId === null ? undefined : this.#all.get(assignment.parentId);
    const admitted = await admit(rules, assignment, { running, parentCwd: parent?.spec.cwd });
    const { relays } = await readCredentials(home);
    const spec: SessionFile = { ...admitted, relays };
    if (known !== undefined) {
      await known.renew(spec);
      return known;
    }
    const { paths, secret } = await createSessionFolder(home, spec);
    FAILPOINT: failpoint('daemon.assign.stored');
    return this.open({ paths, secret, spec });
  }

  /** Items for a session's inbox; refused for a session that this runner does not have. */
  async receive({ session, entries }: Payload<(typeof RelayToRunner)['inbox']>): Promise<{ position: number }> {
    // The items may overtake the assignment that they belong to.
    const known = this.#all.get(session) ?? (await this.#serial.run(async () => this.#all.get(session)));
    if (known === undefined) throw new TreelineError('not_yours', `This runner does not have ${session}.`);
    return { position: await known.receive(entries) };
  }

  watch({ session, on }: Payload<(typeof RelayToRunner)['watch']>): void {
    const known = this.#all.get(session);
    if (known === undefined) return;
    known.watched = on;
    known.tell({ type: 'watch', on });
  }

  /** The link came or went. Without it nobody watches. */
  relayOnline(online: boolean): void {
    for (const session of this.#all.values()) {
      if (!online) session.watched = false;
      session.tell({ type: 'relay', online });
      if (!online) session.tell({ type: 'watch', on: false });
    }
  }

  /** The reserve is given up: workers hold their agents. */
  diskFull(): void {
    for (const session of this.#all.values()) session.tell({ type: 'disk_full' });
  }

  /** Takes no session any more. */
  close(): void {
    this.#closed = true;
  }

  /** Runs while nothing is assigned. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial.run(work);
  }

  forget(session: RunnerSession): void {
    this.#all.delete(session.id);
  }

  async #disowned(session: SessionId): Promise<void> {
    this.#all.delete(session);
    try {
      const where = await setAside(this.#options.home, session);
      this.#options.logger.warn({ session, where }, 'session set aside');
    } catch (error) {
      this.#options.logger.error({ session, err: error }, 'the folder could not be set aside');
    }
    this.#options.context.changed();
  }
}
