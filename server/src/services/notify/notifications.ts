/** What people say about how they want to be told, and their devices. */
import { newId, TreelineError, type DeviceId, type NotifyPreferences } from '@treeline/shared';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  addDevice,
  adoptRecipient,
  changeDevice,
  deviceView,
  dropDevice,
  mustHaveDevice,
  newRecipient,
  patchRecipient,
  recipientIdOf,
  recipientOf,
  recipientView,
} from '../../domain/notify/recipients.ts';
import type { Draft } from '../../domain/draft.ts';
import { noteSent } from '../../domain/notify/sending.ts';
import { isZone } from '../../domain/notify/quiet.ts';
import type { Device, RecipientRecord } from '../../domain/notify/records.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Context } from '../context.ts';
import type { NotificationService } from '../services.ts';
import { sendTest } from './test-notice.ts';

export class Notifications implements NotificationService {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async get(by: Principal) {
    return this.#view(await this.#load(by));
  }

  async setPreferences(by: Principal, preferences: NotifyPreferences) {
    const zone = preferences.quiet?.zone;
    if (zone !== undefined && !isZone(zone))
      throw new TreelineError('bad_request', `There is no time zone "${zone}"; they are named like Europe/Berlin`);
    return this.#view(await this.#run(by, (draft) => patchRecipient(draft, recipientIdOf(by), { preferences })));
  }

  async addDevice(by: Principal, { name, address, replaces }: Parameters<NotificationService['addDevice']>[1]) {
    this.#mustBeReachable(address.endpoint);
    const fresh = {
      id: newId('device', this.#context.clock.now()),
      name,
      address,
      receipt: newReceipt(by.ns),
      keyId: by.kind === 'person' ? by.keyId : undefined,
    };
    const device = await this.#run(by, (draft) => addDevice(draft, recipientIdOf(by), fresh, replaces));
    return { device: deviceView(device), receipt: device.receipt };
  }

  async changeDevice(by: Principal, id: DeviceId, change: Parameters<NotificationService['changeDevice']>[2]) {
    const { name, on } = change;
    const changed = await this.#run(by, (draft) => {
      mustHaveDevice(draft, recipientIdOf(by), id);
      changeDevice(draft, recipientIdOf(by), id, (device) => ({
        ...device,
        ...(name === undefined ? {} : { name }),
        ...(on === undefined ? {} : { on }),
      }));
      return mustHaveDevice(draft, recipientIdOf(by), id);
    });
    return deviceView(changed);
  }

  async removeDevice(by: Principal, id: DeviceId): Promise<void> {
    await this.#run(by, (draft) => {
      mustHaveDevice(draft, recipientIdOf(by), id);
      dropDevice(draft, recipientIdOf(by), id, undefined);
    });
  }

  async setTopic(by: Principal, { url, token }: Parameters<NotificationService['setTopic']>[1]) {
    this.#mustBeReachable(url);
    if (new URL(url).pathname.split('/').filter(Boolean).length !== 1)
      throw new TreelineError(
        'bad_request',
        'The address of a topic is like https://ntfy.sh/a-name-that-nobody-guesses',
      );
    const kept = await this.#run(by, (draft) => {
      const { topic } = recipientOf(draft, recipientIdOf(by));
      const same = topic?.url === url ? topic.token : undefined;
      return patchRecipient(draft, recipientIdOf(by), { topic: { url, token: token ?? same } });
    });
    return this.#view(kept);
  }

  async removeTopic(by: Principal) {
    return this.#view(await this.#run(by, (draft) => patchRecipient(draft, recipientIdOf(by), { topic: null })));
  }

  async test(by: Principal, { to }: Parameters<NotificationService['test']>[1]) {
    const { clock } = this.#context;
    const recipient = await this.#load(by);
    const device = to === 'ntfy' ? undefined : recipient.devices.find(({ id }) => id === to);
    if (to !== 'ntfy' && device === undefined) throw new TreelineError('not_found', `There is no device ${to}`);
    if (to === 'ntfy' && recipient.topic === null) throw new TreelineError('not_found', 'No ntfy topic is set');
    const started = clock.now();
    const result = await sendTest(this.#context, { ns: by.ns, device, topic: recipient.topic });
    if (device !== undefined) {
      await this.#run(by, (draft) =>
        noteSent(draft, { recipient: recipientIdOf(by), device: device.id, result, awaited: true }),
      );
    }
    const accepted = result.status === 'accepted';
    const where = device === undefined ? new URL(recipient.topic?.url ?? '').host : deviceView(device).service;
    return {
      accepted,
      detail: accepted ? `${where} took it` : result.detail,
      tookMs: Math.max(0, clock.now() - started),
    };
  }

  async seen({ device: id, receipt }: Parameters<NotificationService['seen']>[0]): Promise<void> {
    const ns = namespaceOf(receipt);
    if (ns === undefined) return;
    const page = { ns, kind: 'recipient', index: 'device', value: id, limit: 1 } as const;
    const [found] = await this.#context.store.list<RecipientRecord>(page);
    const device = found?.value.devices.find((one) => one.id === id);
    if (found === undefined || device === undefined || !sameText(device.receipt, receipt)) return;
    await this.#context.transact.run({ ns, preload: [{ kind: 'recipient', id: found.id }] }, (draft) =>
      changeDevice(draft, found.id, id, (known): Device => {
        const { unseenSince: _, ...rest } = known;
        return { ...rest, lastSeenAt: draft.now };
      }),
    );
  }

  #run<T>(by: Principal, decide: (draft: Draft) => T): Promise<T> {
    const id = recipientIdOf(by);
    const preload = [...new Set([id, by.name])].map((one) => ({ kind: 'recipient' as const, id: one }));
    return this.#context.transact.run({ ns: by.ns, preload }, (draft) => {
      adoptRecipient(draft, id, by.name);
      return decide(draft);
    });
  }

  /** Under the person's name stands what was kept before it was kept by id. */
  async #load(by: Principal): Promise<RecipientRecord> {
    const id = recipientIdOf(by);
    for (const one of new Set([id, by.name])) {
      const stored = await this.#context.store.get<RecipientRecord>(by.ns, { kind: 'recipient', id: one });
      if (stored !== undefined) return stored.value;
    }
    return newRecipient(id);
  }

  #view(recipient: RecipientRecord) {
    return recipientView(recipient, this.#context.sender.publicKey);
  }

  #mustBeReachable(address: string): void {
    const refusal = this.#context.sender.refusal(address);
    if (refusal !== undefined) throw new TreelineError('bad_request', refusal);
  }
}

const RECEIPT_BYTES = 18;

/** Names the namespace in which the device is looked for, since whoever shows it has no other credential. */
function newReceipt(ns: string): string {
  return `${Buffer.from(ns).toString('base64url')}.${randomBytes(RECEIPT_BYTES).toString('base64url')}`;
}

function namespaceOf(receipt: string): string | undefined {
  const [ns = ''] = receipt.split('.');
  return Buffer.from(ns, 'base64url').toString() || undefined;
}

/** Takes the same time wherever they differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
