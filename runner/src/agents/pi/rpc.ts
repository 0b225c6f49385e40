/** pi's RPC mode: JSON lines, commands with numbered answers, and events in between. */
import { z } from 'zod';
import { PiProcess, type PiCommand, type PiExit } from './process.ts';

const Response = z.looseObject({
  type: z.literal('response'),
  id: z.string().optional(),
  command: z.string().optional(),
  success: z.boolean(),
  error: z.string().optional(),
  data: z.unknown().optional(),
});

/** Anything that pi says by itself. */
export const PiRecord = z.looseObject({ type: z.string() });
export type PiRecord = z.infer<typeof PiRecord>;

/** pi understood a command and refused it, in its own words. */
export class PiRefusal extends Error {}

interface Waiting {
  readonly command: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface PiRpcOptions extends Omit<PiCommand, 'onLine'> {
  readonly onRecord: (record: PiRecord) => void;
  /** A line that is no record. */
  readonly onNoise: (line: string) => void;
}

export class PiRpc {
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;
  #process: PiProcess | undefined;
  #ended = false;

  static async start({ onRecord, onNoise, ...command }: PiRpcOptions): Promise<PiRpc> {
    const rpc = new PiRpc();
    rpc.#process = await PiProcess.start({ ...command, onLine: (line) => rpc.#receive(line, onRecord, onNoise) });
    void rpc.#process.exited.then(() => rpc.#end());
    return rpc;
  }

  get exited(): Promise<PiExit> {
    return this.#running.exited;
  }

  stderrTail(): string {
    return this.#running.stderrTail();
  }

  /** Resolves with the data of the answer. Rejects with PiRefusal, or with an Error when pi ends before it answers. */
  request(command: { readonly type: string } & Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#ended) return Promise.reject(new Error('pi has ended'));
    const id = `treeline-${(this.#count += 1)}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { command: command.type, resolve, reject });
      this.send({ ...command, id });
    });
  }

  send(record: Readonly<Record<string, unknown>>): void {
    this.#running.write(JSON.stringify(record));
  }

  pause(on: boolean): void {
    this.#running.pause(on);
  }

  end(strength: 'stop' | 'kill'): Promise<void> {
    return this.#running.end(strength);
  }

  get #running(): PiProcess {
    if (this.#process === undefined) throw new Error('pi was not started');
    return this.#process;
  }

  #receive(line: string, onRecord: (record: PiRecord) => void, onNoise: (line: string) => void): void {
    const record = PiRecord.safeParse(parse(line));
    if (!record.success) return onNoise(line);
    const response = Response.safeParse(record.data);
    if (!response.success) return onRecord(record.data);
    const { command, success, error, data } = response.data;
    // pi 0.7x refuses a command that it does not know without repeating its id.
    const id = response.data.id ?? this.#idOf(command);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (success) waiting?.resolve(data);
    else waiting?.reject(new PiRefusal(error ?? 'pi gave no reason'));
  }

  #idOf(command: string | undefined): string {
    return [...this.#waiting].find(([, waiting]) => waiting.command === command)?.[0] ?? '';
  }

  #end(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(new Error('pi ended before it answered'));
    this.#waiting.clear();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Noise: told to the caller as such.
  }
}
