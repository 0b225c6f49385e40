/** Changing what is kept of a person who wants to be told. */
import {
  DEFAULT_PREFERENCES,
  TreelineError,
  type DeviceId,
  type DeviceView,
  type NotificationsView,
} from '@treeline/shared';
import type { Draft } from '../draft.ts';
import type { Principal } from '../principal.ts';
import type { World } from '../world.ts';
import type { Device, RecipientRecord, Topic } from './records.ts';

const MAX_DEVICES = 20;
const GONE_SHOWN = 5;

/** Whose wishes they are: a person's, whatever their name is then; a key of the relay's own machine is nobody's and goes by its name. */
export function recipientIdOf(by: Principal): string {
  const person = by.kind === 'person' ? by.id : by.kind === 'key' ? by.personId : undefined;
  return person ?? by.name;
}

/** As it begins: the defaults, and nowhere to send to. */
export function newRecipient(id: string): RecipientRecord {
  return { id, preferences: DEFAULT_PREFERENCES, devices: [], topic: null, gone: [] };
}

export function recipientOf(world: World, id: string): RecipientRecord {
  return world.get('recipient', id) ?? newRecipient(id);
}

export function patchRecipient(draft: Draft, recipient: string, part: Partial<RecipientRecord>): RecipientRecord {
  const next = { ...recipientOf(draft, recipient), ...part };
  draft.put('recipient', recipient, next);
  return next;
}

/** What was kept under a person's name, before it was kept under their id, is theirs from now on. */
export function adoptRecipient(draft: Draft, id: string, name: string): void {
  const former = id === name ? undefined : draft.get('recipient', name);
  if (former === undefined || draft.get('recipient', id) !== undefined) return;
  draft.put('recipient', id, { ...former, id });
  draft.remove('recipient', name);
}

export type NewDevice = Pick<Device, 'id' | 'name' | 'address' | 'receipt' | 'keyId'>;

/**
 * Adds a browser. One with the same address, or the one that it replaces, is the same device: it keeps its id, its switch
 * and its receipt. Throws conflict beyond 20.
 */
export function addDevice(draft: Draft, name: string, fresh: NewDevice, replaces: DeviceId | undefined): Device {
  const { devices } = recipientOf(draft, name);
  const known =
    devices.find(({ address }) => address.endpoint === fresh.address.endpoint) ??
    devices.find(({ id }) => id === replaces);
  if (known === undefined && devices.length >= MAX_DEVICES)
    throw new TreelineError('conflict', `There are ${MAX_DEVICES} devices already; remove one that is no longer used`);
  const device: Device =
    known === undefined
      ? { ...fresh, on: true, createdAt: draft.now }
      : { ...known, name: fresh.name, address: fresh.address, keyId: fresh.keyId, trouble: undefined };
  patchRecipient(draft, name, { devices: [...devices.filter(({ id }) => id !== device.id), device] });
  return device;
}

/** Nothing happens when there is no such device. */
export function changeDevice(draft: Draft, name: string, id: DeviceId, change: (device: Device) => Device): void {
  const recipient = draft.get('recipient', name);
  if (recipient?.devices.some((device) => device.id === id) !== true) return;
  patchRecipient(draft, name, {
    devices: recipient.devices.map((device) => (device.id === id ? change(device) : device)),
  });
}

/** With `why`, the person is told that it is no longer there. */
export function dropDevice(draft: Draft, name: string, id: DeviceId, why: string | undefined): void {
  const recipient = draft.get('recipient', name);
  const device = recipient?.devices.find((one) => one.id === id);
  if (recipient === undefined || device === undefined) return;
  const told = why === undefined ? [] : [{ name: device.name, at: draft.now, why }];
  patchRecipient(draft, name, {
    devices: recipient.devices.filter((one) => one.id !== id),
    gone: [...told, ...recipient.gone].slice(0, GONE_SHOWN),
  });
}

export function changeTopic(draft: Draft, name: string, change: (topic: Topic) => Topic): void {
  const recipient = draft.get('recipient', name);
  const topic = recipient?.topic ?? null;
  if (topic !== null) patchRecipient(draft, name, { topic: change(topic) });
}

export function mustHaveDevice(world: World, name: string, id: DeviceId): Device {
  const device = recipientOf(world, name).devices.find((one) => one.id === id);
  if (device === undefined) throw new TreelineError('not_found', `There is no device ${id}`);
  return device;
}

/** Without addresses, keys, receipts and the token. */
export function recipientView(recipient: RecipientRecord, publicKey: string): NotificationsView {
  const { preferences, devices, topic, gone } = recipient;
  return {
    publicKey,
    preferences,
    devices: devices.map(deviceView),
    topic: topic === null ? null : topicView(topic),
    gone: [...gone],
  };
}

export function deviceView({ address, receipt: _receipt, keyId: _keyId, ...shown }: Device): DeviceView {
  return { ...shown, service: new URL(address.endpoint).host };
}

function topicView({ token, ...shown }: Topic) {
  return { ...shown, hasToken: token !== undefined };
}
