/**
 * One session on this runner: its folder, the inbox that comes in, the log that goes out, and its worker.
 *
 *   assigned ──► live (worker runs) ──► over (asleep or ended: the log says so) ──► assigned again: next attempt
 *
 * A worker that dies without saying how gets its end written here, so that the relay learns of it like of any other end.
 */
import {
  comparePositions,
  START,
  failpoint,
  type Assignment,
  type InboxEntry,
  type SessionClaim,
  type SessionId,
  type SpoolStatus,
} from '@treeline/shared';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { DaemonToWorker, WorkerToDaemon } from '../process/local-protocol.ts';
import { identify, type ProcessIdentity } from '../process/identity.ts';
import type { SessionFile, SessionPaths } from '../process/session-folder.ts';
import { Serial } from './serial.ts';
import { claimOf } from './session-claim.ts';
import type { Peer, SessionContext, SessionParts } from './session-context.ts';
import { SessionEpoch } from './session-epoch.ts';
import { writeSpec } from './session-files.ts';
import { SessionInbox } from './session-inbox.ts';
import { appendEnd, findEnd, readAttempt, type AttemptLog } from './session-log.ts';
import { killRemains } from './session-processes.ts';
import { Spool } from './spool.ts';
import { endFor, type Death } from './worker-death.ts';
import { findWorker } from './worker-process.ts';
import { WorkerSlot } from './worker-slot.ts';

const OVER_GRACE_MS = 2000;
const SETTLE_AGAIN_MS = 1000;
const ASKED_MS = 3000;
const TOLD_MS = 4500;

export class RunnerSession {
  readonly id: SessionId;
  readonly paths: SessionPaths;
  readonly secret: string;
  readonly #context: SessionContext;
  readonly #logger: Logger;
  readonly #spool: Spool;
  readonly #inbox: SessionInbox;
  readonly #worker = new WorkerSlot((exit) => this.#died({ how: 'exit', exit }));
  /** What changes the attempt, the worker or the files: one at a time. */
  readonly #serial = new Serial();
  readonly #epoch: SessionEpoch;
  #spec: SessionFile;
  #peer: Peer | undefined;
  #attemptLog: AttemptLog = { silent: true, ending: 'none', resumable: undefined };
  #closed = false;
  watched = false;

  private constructor({ context, paths, secret, spec }: SessionParts, spool: Spool) {
    this.id = spec.assignment.id;
    this.paths = paths;
    this.secret = secret;
    this.#context = context;
    this.#logger = context.logger.child({ session: this.id });
    this.#spec = spec;
    this.#spool = spool;
    this.#epoch = new SessionEpoch({
      id: this.id,
      paths,
      spool,
      shipper: context.shipper,
      serial: this.#serial,
      holder: () => this.#holder(),
      logger: this.#logger,
    });
    this.#inbox = new SessionInbox({
      path: paths.inbox,
      after: spec.assignment.inboxAfter,
      reserve: context.reserve,
      failed: (error) => this.#logger.error({ err: error }, 'the inbox of the session cannot be written'),
    });
  }

  #holder(): 'worker' | 'daemon' | 'nobody' {
    if (this.#closed) return 'nobody';
    return this.live ? 'worker' : 'daemon';
  }

  /** Opens what the folder holds and begins to ship it. Starts nothing. */
  static async open(parts: SessionParts): Promise<RunnerSession> {
    const { paths, spec } = parts;
    const spool = await Spool.open(spec.assignment.id, paths);
    const session = new RunnerSession(parts, spool);
    await session.#inbox.close();
    session.#attemptLog = await readAttempt(paths, spec, spool.last);
    await spool.rest();
    parts.context.shipper.add(spool, {
      acked: (position, refused) => session.#peer?.send({ type: 'acked', position, refused: [...refused] }),
      newEpoch: (epoch) => session.#newEpoch(epoch),
      disowned: () => void session.#disown(),
      failed: (error) => session.#logger.error({ err: error }, 'the log of the session cannot be read'),
    });
    return session;
  }

  get assignment(): Assignment {
    return this.#spec.assignment;
  }

  get spec(): SessionFile {
    return this.#spec;
  }

  get live(): boolean {
    return this.#worker.identity !== undefined;
  }

  /** It has a process, or is about to get one. */
  get active(): boolean {
    return this.live || this.#attemptLog.ending === 'none';
  }

  get process(): ProcessIdentity | undefined {
    return this.#worker.identity;
  }

  get attemptLog(): AttemptLog {
    return this.#attemptLog;
  }

  /** The relay has everything that was read of the log. */
  get drained(): boolean {
    return this.#spool.drained;
  }

  get status(): SpoolStatus {
    const { last, lastFrame, acked, ackedFrame } = this.#spool;
    const { attempt } = this.assignment;
    return {
      id: this.id,
      attempt,
      last,
      lastFrame,
      acked,
      ackedFrame,
      inboxPosition: this.#inbox.position,
      inboxTail: [...this.#inbox.tail],
      live: this.live,
    };
  }

  /** For a relay that has lost it. */
  claim(): Promise<SessionClaim> {
    const { paths } = this;
    return claimOf({ paths, spec: this.#spec, acked: this.#spool.acked, inboxPosition: this.#inbox.position });
  }

  /** Puts items into the inbox. Resolves with the last position that is on the disk. */
  async receive(entries: readonly InboxEntry[]): Promise<number> {
    const before = this.#inbox.position;
    const position = await this.#inbox.receive(entries);
    if (position > before) this.#peer?.send({ type: 'inbox', position });
    if (!this.live) await this.#inbox.close();
    return position;
  }

  /** Starts the worker of the present attempt, unless it runs or the attempt is over. */
  start(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#closed || this.live || this.#attemptLog.ending !== 'none') return;
      const { workerCommand: command, environment } = this.#context;
      try {
        await this.#followRules();
        await this.#worker.start({ command, paths: this.paths, env: environment(this.#spec) });
        FAILPOINT: failpoint('daemon.worker.started');
        this.#logger.info({ worker: this.process?.pid, attempt: this.assignment.attempt }, 'worker started');
        this.#context.changed();
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        await this.#settleOrLater({ how: 'never_started', problem }, this.assignment.attempt);
      }
    });
  }

  /** It may have been taken under others. */
  async #followRules(): Promise<void> {
    const spec = this.#context.toStart(this.#spec);
    if (isDeepStrictEqual(spec, this.#spec)) return;
    await writeSpec(this.paths, spec);
    this.#spec = spec;
  }

  /** Takes over a worker that an earlier daemon started. */
  adopt(identity: ProcessIdentity): void {
    this.#worker.adopt(identity);
    this.#logger.info({ worker: identity.pid }, 'worker adopted');
    this.#context.changed();
  }

  /** The attempt has no process: writes its end unless the log has one. */
  settle(death: Death): Promise<void> {
    const { attempt } = this.assignment;
    return this.#serial.run(() => this.#settleOrLater(death, attempt));
  }

  /** Prepares the next attempt on the same folder; resolves when it is on the disk. What still runs of the earlier one is ended. */
  renew(spec: Omit<SessionFile, 'logAfter'>): Promise<void> {
    return this.#serial.run(async () => {
      if (spec.assignment.attempt <= this.assignment.attempt) return;
      await this.#endWorker(OVER_GRACE_MS);
      const logAfter = await findEnd(this.paths, this.#spool.last);
      const next: SessionFile = { ...spec, ...(comparePositions(logAfter, START) === 0 ? {} : { logAfter }) };
      await writeSpec(this.paths, next);
      this.#spec = next;
      this.#attemptLog = { silent: true, ending: 'none', resumable: undefined };
      await this.#inbox.beginAfter(next.assignment.inboxAfter);
    });
  }

  async #endWorker(graceMs: number): Promise<void> {
    await this.#worker.empty(graceMs);
    this.#peer?.close();
    await killRemains(this.id);
  }

  #died(death: Death): void {
    this.#logger.info({ ...death }, 'worker ended');
    void this.settle(death);
  }

  /** A disk that is full takes the end later; until then the relay believes that the session works. */
  async #settleOrLater(death: Death, attempt: number): Promise<void> {
    if (this.assignment.attempt !== attempt || this.live) return;
    try {
      await this.#settle(death);
    } catch (error) {
      this.#logger.error({ err: error }, 'the end of the worker could not be recorded; it is tried again');
      const again = () => void this.#serial.run(() => this.#settleOrLater(death, attempt));
      setTimeout(again, SETTLE_AGAIN_MS).unref();
    }
  }

  async #settle(death: Death): Promise<void> {
    if (this.#closed) return;
    const running = await findWorker(this.paths, this.assignment.attempt);
    if (running !== undefined) return this.adopt(running);
    const killed = await killRemains(this.id);
    if (killed > 0) this.#logger.info({ killed }, 'processes that the worker left behind were ended');
    await this.#epoch.moveRest();
    const end = await findEnd(this.paths, this.#spool.last);
    this.#spool.noteEnd(end);
    this.#attemptLog = await readAttempt(this.paths, this.#spec, end);
    if (this.#attemptLog.ending === 'none') {
      const forced = await endFor(death, this.paths, this.#attemptLog.resumable);
      const { reserve } = this.#context;
      const epoch = Math.max(this.assignment.epoch, this.#epoch.wanted);
      this.#spool.noteEnd(await appendEnd(this.paths, { id: this.id, epoch, reserve }, forced));
      FAILPOINT: failpoint('daemon.end.written');
      this.#attemptLog = { silent: false, ending: 'ended', resumable: forced.resumable };
      this.#logger.warn({ reason: forced.reason }, 'the worker died; its end is in the log');
    }
    await this.#inbox.close();
    this.#context.shipper.grown(this.id);
    this.#context.changed();
  }

  /** A worker that knows the session's secret is on the local socket. False: it is not the one that is to run. */
  attach(peer: Peer, hello: Extract<WorkerToDaemon, { type: 'hello' }>, relayOnline: boolean): boolean {
    if (hello.attempt !== this.assignment.attempt || this.#closed) return false;
    if (!this.live && this.#attemptLog.ending === 'none') {
      const identity = identify(hello.pid);
      if (identity !== undefined) this.adopt(identity);
    }
    if (this.process?.pid !== hello.pid) return false;
    this.#peer?.close();
    this.#peer = peer;
    peer.send({ type: 'welcome', relayOnline, watched: this.watched, acked: this.#spool.acked });
    if (!this.#context.reserve.isWhole) peer.send({ type: 'disk_full' });
    if (hello.last.epoch < this.#epoch.wanted) peer.send({ type: 'new_epoch', epoch: this.#epoch.wanted });
    peer.send({ type: 'inbox', position: this.#inbox.position });
    this.grown();
    return true;
  }

  /** The peer's connection closed: the worker died, or will be back. */
  detach(peer: Peer): void {
    if (this.#peer !== peer) return;
    this.#peer = undefined;
    this.#worker.suspect();
  }

  grown(): void {
    this.#context.shipper.grown(this.id);
  }

  tell(message: DaemonToWorker): void {
    this.#peer?.send(message);
  }

  /** Asks the worker to end as told, and kills it when it is still there after `graceMs`. Resolves when it is gone. */
  async shutdown(how: Extract<DaemonToWorker, { type: 'shutdown' }>['how'], graceMs: number): Promise<void> {
    if (!this.live) return;
    if (how !== 'kill') {
      if (this.#peer === undefined) this.#worker.terminate();
      else this.#peer.send({ type: 'shutdown', how });
    }
    await this.#worker.ended(how === 'kill' ? 0 : graceMs);
    await this.#serial.run(async () => undefined);
  }

  /** Ends the session for a reason: asked first, then told, then killed with all it started. Gone within five seconds. */
  async end(why: string): Promise<void> {
    if (!this.live) return;
    if (this.#peer === undefined) this.#worker.terminate();
    else this.#peer.send({ type: 'shutdown', how: 'stop', why });
    const harder = setTimeout(() => this.#peer?.send({ type: 'shutdown', how: 'kill', why }), ASKED_MS);
    await this.#worker.ended(TOLD_MS);
    clearTimeout(harder);
    await this.#serial.run(async () => undefined);
  }

  #newEpoch(epoch: number): void {
    if (this.#epoch.want(epoch)) this.#peer?.send({ type: 'new_epoch', epoch });
  }

  async #disown(): Promise<void> {
    this.#logger.warn('the relay says that this session is not of this runner: it is stopped and set aside');
    await this.#serial.run(async () => {
      await this.#endWorker(0);
      await this.close();
    });
    this.#context.disowned(this.id);
  }

  /** Writes down what is acked and closes the files; a worker goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#context.shipper.remove(this.id);
    await this.#spool.save();
    await this.#spool.rest();
    await this.#inbox.close();
  }

  /** Writes down how far the relay has the log, and frees the files of a session that rests. */
  async save(): Promise<void> {
    await this.#spool.save();
    if (!this.active && this.drained) await this.#spool.rest();
  }
}
