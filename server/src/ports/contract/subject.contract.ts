/** What the rules of the store contract share: the store under test and makers of the things they store. */
import { type Frame, type InboxItem, newId, type SessionId } from '@treeline/shared';
import { expect } from 'vitest';
import type { Put, Store, Unit } from '../store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens the same data again. Left out by a backend that keeps nothing. */
  readonly reopen?: () => Promise<Store>;
  /** Closes whatever is open and removes the data. */
  close(): Promise<void>;
}

/** The store of the running test; read it inside a test only. */
export interface Subject {
  readonly store: Store;
  readonly reopen: (() => Promise<Store>) | undefined;
}

export const NS = 'acme';

export const session = (): SessionId => newId('session');

interface FrameShape {
  readonly session: SessionId;
  readonly epoch?: number;
  readonly first: number;
  readonly count?: number;
}

export function frame({ session, epoch = 1, first, count = 1 }: FrameShape): Frame {
  const id = newId('frame');
  const body = JSON.stringify(Array.from({ length: count }, (_, i) => ({ n: first + i, of: id })));
  return { id, session, epoch, first, count, kind: count === 1 ? 'fact' : 'events', body };
}

/** `count` frames of `records` records each, one after the other. */
export function frames(of: SessionId, count: number, { epoch = 1, records = 1, first = 1 } = {}): Frame[] {
  return Array.from({ length: count }, (_, i) =>
    frame({ session: of, epoch, first: first + i * records, count: records }),
  );
}

export function item(text = 'hello'): InboxItem {
  const at = 1_700_000_000_000;
  return { id: newId('message'), at, kind: 'prompt', text, deliverAs: 'steer', from: { kind: 'relay' } };
}

/** A unit that puts one record. */
export function putting(put: Partial<Put> & { readonly id: string }): Unit {
  return { ns: NS, put: [{ kind: 'session', expect: 0, value: {}, ...put }] };
}

export async function mustCommit(store: Store, unit: Unit): Promise<readonly number[]> {
  const result = await store.commit(unit);
  expect(result).toMatchObject({ status: 'committed' });
  return result.status === 'committed' ? result.positions : [];
}

export async function mustAppend(store: Store, list: readonly Frame[], ns = NS): Promise<void> {
  const results = await store.append(ns, list);
  expect(results.map(({ status }) => status)).toEqual(list.map(() => 'appended'));
}

export const idsOf = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id);
