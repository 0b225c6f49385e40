import { type AuditLine, newId } from '@treeline/shared';
import { expect, it } from 'vitest';
import { auditKey, type OwnedLine } from '../audit-records.ts';
import { mustCommit, NS, putting, session, type Subject } from './subject.contract.ts';

function lineBy(name: string, over: Partial<AuditLine> = {}): OwnedLine {
  const line: AuditLine = {
    id: newId('audit'),
    at: 1,
    who: { kind: 'person', name, id: `key_of_${name}` },
    from: { over: 'http', address: '::1' },
    action: 'createSession',
    outcome: 'done',
    ...over,
  };
  return { ns: NS, line };
}

export function auditRules(subject: Subject): void {
  const list = (index: string, value: string) =>
    subject.store.list<OwnedLine>({ ns: NS, kind: 'audit', index, value: auditKey(NS, value), limit: 10 });

  it('a line is written with the effect that it tells of, and found by who, action and session, a refused one by its outcome too', async () => {
    const of = session();
    const told = lineBy('ann', { sessions: [of] });
    await mustCommit(subject.store, { ...putting({ id: 'a' }), audit: [told] });
    for (const [index, value] of [
      ['all', ''],
      ['who', 'ann'],
      ['who', 'key_of_ann'],
      ['action', 'createSession'],
      ['session', of],
    ] as const)
      expect((await list(index, value)).map(({ value: found }) => found)).toEqual([told]);
    expect(await list('who', 'bob')).toEqual([]);
    expect(await list('outcome', 'refused')).toEqual([]);
    const refused = lineBy('eve', { who: { kind: 'session', id: of }, sessions: [of], outcome: 'refused' });
    await mustCommit(subject.store, { ns: NS, audit: [refused] });
    expect((await list('outcome', 'refused')).map(({ value }) => value)).toEqual([refused]);
    expect(await list('session', of)).toHaveLength(2);
  });

  it('a unit that is not committed leaves no line', async () => {
    await mustCommit(subject.store, putting({ id: 'a' }));
    const again = { ...putting({ id: 'a' }), audit: [lineBy('ann')] };
    expect(await subject.store.commit(again)).toMatchObject({ status: 'conflict' });
    expect(await list('all', '')).toEqual([]);
  });

  it('a line is never written a second time, nor put by a unit itself', async () => {
    const told = lineBy('ann');
    await mustCommit(subject.store, { ns: NS, audit: [told] });
    const forged = { ...told, line: { ...told.line, who: { kind: 'person', name: 'bob' } } } as const;
    expect(await subject.store.commit({ ns: NS, audit: [forged] })).toMatchObject({ status: 'conflict' });
    const put = { kind: 'audit', id: told.line.id, expect: 1, value: forged } as const;
    await expect(subject.store.commit({ ns: NS, put: [put] })).rejects.toThrow('Unit.audit alone');
    expect((await list('all', '')).map(({ value }) => value)).toEqual([told]);
  });
}
