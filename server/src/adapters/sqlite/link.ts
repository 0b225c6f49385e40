/** The relay's end of the store thread: a call goes over as a message, its promise settles with the answer. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { TreelineError } from '@treeline/shared';
import type { Finding } from './recovery.ts';
import type { Recovery } from '../../ports/store.ts';
import { type CallName, type Calls, isRead, type Opening, type Reply, type Request, type ThreadData } from './calls.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class ThreadLink {
  /** The file was damaged, now or earlier, and its originals are still put aside. */
  readonly recovered: Recovery | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #unsent: Request[] = [];
  #seq = 0;
  #ailing = false;
  #damage: string | undefined;
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;

  /** Rejects with an Error of one line when the thread cannot open the file. */
  static async start(threadUrl: URL, file: string): Promise<ThreadLink> {
    const first = await begin(threadUrl, { file });
    if (!('finding' in first)) return first.link;
    // Another thread, since this one closes the damaged file for certain only by its end.
    const second = await begin(threadUrl, { file, finding: first.finding });
    if ('finding' in second) throw new Error(`The store ${file} was recovered and is damaged again: look at its disk.`);
    return second.link;
  }

  constructor(worker: Worker, recovered: Recovery | undefined) {
    this.#worker = worker;
    this.recovered = recovered;
    worker.on('message', (replies: readonly Reply[]) => {
      for (const reply of replies) this.#settle(reply);
    });
    worker.once('error', (cause) => this.#end(unavailable(`the store thread failed: ${String(cause)}`, cause)));
    worker.once('exit', () => this.#end(unavailable('the store is closed')));
  }

  /** A call failed and no write has succeeded since: the disk may be full, or that one call was at fault. */
  get ailing(): boolean {
    return this.#ailing;
  }

  /** What SQLite said of its file, from then on: the next start looks closer and recovers. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Rejects with `unavailable` when it could not be written or the store is closed; the outcome is then unknown. */
  async call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): Promise<ReturnType<Calls[K]>> {
    if (this.#closing !== undefined) throw unavailable('the store is closed');
    try {
      const value = (await this.#send(name, args)) as ReturnType<Calls[K]>;
      if (!isRead(name)) this.#ailing = false;
      return value;
    } catch (error) {
      this.#ailing = true;
      throw error;
    }
  }

  /** Calls made before it are answered first. Rejects when the thread failed on the way; what was acknowledged is safe. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.#send('close', []);
    if ((await exited) !== 0) throw this.#ended ?? unavailable('the store did not close well');
  }

  /** What is asked in one turn of the event loop goes over as one message. */
  #send(name: Request['name'], args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const seq = ++this.#seq;
      this.#waiting.set(seq, { resolve, reject });
      if (this.#unsent.push({ seq, name, args }) === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const requests = this.#unsent;
    this.#unsent = [];
    try {
      this.#worker.postMessage(requests);
    } catch (cause) {
      for (const { seq } of requests) this.#settle({ seq, problem: String(cause) });
    }
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.seq);
    this.#waiting.delete(reply.seq);
    if ('problem' in reply && /malformed|not a database/.test(reply.problem)) this.#damage ??= reply.problem;
    if ('value' in reply) waiting?.resolve(reply.value);
    else waiting?.reject(unavailable(`the store could not do it: ${reply.problem}`));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
  }
}

function unavailable(message: string, cause?: unknown): TreelineError {
  return new TreelineError('unavailable', message, { cause });
}

async function begin(threadUrl: URL, data: ThreadData): Promise<{ link: ThreadLink } | { finding: Finding }> {
  const worker = new Worker(threadUrl, { workerData: data, name: 'store' });
  const [opening] = (await once(worker, 'message')) as [Opening];
  if (opening.open) return { link: new ThreadLink(worker, opening.recovered) };
  await worker.terminate();
  if ('finding' in opening) return { finding: opening.finding };
  throw new Error(opening.problem);
}
