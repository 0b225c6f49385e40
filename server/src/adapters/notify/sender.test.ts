import { newId, type PushMessage } from '@treeline/shared';
import { startPushService, type PushService } from '@treeline/test-support/push-service.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isPublic, outbound } from './outbound.ts';
import { openSender } from './sender.ts';
import { newVapidKeys } from './vapid.ts';

const device = newId('device');
const SHOW: PushMessage = {
  type: 'show',
  tag: newId('trigger'),
  title: 'Release needs you',
  body: 'Which one? Ü😀',
  path: '/inbox/x',
  at: 1,
  again: false,
  answers: ['a', 'b'],
  device,
  receipt: 'r',
  waiting: 2,
};
const NOTE = { tag: 't', title: 'Größe “ok”', body: 'Was nun?', path: '/inbox/t', answers: [] };

let service: PushService;
beforeAll(async () => {
  service = await startPushService();
});
afterAll(() => service.close());
afterEach(() => service.answerWith(201));

const senderFor = (allowed: readonly string[]) =>
  openSender({ vapid: newVapidKeys(), subject: 'mailto:a@b.example', publicUrl: 'https://tl.example', allowed });

describe('a sender', () => {
  test('NTF-9 encrypts a push for its device alone, signed with the relay’s key', async () => {
    const sender = senderFor([service.url]);
    const browser = service.browser();
    expect(await sender.push({ to: browser, message: SHOW })).toEqual({ status: 'accepted' });
    expect(browser.pushes[0]?.message).toEqual(SHOW);
    const headers = browser.pushes[0]?.headers;
    expect(headers).toMatchObject({ urgency: 'high', 'content-encoding': 'aes128gcm', topic: SHOW.tag.slice(4) });
    expect(headers?.authorization).toContain(`k=${sender.publicKey}`);
  });

  test.each([
    [410, 'gone'],
    [404, 'gone'],
    [429, 'later'],
    [503, 'later'],
    [400, 'refused'],
    [403, 'refused'],
    [302, 'refused'],
  ])('takes a %i of a push service for “%s”, without its secret path in the words', async (status, expected) => {
    service.answerWith(status, { 'retry-after': '120', location: 'http://127.0.0.1:9/' });
    const browser = service.browser();
    const result = await senderFor([service.url]).push({ to: browser, message: SHOW });
    expect(result).toMatchObject({ status: expected, ...(expected === 'later' ? { afterMs: 120_000 } : {}) });
    expect(JSON.stringify(result)).not.toContain(new URL(browser.address.endpoint).pathname);
  });

  test('tells keys that are none from a service that is down', async () => {
    const sender = senderFor([service.url, 'http://127.0.0.1:9']);
    const { address } = service.browser();
    const bent = { endpoint: address.endpoint, keys: { ...address.keys, p256dh: `B${'A'.repeat(86)}` } };
    expect((await sender.push({ to: { address: bent }, message: SHOW })).status).toBe('refused');
    const down = { ...address, endpoint: 'http://127.0.0.1:9/x' };
    expect(await sender.push({ to: { address: down }, message: SHOW })).toMatchObject({
      status: 'later',
      detail: '127.0.0.1:9 cannot be reached: ECONNREFUSED',
    });
  });

  test('posts to a topic with its token in the header, and says when it is over', async () => {
    const sender = senderFor([service.url]);
    const to = { url: `${service.url}/my-topic`, token: 'tk_secret' };
    expect(await sender.topic({ to, note: NOTE, tag: 't', why: '' })).toEqual({ status: 'accepted' });
    expect(await sender.topic({ to, note: null, tag: 't', why: 'Answered by ann' })).toEqual({ status: 'accepted' });
    const [first, second] = service.topicPosts.slice(-2);
    expect(first?.headers.authorization).toBe('Bearer tk_secret');
    expect(first?.body).toMatchObject({
      topic: 'my-topic',
      title: NOTE.title,
      message: NOTE.body,
      click: 'https://tl.example/inbox/t',
      sequence_id: 't',
    });
    expect(second?.body).toMatchObject({ title: 'Answered by ann', priority: 1, sequence_id: 't' });
    service.answerWith(403);
    expect(await sender.topic({ to, note: NOTE, tag: 't', why: '' })).toMatchObject({ status: 'refused' });
  });
});

describe('the world outside', () => {
  test('NTF-10 is https and public, unless the operator named the origin', async () => {
    const out = outbound(['http://10.0.0.5:2586']);
    expect(out.refusal('https://fcm.googleapis.com/x')).toBeUndefined();
    expect(out.refusal('http://10.0.0.5:2586/topic')).toBeUndefined();
    for (const address of [
      'http://ntfy.sh/x',
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://[::ffff:10.0.0.1]/x',
      'https://169.254.169.254/latest',
      'https://192.168.1.4/x',
      'https://2130706433/x',
      'https://user:pass@ntfy.sh/x',
    ])
      expect(out.refusal(address), address).toBeDefined();
  });

  test('NTF-10 a name that leads to a private address is not connected to', async () => {
    const before = service.requests();
    const { port } = new URL(service.url);
    const sender = senderFor([]);
    const { address } = service.browser();
    const byName = { ...address, endpoint: `https://localhost:${port}/push` };
    expect(await sender.push({ to: { address: byName }, message: SHOW })).toMatchObject({
      status: 'refused',
      detail: 'localhost leads to a private address',
    });
    expect(service.requests()).toBe(before);
  });

  test.each([
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['fd00::1', false],
    ['fe80::1', false],
    ['::ffff:127.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['0.0.0.0', false],
    ['not an address', false],
  ])('takes %s for public: %s', (address, expected) => {
    expect(isPublic(address)).toBe(expected);
  });
});
