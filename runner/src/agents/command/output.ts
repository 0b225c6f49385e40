/** The output of a command as the agent's messages: both streams in the order in which they arrive, in pieces of whole lines. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { ChunkJoiner, textChunk } from '../chunk-joiner.ts';
import type { AgentListener } from '../agent.ts';

/** What is stored is joined for this long, or to the joiner's own size. */
const STORE_AFTER_MS = 100;
const TAIL_CHARS = 4096;
const DRAIN_MS = 1_000;

export class Output {
  readonly #joiner: ChunkJoiner;
  readonly #streams: Readable[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tail = '';

  constructor(child: ChildProcess, listener: AgentListener) {
    this.#joiner = new ChunkJoiner(listener);
    if (child.stdout !== null) this.#read(child.stdout, 'stdout');
    if (child.stderr !== null) this.#read(child.stderr, 'stderr');
  }

  /** The last lines of both streams together. */
  tail(): string {
    return this.#tail.trim();
  }

  /** Resolves when everything is handed over. A stream that somebody else holds open is left after a second. */
  async end(): Promise<void> {
    const deadline = AbortSignal.timeout(DRAIN_MS);
    await Promise.allSettled(this.#streams.map((stream) => finished(stream, { signal: deadline })));
    for (const stream of this.#streams) stream.destroy();
    this.#store();
  }

  #read(stream: Readable, name: 'stdout' | 'stderr'): void {
    const decoder = new StringDecoder('utf8');
    this.#streams.push(stream);
    stream.on('data', (bytes: Buffer) => this.#take(decoder.write(bytes), name));
    stream.on('end', () => this.#take(decoder.end(), name));
  }

  #take(text: string, name: 'stdout' | 'stderr'): void {
    if (text === '') return;
    this.#tail = (this.#tail + text).slice(-TAIL_CHARS);
    this.#joiner.push({
      ...textChunk('agent_message_chunk', text),
      messageId: name,
      _meta: { 'treeline/stream': name },
    });
    this.#timer ??= setTimeout(() => this.#store(), STORE_AFTER_MS);
  }

  #store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#joiner.flush();
  }
}
