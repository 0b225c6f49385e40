/** The store thread: holds the database, so that the relay's event loop never waits for a disk. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { answersFrom } from './answers.ts';
import type { Opening, Request, ThreadData } from './calls.ts';
import { Damaged, openDatabase } from './database.ts';
import { runGroup } from './group.ts';
import { journalOf } from './journal.ts';
import { Writer } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('The store thread is started by the relay, not by itself.');

function serve(writer: Writer): void {
  port?.on('message', (first: readonly Request[]) => {
    const group = [...first];
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      group.push(...(next.message as readonly Request[]));
    }
    port.postMessage(runGroup(writer, group));
    writer.afterAnswers();
    if (group.some(({ name }) => name === 'close')) {
      writer.close();
      port.close();
    }
  });
}

function open(): Opening {
  try {
    const { file, finding } = workerData as ThreadData;
    const { sql, journal, recovered } = openDatabase(file, finding);
    serve(new Writer({ sql, answers: answersFrom(sql), path: journalOf(file), content: journal }));
    return { open: true, recovered };
  } catch (error) {
    if (error instanceof Damaged) return { open: false, finding: error.finding };
    return { open: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

port.postMessage(open());
