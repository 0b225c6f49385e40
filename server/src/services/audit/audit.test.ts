import { newId, type AuditLine, TreelineError } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../domain/audit.ts';
import { openTestServices, ANN, type TestServices } from '../testing.ts';
import { Audit } from './audit.ts';
import { trimAudit } from './retention.ts';

const NS = ANN.ns;
const EVERYTHING = { limit: 50 };

let services: TestServices;
let audit: Audit;
beforeEach(async () => {
  services = await openTestServices();
  audit = auditWith(1000);
});
afterEach(async () => {
  audit.stop();
  await services.close();
});

function auditWith(refusalsPerMinute: number): Audit {
  const { store, clock } = services;
  const onError = (error: unknown) => expect.unreachable(String(error));
  return new Audit({ store, clock, ownNs: NS, places: (ns) => [ns, 'system'], refusalsPerMinute, onError });
}

function call(over: Partial<Call> = {}): Call {
  return {
    ns: NS,
    who: { kind: 'person', name: 'ann', id: 'key_1' },
    from: { over: 'http', address: '192.0.2.1' },
    action: 'createSession',
    named: [],
    told: false,
    ...over,
  };
}

const linesOf = async (query: Partial<Parameters<Audit['list']>[1]> = {}): Promise<AuditLine[]> =>
  (await audit.list(NS, { ...EVERYTHING, ...query })).lines;

describe('the record of who did what', () => {
  it('a change is told by its own commit, with what it made', async () => {
    const by = { ...ANN, call: call() };
    await services.runner('alpha');
    const { session } = await services.sessions.create(by, { prompt: 'hello', key: 'k', labels: {} });
    expect(await linesOf()).toMatchObject([
      { action: 'createSession', on: session.id, sessions: [session.id], outcome: 'done', from: { over: 'http' } },
    ]);
  });

  it('a request that was carried out before is not told again', async () => {
    await services.runner('alpha');
    const request = { prompt: 'hello', key: 'k', labels: {} };
    for (let i = 0; i < 2; i++) {
      const under = call();
      await audit.watch(under, { changes: true }, () => services.sessions.create({ ...ANN, call: under }, request));
    }
    expect(await linesOf()).toHaveLength(1);
  });

  it('what no commit told gets a line at its end, a read none', async () => {
    await audit.watch(call({ action: 'createBackup' }), { changes: true }, async () => 1);
    await audit.watch(call({ action: 'listSessions' }), { changes: false }, async () => 1);
    expect((await linesOf()).map(({ action }) => action)).toEqual(['createBackup']);
  });

  it('a refusal is told with its reason, a mistyped request and the relay’s own trouble are not', async () => {
    for (const code of ['forbidden', 'bad_request', 'internal'] as const) {
      const refused = audit.watch(call(), { changes: true }, () =>
        Promise.reject(new TreelineError(code, `no: ${code}`)),
      );
      await expect(refused).rejects.toThrow(code);
    }
    expect(await linesOf()).toMatchObject([
      { outcome: 'refused', reason: { code: 'forbidden', message: 'no: forbidden' } },
    ]);
  });

  it('a flood of refusals of one source leaves a bounded number of lines', async () => {
    const bounded = auditWith(5);
    const error = new TreelineError('forbidden', 'no');
    for (let i = 0; i < 200; i++) await bounded.refused(call({ action: `action${i % 3}` }), error);
    await bounded.refused(call({ from: { over: 'http', address: '192.0.2.2' } }), error);
    bounded.stop();
    expect(await linesOf()).toHaveLength(6);
  });

  it('pages from the newest to the oldest, over lines of both places', async () => {
    for (let i = 0; i < 7; i++) {
      services.clock.at += 1;
      const { clock } = services;
      const line: AuditLine = { ...lineAt(clock.at), action: `a${i}` };
      await services.store.commit({ ns: i % 2 === 0 ? NS : 'system', audit: [{ ns: NS, line }] });
      await services.store.commit({ ns: 'system', audit: [{ ns: 'other', line: lineAt(clock.at) }] });
    }
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await audit.list(NS, { limit: 3, after });
      seen.push(...page.lines.map(({ action }) => action));
      if (page.next === undefined) break;
      after = page.next;
    }
    expect(seen).toEqual(['a6', 'a5', 'a4', 'a3', 'a2', 'a1', 'a0']);
  });

  it('is found by person, session, action and outcome together', async () => {
    const session = newId('session');
    await audit.done(call({ named: [session] }));
    await audit.done(call({ named: [session], who: { kind: 'key', name: 'bob', id: 'key_2' } }));
    await audit.refused(call({ named: [session], action: 'stopSession' }), new TreelineError('forbidden', 'no'));
    expect(await linesOf({ session })).toHaveLength(3);
    expect(await linesOf({ session, person: 'ann' })).toHaveLength(2);
    expect(await linesOf({ session, person: 'key_2', action: 'createSession' })).toHaveLength(1);
    expect(await linesOf({ person: 'ann', outcome: 'refused' })).toHaveLength(1);
    expect(await linesOf({ person: 'ann', session: newId('session') })).toEqual([]);
    expect(await linesOf({ outcome: 'done' })).toHaveLength(2);
    await audit.done(call({ named: [session], who: { kind: 'session', id: session } }));
    expect(await linesOf({ person: session })).toHaveLength(1);
  });

  it('forgets what is too old, and the oldest of what is too much', async () => {
    const { store, clock } = services;
    for (let i = 0; i < 450; i++) {
      clock.at += 1000;
      await audit.done(call({ action: `a${i}` }));
    }
    const options = { store, clock, places: [{ readers: NS, ns: NS }], keepMs: 0, keepLines: 400 };
    expect(await trimAudit(options)).toBe(50);
    expect(await trimAudit({ ...options, keepMs: 10_000 })).toBe(390);
    expect((await linesOf()).map(({ action }) => action)).toEqual(Array.from({ length: 10 }, (_, i) => `a${449 - i}`));
  });
});

function lineAt(at: number): AuditLine {
  return {
    id: newId('audit', at),
    at,
    who: { kind: 'person', name: 'ann' },
    from: { over: 'http' },
    action: 'createSession',
    outcome: 'done',
  };
}
