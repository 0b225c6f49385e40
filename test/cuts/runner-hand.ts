/** A runner that writes its session's log without a pause, and tries to connect again when it is cut off. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerId, SessionId } from '@treeline/shared';
import { startSession, type Access } from '../bench/wire/api.ts';
import { FuzzRunner, openSocket } from '../fuzz/runner.ts';

const WRITE_EVERY_MS = 40;

export class RunnerHand {
  /** When something last worked, on the clock of `performance.now`. */
  lastEffect = 0;
  /** What did not work. */
  refused = 0;
  /** Facts that the relay has acknowledged. */
  written = 0;
  readonly session: SessionId;
  readonly #url: string;
  readonly #runner: FuzzRunner;
  readonly #loop: Promise<void>;
  #stopped = false;

  private constructor(url: string, runner: FuzzRunner, session: SessionId) {
    this.session = session;
    this.#url = url;
    this.#runner = runner;
    this.#loop = this.#work();
    // Awaited by `stop`.
    this.#loop.catch(() => undefined);
  }

  static async hold(relay: Access, name: string): Promise<RunnerHand> {
    const runner = await FuzzRunner.join(relay, name);
    const session = await startSession(relay, { prompt: name, runnerId: runner.id });
    await runner.say(session, { kind: 'state', state: 'running' });
    return new RunnerHand(relay.url, runner, session);
  }

  get id(): RunnerId {
    return this.#runner.id;
  }

  get isConnected(): boolean {
    return this.#runner.socket.connected;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    this.#runner.close();
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      await (this.isConnected ? this.#write() : this.#comeBack()).then(
        () => (this.lastEffect = performance.now()),
        () => (this.refused += 1),
      );
      await sleep(WRITE_EVERY_MS);
    }
  }

  async #write(): Promise<void> {
    await this.#runner.say(this.session, { kind: 'usage', usage: { inputTokens: this.written } });
    this.written += 1;
  }

  async #comeBack(): Promise<void> {
    (await openSocket(`${this.#url}/runner`, this.#runner.key)).disconnect();
  }
}
