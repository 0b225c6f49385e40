import { DEFAULT_PREFERENCES, newId, type DeviceId, type SessionId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '@treeline/test-support/until.ts';
import { recipientIdOf } from '../../domain/notify/recipients.ts';
import type { Pump } from '../pump.ts';
import { ANN, openTestServices, type TestServices, type TestRunner } from '../testing.ts';

const BEN = { ...ANN, name: 'ben', id: newId('person') } as typeof ANN;
const KEYS = { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) };
const MINUTE = 60_000;

let services: TestServices;
let runner: TestRunner;
const pumps: Pump[] = [];

beforeEach(async () => {
  services = await openTestServices();
  runner = await services.runner('pi');
  await runner.hello();
});
afterEach(async () => {
  for (const pump of pumps.splice(0)) await pump.stop();
  await services.close();
});

const failing = (error: unknown) => {
  throw error;
};
const pump = (of: Pick<TestServices, 'startPump'> = services) => void pumps.push(of.startPump(failing));
const subscribe = (by = ANN, name = 'phone', replaces?: DeviceId) =>
  services.notifications.addDevice(by, {
    name,
    address: { endpoint: `https://push.test/${by.name}/${name}`, keys: KEYS },
    replaces,
  });

async function asked(): Promise<{ session: SessionId; triggerId: ReturnType<typeof newId<'trigger'>> }> {
  const { session } = await services.sessions.create(ANN, { prompt: 'work', runnerId: runner.id });
  const triggerId = newId('trigger');
  await runner.fact(session.id, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'which?' } });
  return { session: session.id, triggerId };
}

const types = () => services.sender.pushes.map(({ message }) => message.type);
const untilPushes = (count: number) =>
  until(`${count} pushes are sent`, () => services.sender.pushes.length >= count, {
    otherwise: () => services.sender.pushes,
  });

describe('notifications', () => {
  test('NTF-5 are sent by one relay of two, once, and taken back when somebody answers', async () => {
    await subscribe();
    pump();
    pump(services.another());
    const { triggerId } = await asked();
    await untilPushes(1);
    const [first] = services.sender.pushes;
    expect(first?.message).toMatchObject({ type: 'show', tag: triggerId, waiting: 1, again: false });
    await services.triggers.respond(ANN, triggerId, { response: 'that' });
    await untilPushes(2);
    expect(types()).toEqual(['show', 'withdraw']);
    expect(services.sender.pushes[1]?.message).toMatchObject({ tag: triggerId, why: 'Answered by ann', waiting: 0 });
    await until('nothing is left to do', async () => (await services.store.nextDue()) !== undefined);
    expect(await services.store.list({ ns: ANN.ns, kind: 'notice', limit: 10 })).toEqual([]);
  });

  test('NTF-5 that a dying relay left unsent come again, with the same tag', async () => {
    await subscribe();
    services.sender.answer = { status: 'later', detail: 'down' };
    pump();
    const { triggerId } = await asked();
    await untilPushes(1);
    services.sender.answer = { status: 'accepted' };
    await until('the failure is kept', async () => {
      const { devices } = await services.notifications.get(ANN);
      return devices[0]?.trouble === 'down';
    });
    services.clock.at += MINUTE;
    await untilPushes(2);
    expect(services.sender.pushes.map(({ message }) => message.tag)).toEqual([triggerId, triggerId]);
    await until('the trouble is over', async () => {
      const { devices } = await services.notifications.get(ANN);
      return devices[0]?.trouble === undefined && devices[0]?.lastSentAt !== undefined;
    });
  });

  test('NTF-6 a device whose sign-in was revoked gets nothing more', async () => {
    const keyId = newId('key');
    await subscribe({ ...ANN, keyId } as typeof ANN);
    services.revoked.add(keyId);
    pump();
    await asked();
    await until('the device is gone', async () => (await services.notifications.get(ANN)).devices.length === 0);
    expect(services.sender.pushes).toEqual([]);
    expect((await services.notifications.get(ANN)).gone[0]?.why).toContain('revoked');
  });

  test('NTF-6 a person who was disabled is told nothing more, on a topic neither', async () => {
    for (const who of [ANN, BEN]) {
      await services.notifications.setTopic(who, { url: `https://ntfy.test/${who.name}` });
      const ntfy = { ...DEFAULT_PREFERENCES.ntfy, needs_you: 'now' as const };
      await services.notifications.setPreferences(who, { ...DEFAULT_PREFERENCES, ntfy });
    }
    services.disabled.add(recipientIdOf(ANN));
    pump();
    await asked();
    await until('the other one is told', () => services.sender.topics.length > 0);
    await until('it is told why not', async () => (await services.notifications.get(ANN)).topic?.trouble !== undefined);
    expect(services.sender.topics.map(({ to }) => to.url)).toEqual(['https://ntfy.test/ben']);
  });

  test('NTF-11 a device is heard of by its receipt, and by nothing else', async () => {
    const { device, receipt } = await subscribe();
    await services.notifications.test(ANN, { to: device.id });
    const seen = async () => (await services.notifications.get(ANN)).devices[0];
    expect(await seen()).toMatchObject({ unseenSince: services.clock.at });
    for (const wrong of ['', 'x', `${receipt}x`, receipt.replace(/\..*/, '.'), `${receipt.split('.')[0]}.AAAA`])
      await services.notifications.seen({ device: device.id, receipt: wrong });
    await services.notifications.seen({ device: newId('device'), receipt });
    expect(await seen()).not.toHaveProperty('lastSeenAt');
    services.clock.at += 5;
    await services.notifications.seen({ device: device.id, receipt });
    expect(await seen()).toMatchObject({ lastSeenAt: services.clock.at });
    expect(await seen()).not.toHaveProperty('unseenSince');
  });

  test('each person sees and changes only their own', async () => {
    const { device } = await subscribe();
    await services.notifications.setPreferences(BEN, { ...DEFAULT_PREFERENCES, remindAfterMin: 0 });
    expect((await services.notifications.get(BEN)).devices).toEqual([]);
    expect((await services.notifications.get(ANN)).preferences.remindAfterMin).toBe(10);
    for (const attempt of [
      () => services.notifications.changeDevice(BEN, device.id, { on: false }),
      () => services.notifications.removeDevice(BEN, device.id),
      () => services.notifications.test(BEN, { to: device.id }),
      () => services.notifications.test(BEN, { to: 'ntfy' }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what was kept by name is found by the person’s id, and is theirs alone from the first change on', async () => {
    const { kind: _, ...named } = ANN;
    const former = { ...named, kind: 'key', scopes: [] } as unknown as typeof ANN;
    const { device } = await subscribe(former);
    expect((await services.notifications.get(ANN)).devices).toMatchObject([{ id: device.id }]);
    await services.notifications.setPreferences(ANN, { ...DEFAULT_PREFERENCES, remindAfterMin: 3 });
    const renamed = { ...ANN, name: 'anna' };
    expect(await services.notifications.get(renamed)).toMatchObject({
      devices: [{ id: device.id }],
      preferences: { remindAfterMin: 3 },
    });
    const namesake = { ...ANN, id: newId('person') } as typeof ANN;
    expect((await services.notifications.get(namesake)).devices).toEqual([]);
  });

  test('the number on the badge leaves out what is put off', async () => {
    await subscribe();
    const { triggerId } = await asked();
    await services.triggers.snooze(ANN, triggerId, { until: services.clock.at + MINUTE });
    const { triggerId: other } = await asked();
    pump();
    const shown = await until('the other one is shown', () =>
      services.sender.pushes.find(({ message }) => message.tag === other),
    );
    expect(shown.message.waiting).toBe(1);
  });

  test('a browser that subscribes anew stays the device that it was, with its switch', async () => {
    const { device, receipt } = await subscribe();
    await services.notifications.changeDevice(ANN, device.id, { on: false });
    const again = await subscribe(ANN, 'phone');
    const renewed = await subscribe(ANN, 'new address', device.id);
    for (const one of [again, renewed]) {
      expect(one).toMatchObject({ receipt, device: { id: device.id, on: false } });
    }
    expect((await services.notifications.get(ANN)).devices).toHaveLength(1);
  });

  test('NTF-9 addresses, keys and the token are never shown', async () => {
    await subscribe();
    await services.notifications.setTopic(ANN, { url: 'https://ntfy.test/t', token: 'tk_secret' });
    const shown = await services.notifications.setTopic(ANN, { url: 'https://ntfy.test/t' });
    expect(shown.topic).toEqual({ url: 'https://ntfy.test/t', hasToken: true });
    expect(JSON.stringify(shown)).not.toMatch(/tk_secret|push\.test\/ann|BBBB|receipt/);
    const elsewhere = await services.notifications.setTopic(ANN, { url: 'https://other.test/t' });
    expect(elsewhere.topic?.hasToken).toBe(false);
  });

  test('refuses what cannot work, and says why', async () => {
    const { notifications } = services;
    const quiet = { from: '22:00', to: '07:00', zone: 'Mars/Olympus' };
    await expect(notifications.setPreferences(ANN, { ...DEFAULT_PREFERENCES, quiet })).rejects.toThrow(/time zone/);
    const address = { endpoint: 'http://push.test/x', keys: KEYS };
    await expect(notifications.addDevice(ANN, { name: 'x', address })).rejects.toThrow(/not over https/);
    await expect(notifications.setTopic(ANN, { url: 'https://ntfy.test/' })).rejects.toThrow(/address of a topic/);
  });
});
