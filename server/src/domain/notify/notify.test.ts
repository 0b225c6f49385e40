/** NTF: what people are told, when, and when it is taken back. */
import { DEFAULT_PREFERENCES, newId, type DeviceId, type NotifyPreferences, type TriggerId } from '@treeline/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import { respond, sendPrompt, snoozeTrigger } from '../people.ts';
import { RULES, TestWorld } from '../testing.ts';
import { ALL } from '../world.ts';
import { compose } from './compose.ts';
import { addDevice, patchRecipient } from './recipients.ts';
import { afterQuiet } from './quiet.ts';
import type { NoticeRecord } from './records.ts';
import { claimNotice, settleNotice, type Errand, type SendResult } from './sending.ts';

const MINUTE = 60_000;
const ACCEPTED: SendResult = { status: 'accepted' };
const ANN = { kind: 'person', name: 'ann' } as const;

let world: TestWorld;
let sent: { what: 'shown' | 'withdrawn'; to: string; round: number; at: number; text: string }[];

beforeEach(() => {
  world = new TestWorld();
  sent = [];
});

function device(name = 'phone', person = 'ann'): DeviceId {
  const id = newId('device');
  const address = { endpoint: `https://push.test/${name}`, keys: { p256dh: 'p', auth: 'a' } };
  world.decide((draft) => addDevice(draft, person, { id, name, address, receipt: 'r' }, undefined));
  return id;
}

function prefer(part: Partial<NotifyPreferences>, person = 'ann'): void {
  world.decide((draft) => patchRecipient(draft, person, { preferences: { ...DEFAULT_PREFERENCES, ...part } }));
}

const topic = () =>
  world.decide((draft) => patchRecipient(draft, 'ann', { topic: { url: 'https://ntfy.test/t', token: 'tk' } }));

/** Time passes: timers of the rules fire, and what is due is sent. */
function pass(ms: number, answer: SendResult = ACCEPTED): void {
  const end = world.now + ms;
  while (world.now < end) {
    world.advance(Math.min(MINUTE, end - world.now));
    send(answer);
  }
  if (ms === 0) {
    world.advance(0);
    send(answer);
  }
}

function send(answer: SendResult): void {
  for (const timer of [...world.timers.values()].filter(({ name, at }) => name === 'send' && at <= world.now)) {
    const errand = world.decide((draft) => claimNotice(draft, timer.id));
    if (errand === undefined) continue;
    record(errand);
    world.decide((draft) => settleNotice(draft, errand.notice, answer));
  }
}

function record(errand: Errand): void {
  sent.push({
    what: errand.notice.want,
    to: errand.channel === 'push' ? errand.device.name : 'ntfy',
    round: errand.notice.round,
    at: world.now,
    text: errand.note === null ? errand.why : `${errand.note.title} | ${errand.note.body}`,
  });
}

const notices = (): NoticeRecord[] =>
  world.list('notice', ALL, ALL).map((id) => {
    const notice = world.get('notice', id);
    if (notice === undefined) throw new Error(`no ${id}`);
    return notice;
  });

const answer = (id: TriggerId) =>
  world.decide((draft) => respond(draft, id, { by: ANN, response: 'that one', action: undefined }));

describe('a question that waits for people', () => {
  test('NTF-1 is told in the name of its root, of any depth, once it is with people', () => {
    device();
    const root = world.root(world.runner('pi'));
    const leaf = world.child(world.child(root));
    const id = world.ask(leaf, 'which?', { escalateAfterMs: 5 * MINUTE });
    pass(4 * MINUTE);
    expect(sent).toEqual([]);
    pass(2 * MINUTE);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.text).toMatch(new RegExp(`^${world.session(root).title} needs you \\| .*which\\?`));
    expect(world.trigger(id).state.state).toBe('escalated');
  });

  test('NTF-3 rings again after ten minutes, in the second channel after thirty, and then no more', () => {
    device();
    topic();
    const began = world.now;
    world.ask(world.root(world.runner('pi')));
    pass(0);
    pass(3 * 60 * MINUTE);
    const seen = sent.map(({ to, round, at }) => [to, round, (at - began) / MINUTE]);
    expect(seen).toEqual([
      ['phone', 0, 0],
      ['phone', 1, 10],
      ['ntfy', 0, 30],
    ]);
  });

  test('NTF-4 is withdrawn wherever it was shown when it is answered, and its records go', () => {
    device('phone');
    device('desk', 'ben');
    const id = world.ask(world.root(world.runner('pi')));
    pass(0);
    answer(id);
    pass(0);
    const withdrawn = sent.filter(({ what }) => what === 'withdrawn');
    expect(withdrawn.map(({ to }) => to).toSorted()).toEqual(['desk', 'phone']);
    expect(withdrawn[0]?.text).toBe('Answered by ann');
    expect(notices()).toEqual([]);
    pass(60 * MINUTE);
    expect(sent).toHaveLength(4);
  });

  test('NTF-4 that is answered before anything was sent is never shown', () => {
    device();
    const id = world.ask(world.root(world.runner('pi')));
    world.advance(0);
    expect(notices()).toHaveLength(1);
    answer(id);
    pass(0);
    expect(sent).toEqual([]);
    expect(notices()).toEqual([]);
  });

  test('NTF-4 that is answered while it is being sent is withdrawn after', () => {
    device();
    const id = world.ask(world.root(world.runner('pi')));
    world.advance(0);
    const [notice] = notices();
    const errand = world.decide((draft) => claimNotice(draft, notice?.id ?? ''));
    answer(id);
    world.advance(0);
    if (errand === undefined) throw new Error('nothing to send');
    world.decide((draft) => settleNotice(draft, errand.notice, ACCEPTED));
    pass(0);
    expect(sent.map(({ what }) => what)).toEqual(['withdrawn']);
  });

  test('NTF-5 is tried again with growing pauses, and the second channel does not wait for the first', () => {
    device();
    topic();
    world.ask(world.root(world.runner('pi')));
    const down: SendResult = { status: 'later', detail: 'down' };
    pass(0, down);
    pass(9 * MINUTE, down);
    const pushes = sent.filter(({ to }) => to === 'phone').map(({ at }) => at);
    expect(pushes.length).toBeGreaterThan(2);
    const pauses = pushes.slice(1).map((at, i) => at - (pushes[i] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(world.get('recipient', 'ann')?.devices[0]?.trouble).toBe('down');
    pass(25 * MINUTE, down);
    expect(sent.some(({ to }) => to === 'ntfy')).toBe(true);
  });

  test('NTF-6 a device that its service no longer knows is removed, and its person is told', () => {
    device();
    world.ask(world.root(world.runner('pi')));
    pass(0, { status: 'gone', detail: 'push.test no longer knows it' });
    const recipient = world.get('recipient', 'ann');
    expect(recipient?.devices).toEqual([]);
    expect(recipient?.gone).toMatchObject([{ name: 'phone', why: 'push.test no longer knows it' }]);
    expect(notices()).toEqual([]);
  });

  test('NTF-7 rings after quiet hours if it still waits, once', () => {
    // 1970-01-01 00:16:40 UTC.
    device();
    prefer({ quiet: { from: '22:00', to: '07:00', zone: 'UTC' } });
    world.ask(world.root(world.runner('pi')));
    pass(0);
    expect(sent).toEqual([]);
    pass(8 * 60 * MINUTE);
    expect(sent.map(({ round, at }) => [round, Math.floor(at / MINUTE)])).toEqual([[1, 7 * 60]]);
  });

  test('NTF-4 is taken back while somebody puts it off, and rings again after', () => {
    device();
    const id = world.ask(world.root(world.runner('pi')));
    pass(0);
    world.decide((draft) => snoozeTrigger(draft, id, world.now + 60 * MINUTE));
    pass(59 * MINUTE);
    pass(2 * MINUTE);
    expect(sent.map(({ what, text }) => [what, text.split(' ')[0]])).toEqual([
      ['shown', 'do'],
      ['withdrawn', 'Put'],
      ['shown', 'do'],
    ]);
  });

  test('goes only where the person wants it', () => {
    const off = device('off');
    device('on');
    world.decide((draft) => {
      const ann = draft.get('recipient', 'ann');
      patchRecipient(draft, 'ann', { devices: ann?.devices.map((one) => ({ ...one, on: one.id !== off })) ?? [] });
    });
    device('quiet person', 'ben');
    prefer({ push: { needs_you: 'off', failed: 'off', completed: 'off' } }, 'ben');
    world.ask(world.root(world.runner('pi')));
    pass(0);
    expect(sent.map(({ to }) => to)).toEqual(['on']);
  });
});

describe('the end of a root', () => {
  test('NTF-2 is told when it failed; a good one only to who wants it; and of a child, nothing', () => {
    device();
    const runner = world.runner('pi');
    const [failed, done, busy] = [world.root(runner), world.root(runner), world.root(runner)];
    world.end(world.child(busy), 'failed');
    world.end(done);
    pass(0);
    expect(sent).toEqual([]);
    world.end(failed, 'failed');
    pass(0);
    expect(sent.map(({ text }) => text)).toEqual([`${world.session(failed).title} failed | exit 1`]);
  });

  test('NTF-4 is withdrawn when it goes on', () => {
    device();
    const root = world.root(world.runner('pi'));
    world.end(root, 'failed');
    pass(0);
    world.decide((draft) => sendPrompt(draft, root, { text: 'on', deliverAs: 'steer', from: ANN }, RULES.tree));
    pass(0);
    expect(sent.map(({ what }) => what)).toEqual(['shown', 'withdrawn']);
    expect(notices()).toEqual([]);
  });
});

describe('the words', () => {
  test('NTF-8 hold nothing that an agent wrote when only titles are wanted', () => {
    const root = world.root(world.runner('pi'));
    const id = world.ask(root, 'the secret is 1234');
    const subject = { kind: 'trigger', id } as const;
    const full = compose(world, subject, 'needs_you', 'full');
    const title = compose(world, subject, 'needs_you', 'title');
    expect(full.body).toContain('1234');
    expect(JSON.stringify(title)).not.toContain('1234');
    expect(title).toMatchObject({ path: `/inbox/${id}`, tag: id, answers: [] });
  });

  test('offer at most two short answers, to plain questions alone, and fit into a push', () => {
    const root = world.root(world.runner('pi'));
    const options = (labels: string[]) => labels.map((label, at) => ({ id: String(at), label }));
    const ask = (type: 'ask_user_question' | 'plan_review', labels: string[]) => {
      const triggerId = newId('trigger');
      world.fact(root, { kind: 'ask', triggerId, ask: { type, text: '😀\n'.repeat(9000), options: options(labels) } });
      return compose(world, { kind: 'trigger', id: triggerId }, 'needs_you', 'full');
    };
    expect(ask('ask_user_question', ['Yes', 'No']).answers).toEqual(['Yes', 'No']);
    expect(ask('ask_user_question', ['A', 'B', 'C']).answers).toEqual([]);
    expect(ask('ask_user_question', ['x'.repeat(41)]).answers).toEqual([]);
    const plan = ask('plan_review', ['Yes', 'No']);
    expect(plan.answers).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(plan))).toBeLessThan(3_000);
  });
});

describe('quiet hours', () => {
  const at = (text: string) => Date.parse(text);
  const berlin = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  test.each([
    ['2026-07-01T12:00:00Z', '2026-07-01T12:00:00Z'],
    ['2026-07-01T20:30:00Z', '2026-07-02T05:00:00Z'],
    ['2026-07-02T04:59:59Z', '2026-07-02T05:00:00Z'],
    ['2026-07-02T05:00:00Z', '2026-07-02T05:00:00Z'],
    // The night in which the clock goes back has an hour more.
    ['2026-10-24T23:30:00Z', '2026-10-25T06:00:00Z'],
  ])('NTF-7 from %s it rings at %s', (from, to) => {
    expect(new Date(afterQuiet(at(from), berlin)).toISOString()).toBe(new Date(at(to)).toISOString());
  });
  test('within one day, and none at all', () => {
    const noon = { from: '12:00', to: '13:00', zone: 'UTC' };
    expect(afterQuiet(at('2026-07-01T12:10:00Z'), noon)).toBe(at('2026-07-01T13:00:00Z'));
    expect(afterQuiet(at('2026-07-01T12:10:00Z'), { ...noon, to: '12:00' })).toBe(at('2026-07-01T12:10:00Z'));
    expect(afterQuiet(5, null)).toBe(5);
  });
});
