/** From an agent's question to a phone, and back: a real relay on each store, a real runner, and a played world outside. */
import { DEFAULT_PREFERENCES } from '@treeline/shared';
import { startPushService, type PushService } from '@treeline/test-support/push-service.ts';
import { onEachStore, useRig } from '@treeline/test-support/rig.ts';
import { startSession, untilAsked } from '@treeline/test-support/sessions.ts';
import { until } from '@treeline/test-support/until.ts';
import { afterAll, expect, test } from 'vitest';

const service: PushService = await startPushService();
afterAll(() => service.close());

onEachStore('notifications', (store) => {
  const it = useRig({ store, relayEnv: { TREELINE_ALLOW_OUTBOUND: service.url } });

  test('NTF-1 NTF-4 a question rings on the phone and in the topic, survives the relay, and is taken back', async () => {
    const { api } = it.rig;
    const phone = service.browser();
    const { device } = await api.addDevice({ body: { name: 'Pixel 8', address: phone.address } });
    await api.setTopic({ body: { url: `${service.url}/alarm-${store}`, token: 'tk_1' } });
    await api.setNotifications({
      body: { ...DEFAULT_PREFERENCES, ntfy: { ...DEFAULT_PREFERENCES.ntfy, needs_you: 'now' } },
    });
    const runner = await it.rig.runner('pi');

    // The push service is down, then the relay dies: what was decided is still sent.
    service.answerWith(503, { 'retry-after': '1' });
    const before = service.requests();
    const session = await startSession(it.rig, {
      runner,
      prompt: [{ ask: { question: 'Ship it?' } }, { finish: 'ok' }],
    });
    const { id } = await untilAsked(it.rig, session, 'Ship it?');
    await until('the first try has failed', async () => (await api.getNotifications()).devices[0]?.trouble);
    expect(service.requests()).toBeGreaterThan(before);
    await it.rig.relay.kill9();
    service.answerWith(201);
    await it.rig.relay.start();

    const seen = await until('the phone rings', () => phone.pushes[0], { withinMs: 90_000 });
    expect(seen.message).toMatchObject({ type: 'show', tag: id, path: `/inbox/${id}`, body: 'It asks: Ship it?' });
    const post = await until(
      'the topic rings',
      () => service.topicPosts.find(({ body }) => body['topic'] === `alarm-${store}`),
      { withinMs: 90_000 },
    );
    expect(post).toMatchObject({ headers: { authorization: 'Bearer tk_1' }, body: { sequence_id: id } });
    expect(post.body['message']).toBe('A question waits for you.');

    const told = await it.rig.cli(['notify', 'test', 'Pixel 8']);
    expect(told.stdout).toMatch(/✓ Pixel 8: 127\.0\.0\.1:\d+ took it in \d+ ms/);
    expect((await it.rig.cli(['notify', 'ls'])).stdout).toMatch(/on .*Pixel 8/);
    await api.seeNotification({ body: { device: device.id, receipt: seen.message.receipt } });
    expect((await api.getNotifications()).devices[0]?.lastSeenAt).toBeGreaterThan(0);

    await api.respondToTrigger({ params: { id }, body: { response: 'yes' } });
    const last = await until('it is withdrawn', () => phone.pushes.find(({ message }) => message.type === 'withdraw'));
    expect(last.message).toMatchObject({ tag: id, waiting: 0 });
    expect(it.rig.relay.log()).not.toMatch(/tk_1|\/push\//);
  });
});
