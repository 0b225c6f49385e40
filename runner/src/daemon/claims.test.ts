import { LIMITS, newId, START, type SessionClaim, type SessionId, type SpoolVerdict } from '@treeline/shared';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Claims } from './claims.ts';

const lost = (id: SessionId): SpoolVerdict => ({ id, have: START, verdict: 'lost' });
const claimOf = (id: SessionId): SessionClaim => {
  const said = { attempt: 1, agent: 'scripted', title: 'mine', labels: {}, parentId: null, inboxPosition: 0 };
  return { id, ...said, history: START, ended: false, open: [] };
};

let pages: SessionId[][];
let verdicts: SpoolVerdict[];
let resets: number;
let broken: boolean;
beforeEach(() => {
  [pages, verdicts, resets, broken] = [[], [], 0, false];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function claims(of: Partial<ConstructorParameters<typeof Claims>[0]> = {}): Claims {
  const request = async (_: string, { sessions }: { sessions: SessionClaim[] }) => {
    if (broken) throw new Error('no answer');
    pages.push(sessions.map(({ id }) => id));
    return { sessions: sessions.map(({ id }): SpoolVerdict => ({ id, have: START, verdict: 'replay_from' })) };
  };
  return new Claims({
    link: { online: true, request: request as never, reset: () => (resets += 1) },
    isOurs: async () => true,
    claimOf: async (id) => claimOf(id),
    unlisted: () => [],
    answered: (said) => verdicts.push(...said),
    logger: pino({ enabled: false }),
    ...of,
  });
}

describe('claims', () => {
  it('LINK-10 go out page by page, and each session goes on as its answer says', async () => {
    const ids = Array.from({ length: LIMITS.claimsPerPacket + 3 }, () => newId('session'));
    claims().opened([...ids.map(lost), { id: newId('session'), have: START, verdict: 'resume' }]);
    await vi.waitFor(() => expect(verdicts).toHaveLength(ids.length));
    expect(pages.map((page) => page.length)).toEqual([LIMITS.claimsPerPacket, 3]);
    expect(pages.flat()).toEqual(ids);
  });

  it('LINK-10 are made of what hello had no room for, too, again until all of it is answered, and no more then', async () => {
    const [listed, unlisted] = [newId('session'), newId('session')];
    const known: SpoolVerdict = { id: listed, have: START, verdict: 'resume' };
    const it = claims({ unlisted: () => [unlisted] });
    it.opened([known]);
    broken = true;
    it.opened([lost(listed)]);
    await vi.advanceTimersByTimeAsync(6000);
    expect([pages, resets]).toEqual([[], 1]);
    broken = false;
    it.opened([known]);
    await vi.waitFor(() => expect(pages).toEqual([[unlisted]]));
    await vi.advanceTimersByTimeAsync(0);
    it.opened([known]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(pages).toEqual([[unlisted]]);
  });

  it('are not made of a folder that cannot be read, which disturbs no other', async () => {
    const [bad, good] = [newId('session'), newId('session')];
    const read = async (id: SessionId) => {
      if (id === bad) throw new Error('damaged');
      return claimOf(id);
    };
    claims({ claimOf: read }).opened([lost(bad), lost(good)]);
    await vi.waitFor(() => expect(verdicts.map(({ id }) => id)).toEqual([good]));
    expect(resets).toBe(0);
  });

  it('LINK-13 are not made of what another relay gave', async () => {
    const [theirs, ours] = [newId('session'), newId('session')];
    claims({ isOurs: async (id) => id === ours }).opened([lost(theirs), lost(ours)]);
    await vi.waitFor(() => expect(verdicts).toHaveLength(2));
    expect(verdicts[0]).toEqual({ id: theirs, have: START, verdict: 'not_yours' });
    expect(pages).toEqual([[ours]]);
  });

  it('that got no answer are made again on another link, after a while', async () => {
    broken = true;
    const id = newId('session');
    claims().opened([lost(id)]);
    await vi.advanceTimersByTimeAsync(4000);
    expect([resets, verdicts]).toEqual([0, []]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(resets).toBe(1);
  });
});
