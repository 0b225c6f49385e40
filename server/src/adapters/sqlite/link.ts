/** The relay's end of the store thread: a call goes over as a message, its promise settles with the answer. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { TreelineError } from '@treeline/shared';
import { type CallName, type Calls, isRead, type Opening, type Reply, type Request } from './calls.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class ThreadLink {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #unsent: Request[] = [];
  #seq = 0;
  #ailing = false;
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;

  /** Rejects with an Error of one line when the thread cannot open the file. */
  static async start(threadUrl: URL, file: string): Promise<ThreadLink> {
    const worker = new Worker(threadUrl, { workerData: { file }, name: 'store' });
    const [opening] = (await once(worker, 'message')) as [Opening];
    if (opening.open) return new ThreadLink(worker);
    await worker.terminate();
    throw new Error(opening.problem);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (replies: readonly Reply[]) => {
      for (const reply of replies) this.#settle(reply);
    });
    worker.once('error', (cause) => this.#end(unavailable(`the store thread failed: ${cause.message}`, cause)));
    worker.once('exit', () => this.#end(unavailable('the store is closed')));
  }

  /** A call failed and no write has succeeded since: the disk may be full, or that one call was at fault. */
  get ailing(): boolean {
    return this.#ailing;
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
