/** Wires one session: its files, its line to the daemon, its tools, its agent. */
import { comparePositions, failpoint, type Ask, type Frame, type InboxItem, type StopStrength } from '@treeline/shared';
import type { AgentListener, AgentSpec, AskOutcome } from '../agents/agent.ts';
import { agentEnvironment } from '../agents/environment.ts';
import { startAgent } from '../agents/start.ts';
import { FrameReader, endOf } from '../process/frame-file.ts';
import type { DaemonToWorker } from '../process/local-protocol.ts';
import { daemonSocketPath } from '../process/socket-path.ts';
import { Attempt } from './attempt.ts';
import { boundedAsk } from './bounded.ts';
import { Completion } from './completion.ts';
import { conduct } from './conductor.ts';
import { Decisions } from './decisions.ts';
import { DeltaStream } from './delta-stream.ts';
import { InboxLoop } from './inbox-loop.ts';
import { LastMessage } from './last-message.ts';
import { FullDisk } from './full-disk.ts';
import { DaemonLink } from './link.ts';
import type { OpenedSession } from './open-session.ts';
import { Questions } from './questions.ts';
import { Recorder } from './recorder.ts';
import { ResumeStore } from './resume-store.ts';
import { launcherFor } from './launcher.ts';
import { interruptedItem, receivedUpdate } from './texts.ts';
import { createToolHost } from './tools/host.ts';

export interface SessionWorkerOptions {
  readonly session: OpenedSession;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (text: string) => void;
  /** Something broke that the session cannot go on without. */
  readonly onFailure: (error: Error) => void;
}

export class SessionWorker {
  readonly #options: SessionWorkerOptions;
  readonly #session: OpenedSession;
  readonly #link: DaemonLink;
  readonly #recorder: Recorder;
  readonly #decisions: Decisions;
  readonly #questions: Questions;
  readonly #deltas: DeltaStream;
  readonly #inbox: InboxLoop;
  readonly #attempt: Attempt;
  readonly #resume: ResumeStore;
  readonly #disk: FullDisk;
  readonly #lastMessage = new LastMessage();
  #inTurn = false;
  /** Of a child whose agent converses; a root stays, and a command ends by itself. */
  readonly #completion: Completion | undefined;

  constructor(options: SessionWorkerOptions) {
    const { session, log } = options;
    const { assignment } = session.file;
    this.#options = options;
    this.#session = session;
    this.#recorder = new Recorder({
      file: session.log,
      session: assignment.id,
      epoch: assignment.epoch,
      maxBytes: session.file.maxOutputBytes,
      onAppended: (last) => this.#link.send({ type: 'appended', last }),
      onFact: (fact) => session.memory.fact(fact),
      onFull: () => this.#disk.begin(),
      onFailure: options.onFailure,
    });
    this.#link = new DaemonLink({
      path: () => daemonSocketPath(session.home),
      hello: () => ({
        type: 'hello',
        session: assignment.id,
        secret: session.secret,
        pid: process.pid,
        attempt: assignment.attempt,
        last: session.log.last,
      }),
      onMessage: (message) => this.#receive(message),
      log,
    });
    this.#decisions = new Decisions({ recorder: this.#recorder, isRelayOnline: () => this.#link.relayOnline });
    this.#questions = new Questions({ decisions: this.#decisions, memory: session.memory });
    this.#deltas = new DeltaStream({ link: this.#link, head: () => this.#recorder.head });
    this.#resume = new ResumeStore({ path: session.paths.resume, has: session.resume !== undefined });
    this.#inbox = new InboxLoop({
      path: session.paths.inbox,
      after: session.consumed,
      handle: (item) => this.#handle(item),
      onConsumed: (position) => this.#consumed(position),
      onFailure: options.onFailure,
    });
    this.#attempt = new Attempt({
      recorder: this.#recorder,
      start: () => startAgent(this.#spec(), this.#listener()),
      hasToken: () => this.#resume.has,
      tokenSaved: () => this.#resume.settled(),
      log,
    });
    this.#disk = new FullDisk({
      reserve: session.reserve,
      agent: () => this.#attempt.agent,
      isBusy: () => this.#inTurn,
      notice: (text) => this.#recorder.notice('warn', text),
    });
    // In the middle of a write.
    session.reserve.onGivenUp = () => setImmediate(() => this.#disk.begin());
    if (assignment.parentId === null || session.file.agent.kind === 'command') return;
    this.#completion = new Completion({
      memory: session.memory,
      isBusy: () => !this.#inbox.isDry || this.#attempt.isEnding,
      over: (failure) =>
        void (failure === undefined ? this.#attempt.complete(this.#lastMessage.summary) : this.#attempt.fail(failure)),
    });
  }

  /** Runs the session's attempt; resolves when it is over and the daemon has been told. */
  async run(): Promise<void> {
    const { cutBytes } = this.#session.log;
    if (cutBytes > 0)
      this.#recorder.notice('warn', `${cutBytes} bytes at the end of the log were damaged and are lost.`);
    void this.#goOn();
    this.#inbox.poke();
    await this.#attempt.run();
    this.#disk.stop();
    this.#inbox.stop();
    this.#completion?.hold();
    await this.#link.close();
    await this.#session.log.close();
  }

  /** Ends the session from outside: a stop in its inbox, its daemon, or a signal. */
  async stop(strength: StopStrength, detail?: string): Promise<void> {
    if (strength !== 'finish') this.#questions.keepOpen();
    await this.#attempt.stop(strength, {
      summary: () => this.#lastMessage.summary,
      ...(detail !== undefined && { detail }),
    });
  }

  /** Takes up a turn that sleep cut. A script goes on by itself. */
  async #goOn(): Promise<void> {
    const { interrupted, file } = this.#session;
    if (!interrupted || file.agent.kind === 'scripted') return;
    const agent = await this.#attempt.ready;
    if (agent === undefined) return;
    const item = interruptedItem();
    this.#recorder.update(receivedUpdate(item, item.text));
    await agent.prompt({ text: item.text, deliverAs: item.deliverAs, item }).catch((error: Error) => {
      this.#recorder.notice('error', `The cut turn could not be taken up: ${error.message}`);
    });
  }

  #spec(): AgentSpec {
    const { file, paths, resume } = this.#session;
    const { assignment, agent, cwd } = file;
    return {
      config: agent,
      sessionId: assignment.id,
      cwd,
      model: assignment.model,
      resume,
      dataDir: paths.agent,
      env: agentEnvironment({
        base: this.#options.env,
        config: agent,
        extra: { TREELINE_SESSION: assignment.id },
      }),
      launch: launcherFor(this.#session),
      tools: createToolHost({ assignment, decisions: this.#decisions, questions: this.#questions, link: this.#link }),
      isChild: assignment.parentId !== null,
    };
  }

  #listener(): AgentListener {
    const recorder = this.#recorder;
    return {
      delta: (update) => this.#deltas.push(update),
      update: (update) => {
        this.#deltas.drop();
        this.#lastMessage.update(update);
        recorder.update(update);
        this.#disk.said(update);
      },
      usage: (usage) => {
        if (!recorder.sealed) recorder.fact({ kind: 'usage', usage });
      },
      turn: (event) => this.#turned(event),
      resumeToken: (token) => this.#resume.save(token),
      notice: (level, text) => recorder.notice(level, text),
      ask: (ask, signal) => this.#ask(ask, signal),
      exit: (exit) => this.#attempt.exited(exit),
    };
  }

  #turned(event: Parameters<AgentListener['turn']>[0]): void {
    const begins = event.state === 'started';
    this.#inTurn = begins;
    if (begins) this.#lastMessage.startTurn();
    else if (event.error !== undefined) this.#recorder.notice('error', `The turn failed: ${event.error}`);
    if (this.#recorder.sealed) return;
    this.#recorder.fact({ kind: 'state', state: begins ? 'running' : 'idle', resumable: this.#attempt.resumable });
    if (!begins) this.#disk.turnEnded();
    if (begins) this.#completion?.turnStarted();
    else this.#completion?.turnEnded(event.error);
  }

  /** What the agent asks by itself. Never rejects: what cannot be asked counts as cancelled, and the log says why. */
  async #ask(ask: Ask, signal: AbortSignal): Promise<AskOutcome> {
    try {
      const result = await this.#questions.ask(boundedAsk(ask), { signal });
      if (result.is === 'refused') this.#recorder.notice('warn', `A question was refused: ${result.refusal.message}`);
      if (result.is !== 'settled') return { outcome: 'cancelled' };
      const { outcome, response, action } = result.answer;
      return outcome === 'answered' ? { outcome, response: response ?? '', action } : { outcome };
    } catch (error) {
      this.#recorder.notice(
        'error',
        `A question could not be asked: ${error instanceof Error ? error.message : String(error)}`,
      );
      return { outcome: 'cancelled' };
    }
  }

  #receive(message: DaemonToWorker): void {
    switch (message.type) {
      case 'welcome':
        this.#decisions.acked(message.acked, []);
        this.#inbox.poke();
        break;
      case 'inbox':
        this.#inbox.poke();
        break;
      case 'acked':
        this.#decisions.acked(message.position, message.refused);
        break;
      case 'new_epoch':
        void this.#beginEpoch(message.epoch);
        break;
      case 'shutdown':
        void (message.how === 'sleep' ? this.#sleep() : this.stop(message.how, message.why));
        break;
      case 'disk_full':
        this.#disk.begin();
        break;
      case 'relay':
      case 'watch':
      case 'result':
        break;
    }
  }

  async #sleep(): Promise<void> {
    this.#questions.keepOpen();
    await this.#attempt.sleep({ interrupted: this.#inTurn });
  }

  /** Goes on in a new epoch, and says again there what the store never acknowledged. */
  async #beginEpoch(epoch: number): Promise<void> {
    await this.#recorder.flush();
    const reader = new FrameReader({ path: this.#session.paths.log, after: this.#link.acked });
    const again: Frame[] = [];
    for (let read = this.#link.acked; comparePositions(read, this.#session.log.last) < 0;) {
      const next = await reader.next(64);
      const last = next.at(-1);
      if (last === undefined) break;
      again.push(...next);
      read = endOf(last);
    }
    this.#recorder.beginEpoch(epoch, again);
    await reader.close();
  }

  async #handle(item: InboxItem): Promise<'done' | 'keep'> {
    if (this.#session.memory.hasSeen(item)) return 'done';
    this.#completion?.hold();
    const taken = this.#take(item);
    const move = conduct(item, { memory: this.#session.memory, taken });
    this.#session.memory.item(item);
    switch (move.do) {
      case 'nothing':
        return 'done';
      case 'stop':
        // What waits for the turn to end is dropped with it, and the next attempt must not meet this stop again.
        if (!this.#recorder.sealed) this.#recorder.fact({ kind: 'consumed', position: this.#inbox.taken });
        void this.stop(move.strength);
        return 'done';
      case 'prompt': {
        if (move.notice !== undefined) this.#recorder.notice('warn', move.notice);
        const agent = await this.#attempt.ready;
        await this.#disk.room;
        if (agent === undefined || this.#attempt.isEnding) return 'keep';
        this.#recorder.update(receivedUpdate(item, move.text));
        this.#completion?.deliver();
        try {
          await agent.prompt({ text: move.text, deliverAs: move.deliverAs, item });
          FAILPOINT: failpoint('worker.item.prompted');
        } catch (error) {
          if (this.#attempt.isEnding) return 'keep';
          this.#recorder.notice(
            'error',
            `A message could not be delivered: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
        return 'done';
      }
    }
  }

  /** Gives an answer or a refusal to the call that waits for it. */
  #take(item: InboxItem): boolean {
    if (item.kind === 'answer') return this.#questions.settle(item);
    if (item.kind === 'refusal') return this.#decisions.refuse(item.recordId, item);
    return false;
  }

  async #consumed(position: number): Promise<void> {
    // What the agent has taken may be in its token only.
    await this.#resume.settled();
    if (this.#recorder.sealed) return;
    this.#recorder.fact({ kind: 'consumed', position });
    FAILPOINT: failpoint('worker.consumed.written');
    this.#completion?.consider();
  }
}
