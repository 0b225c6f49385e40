/** The store thread: holds the database, so that the relay's event loop never waits for a disk. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { answersFrom } from './answers.ts';
import type { Opening, Request, ThreadData } from './calls.ts';
import { closeDatabase, Damaged, openDatabase } from './database.ts';
import { runGroup } from './group.ts';
import type { Sql } from './sql.ts';

const port = parentPort;
if (port === null) throw new Error('The store thread is started by the relay, not by itself.');

function serve(sql: Sql): void {
  const answers = answersFrom(sql);
  port?.on('message', (first: readonly Request[]) => {
    const group = [...first];
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      group.push(...(next.message as readonly Request[]));
    }
    port.postMessage(runGroup(sql, answers, group));
    if (group.some(({ name }) => name === 'close')) {
      closeDatabase(sql);
      port.close();
    }
  });
}

function open(): Opening {
  try {
    const { file, finding } = workerData as ThreadData;
    const { sql, recovered } = openDatabase(file, finding);
    serve(sql);
    return { open: true, recovered };
  } catch (error) {
    if (error instanceof Damaged) return { open: false, finding: error.finding };
    return { open: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

port.postMessage(open());
