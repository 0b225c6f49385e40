/** A notification by which somebody sees that notifications work. */
import type { Note } from '../../domain/notify/compose.ts';
import type { Device, Topic } from '../../domain/notify/records.ts';
import type { SendResult } from '../../domain/notify/sending.ts';
import type { Context } from '../context.ts';
import { waitingForPeople } from './waiting.ts';

const NOTE: Note = {
  tag: 'test',
  title: 'Treeline can reach you here',
  body: 'This is a test. Nothing needs you because of it.',
  path: '/settings/notifications',
  answers: [],
};

export async function sendTest(
  context: Context,
  { ns, device, topic }: { ns: string; device: Device | undefined; topic: Topic | null },
): Promise<SendResult> {
  const { sender, store, clock } = context;
  if (device !== undefined) {
    const waiting = await waitingForPeople(store, ns);
    const { id, receipt } = device;
    const message = { ...NOTE, type: 'show', at: clock.now(), again: true, answers: [], device: id, receipt, waiting };
    return sender.push({ to: device, message: message as Parameters<typeof sender.push>[0]['message'] });
  }
  if (topic === null) return { status: 'refused', detail: 'No ntfy topic is set' };
  return sender.topic({ to: topic, note: NOTE, tag: NOTE.tag, why: '' });
}
