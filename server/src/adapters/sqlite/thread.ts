/** The store thread: holds the database, so that the relay's event loop never waits for a disk. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Opening, Request } from './calls.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { runGroup } from './group.ts';
import type { Sql } from './sql.ts';
import { Tables } from './tables.ts';

const port = parentPort;
if (port === null) throw new Error('The store thread is started by the relay, not by itself.');

function serve(sql: Sql): void {
  const { calls } = new Tables(sql);
  port?.on('message', (first: readonly Request[]) => {
    const group = [...first];
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      group.push(...(next.message as readonly Request[]));
    }
    const replies = runGroup(sql, calls, group);
    const closes = group.some(({ name }) => name === 'close');
    if (closes) closeDatabase(sql);
    port.postMessage(replies);
    if (closes) port.close();
  });
}

function open(): Opening {
  try {
    serve(openDatabase((workerData as { readonly file: string }).file));
    return { open: true };
  } catch (error) {
    return { open: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

port.postMessage(open());
