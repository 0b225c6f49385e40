import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, SessionClaim, type FactRecord, type InboxItem } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntryFile } from '../process/entry-file.ts';
import { FrameFile } from '../process/frame-file.ts';
import { sessionPaths, type SessionFile, type SessionPaths } from '../process/session-folder.ts';
import { claimOf } from './session-claim.ts';

const id = newId('session');
const [asked, other] = [newId('trigger'), newId('trigger')];
const ALL = { epoch: 1, seq: 1000 };
const failed = { onFailure: () => undefined };

let folder: string;
let paths: SessionPaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-claim-'));
  paths = sessionPaths(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type NewFact = FactRecord extends infer F ? (F extends FactRecord ? Omit<F, 'id' | 'at'> : never) : never;
type NewItem = InboxItem extends infer I ? (I extends InboxItem ? Omit<I, 'id' | 'at'> : never) : never;

const ask = (triggerId: typeof asked): NewFact => ({
  kind: 'ask',
  triggerId,
  ask: {
    type: 'ask_user_question',
    text: 'which?',
  },
});
const idle: NewFact = { kind: 'state', state: 'idle' };
const end: NewFact = { kind: 'end', triggerId: newId('trigger'), outcome: 'completed', reason: 'ok' };

/** The ids of the records. */
async function log(...facts: NewFact[]) {
  const file = new FrameFile({ path: paths.log, ...failed });
  const records = facts.map((fact) => ({ ...fact, id: newId('record'), at: 1 }));
  records.forEach((record, index) =>
    file.append({
      id: newId('frame'),
      session: id,
      epoch: 1,
      first: index + 1,
      count: 1,
      kind: 'fact',
      body: JSON.stringify([record]),
    }),
  );
  await file.close();
  return records.map((record) => record.id);
}

async function inbox(...items: NewItem[]) {
  const file = new EntryFile({ path: paths.inbox, after: 0, ...failed });
  const entry = (item: NewItem) => ({ ...item, id: newId('message'), at: 1 }) as InboxItem;
  await file.append(items.map((item, index) => ({ position: index + 1, item: entry(item) })));
  await file.close();
}

async function claim({ acked = ALL, ...spec }: { acked?: typeof ALL } & Pick<SessionFile, 'logAfter'> = {}) {
  const assignment = {
    id,
    attempt: 2,
    agent: 'scripted',
    title: 'mine',
    labels: { a: 'b' },
    parentId: null,
    rootId: id,
    depth: 0,
    epoch: 1,
    inboxAfter: 0,
    shareUrl: 'http://relay.test',
  };
  const agent = { name: 'scripted', kind: 'scripted', command: [], env: {}, passEnv: [] } as const;
  const file = { assignment, agent: { ...agent, command: [], passEnv: [] }, cwd: '/', ...spec };
  return SessionClaim.parse(await claimOf({ paths, spec: file, acked, inboxPosition: 7 }));
}

describe('what a folder says of a session that its relay has lost', () => {
  it('is the whole record, without a log too', async () => {
    const said = { id, attempt: 2, agent: 'scripted', title: 'mine', labels: { a: 'b' }, parentId: null };
    expect(await claim()).toEqual({
      ...said,
      history: {
        epoch: 0,
        seq: 0,
      },
      inboxPosition: 7,
      ended: false,
      open: [],
    });
  });

  it('LINK-12 has the questions without an answer, a refusal or a withdrawal', async () => {
    const withdrawn = newId('trigger');
    const refused = newId('trigger');
    const [, , , recordId = newId('record')] = await log(ask(asked), ask(other), ask(withdrawn), ask(refused), {
      kind: 'withdraw',
      triggerId: withdrawn,
    });
    await inbox(
      { kind: 'answer', triggerId: other, outcome: 'answered', response: 'x', by: { kind: 'relay' } },
      { kind: 'refusal', recordId, what: 'ask', code: 'conflict', message: 'x' },
    );
    expect((await claim()).open).toEqual([asked]);
  });

  it('LINK-10 leaves out what was not acknowledged: that is still to have its effects', async () => {
    await log(idle, ask(asked), ask(other), end);
    expect(await claim({ acked: { epoch: 1, seq: 2 } })).toMatchObject({
      history: {
        epoch: 1,
        seq: 2,
      },
      open: [asked],
      ended: false,
    });
  });

  it('LINK-10 never promises more of the log than there is', async () => {
    await log(idle);
    expect((await claim({ acked: { epoch: 3, seq: 9 } })).history).toEqual({ epoch: 1, seq: 1 });
  });

  it('LINK-10 says that it has ended, unless another attempt was begun', async () => {
    await log(idle, ask(asked), end);
    expect(await claim()).toMatchObject({ ended: true, open: [] });
    expect(await claim({ logAfter: { epoch: 1, seq: 3 } })).toMatchObject({ ended: false });
  });
});
