/** Gathers what the checker judges by, when everything is quiet: the runners' files, and what the relay says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, InboxEntry, SessionId, SessionView, TriggerView } from '@treeline/shared';
import type { ApiClient } from '@treeline/test-support/api.ts';
import { readFrames } from '@treeline/test-support/session-log.ts';
import { readLines } from './checked-lines.ts';
import type { SpoolFiles, StoredSession } from './history.ts';
import type { Machine } from './machine.ts';

export function readSpools(machines: readonly Machine[]): SpoolFiles[] {
  return machines.flatMap((machine) => machine.sessions.map((session) => readSpool(machine, session)));
}

function readSpool(machine: Machine, session: SessionId): SpoolFiles {
  const frames = readFile<Frame>(machine, session, 'log');
  return { runner: machine.name, session, frames, entries: readInbox(machine, session) };
}

export function readInbox(machine: Machine, session: SessionId): InboxEntry[] {
  return readFile(machine, session, 'inbox');
}

function readFile<T>(machine: Machine, session: SessionId, name: string): T[] {
  const path = join(machine.home, 'sessions', session, name);
  return existsSync(path) ? readLines<T>(path) : [];
}

export async function readSessions(api: ApiClient): Promise<StoredSession[]> {
  const views = await pages<SessionView>(async (after) => {
    const { sessions, next } = await api.listSessions({ query: { state: 'all', limit: 200, ...(after && { after }) } });
    return { found: sessions, next };
  });
  const stored: StoredSession[] = [];
  for (const view of views) stored.push({ view, frames: await readFrames(api, view.id) });
  return stored;
}

export function readTriggers(api: ApiClient): Promise<TriggerView[]> {
  return pages(async (after) => {
    const { triggers, next } = await api.listTriggers({ query: { state: 'all', limit: 200, ...(after && { after }) } });
    return { found: triggers, next };
  });
}

async function pages<T>(
  read: (after: string | undefined) => Promise<{ found: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let after: string | undefined; ;) {
    const { found, next } = await read(after);
    all.push(...found);
    if (next === undefined) return all;
    after = next;
  }
}
