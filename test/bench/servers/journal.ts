/** The least that is durable: a thread that writes what it is given to a file and flushes it. */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** Resolves when the message is kept. */
export type Keep = (message: Buffer) => Promise<unknown>;

/** The file is written over from its front again and again, so that a flush has no new blocks to note. */
const BYTES = 4 * 1024 * 1024;

/** What comes while the last flush is under way shares the next one. */
export function journalThread(file: string): Keep {
  const thread = new Worker(new URL(import.meta.url), { argv: ['_journal', file] });
  const waiting: (() => void)[] = [];
  thread.on('message', (count: number) => {
    for (const done of waiting.splice(0, count)) done();
  });
  return (message) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      thread.postMessage(message);
    });
}

export function runJournal(file: string): void {
  const port = parentPort;
  if (isMainThread || port === null) throw new Error('the journal is a thread of a baseline');
  const fd = openSync(file, 'w+');
  writeSync(fd, Buffer.alloc(BYTES));
  let end = 0;
  port.on('message', (first: Uint8Array) => {
    let count = 0;
    for (let message: Uint8Array | undefined = first; message !== undefined; count++) {
      if (end + message.length > BYTES) end = 0;
      end += writeSync(fd, message, 0, message.length, end);
      message = receiveMessageOnPort(port)?.message as Uint8Array | undefined;
    }
    fdatasyncSync(fd);
    port.postMessage(count);
  });
}
