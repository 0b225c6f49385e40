/** Services over a real embedded store, with a clock that tests move and a runner that speaks for itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FactRecord,
  type Frame,
  type FrameAck,
  newId,
  type RunnerId,
  type RunnerProfile,
  type SessionId,
} from '@treeline/shared';
import { openSqliteFromSources } from '../adapters/sqlite/from-sources.ts';
import type { Principal } from '../domain/principal.ts';
import { RULES } from '../domain/testing.ts';
import { localHints } from '../adapters/hints/local.ts';
import type { Hint } from '../ports/hints.ts';
import type { Store } from '../ports/store.ts';
import { createServices } from './create.ts';
import { TestSender } from './notify/testing.ts';
import type { Link, RunnerService } from './services.ts';

type HelloPayload = Parameters<RunnerService['hello']>[1];

const NS = 'home';
export const ANN: Principal = {
  kind: 'person',
  ns: NS,
  name: 'ann',
  id: newId('person'),
  role: 'owner',
  keyId: newId('key'),
};

export async function openTestServices() {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-services-'));
  const store: Store = await openSqliteFromSources(join(folder, 'relay.db'));
  const clock = { at: Date.now(), now: () => clock.at };
  const hints: Hint[] = [];
  const sender = new TestSender();
  const revoked = new Set<string>();
  const disabled = new Set<string>();
  const config = {
    relayId: newId('relay'),
    publicUrl: () => 'http://relay.test',
    rules: RULES,
    presence: { offlineAfterMs: 25_000, flapGraceMs: 5000 },
    heartbeatMs: 10_000,
    storeBornAt: clock.at,
  };
  const another = () =>
    createServices({
      store,
      clock,
      config,
      sender,
      isRevoked: async (keyId) => revoked.has(keyId),
      isDisabled: async (id) => disabled.has(id),
      hints: { ...localHints(() => undefined), emit: (hint) => hints.push(hint) },
    });
  const services = another();
  return {
    ...services,
    /** The services of a second relay on the same store. */
    another,
    store,
    clock,
    hints,
    sender,
    /** Sign-ins that count as revoked. */
    revoked,
    /** People who may no longer sign in. */
    disabled,
    /** With the profile of another one: a second daemon of that runner. */
    runner: (name: string, of?: RunnerProfile) => joinTestRunner(services, of ?? profileOf(name)),
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
export type TestServices = Awaited<ReturnType<typeof openTestServices>>;

/** A runner as the relay sees it: it says hello and sends frames with the right sequences. */
async function joinTestRunner(services: ReturnType<typeof createServices>, profile: RunnerProfile) {
  await services.runners.join(NS, profile);
  return new TestRunner(services, profile);
}

function profileOf(name: string): RunnerProfile {
  return {
    id: newId('runner'),
    name,
    version: '1.0.0',
    platform: 'linux-arm64',
    labels: {},
    capacity: 8,
    defaultAgent: 'scripted',
    agents: [
      { name: 'scripted', kind: 'scripted' },
      { name: 'command', kind: 'command' },
    ],
  };
}

type NewFact = FactRecord extends infer F ? (F extends FactRecord ? Omit<F, 'id' | 'at'> : never) : never;

export class TestRunner {
  readonly id: RunnerId;
  readonly profile: RunnerProfile;
  link: Link | undefined;
  readonly #services: ReturnType<typeof createServices>;
  readonly #next = new Map<SessionId, number>();

  constructor(services: ReturnType<typeof createServices>, profile: RunnerProfile) {
    this.#services = services;
    this.profile = profile;
    this.id = profile.id;
  }

  async hello(options: Partial<Pick<HelloPayload, 'generation' | 'instance' | 'sessions' | 'claims'>> = {}) {
    const welcome = await this.#hello({ generation: 1, instance: 'one', sessions: [], ...options });
    this.link = { ns: NS, runnerId: this.id, fence: welcome.fence };
    return welcome;
  }

  #hello(options: Pick<HelloPayload, 'generation' | 'instance' | 'sessions' | 'claims'>) {
    const by = { kind: 'runner', ns: NS, name: this.profile.name, keyId: newId('key'), runnerId: this.id } as const;
    return this.#services.runners.hello(by, { protocol: { min: 1, max: 1 }, runner: this.profile, ...options });
  }

  get open(): Link {
    if (this.link === undefined) throw new Error('no hello yet');
    return this.link;
  }

  factFrame(session: SessionId, fact: NewFact): Frame {
    return this.#frame(session, 'fact', [{ ...fact, id: newId('record'), at: 1 }]);
  }

  eventFrame(session: SessionId, texts: readonly string[]): Frame {
    const records = texts.map((text) => ({ id: newId('record'), at: 1, kind: 'notice', level: 'info', text }));
    return this.#frame(session, 'events', records);
  }

  #frame(session: SessionId, kind: Frame['kind'], records: readonly unknown[]): Frame {
    const first = this.#next.get(session) ?? 1;
    this.#next.set(session, first + records.length);
    return { id: newId('frame'), session, epoch: 1, first, count: records.length, kind, body: JSON.stringify(records) };
  }

  async send(...frames: Frame[]): Promise<FrameAck> {
    const [ack] = await this.#services.logs.intake(this.open, frames);
    if (ack === undefined) throw new Error('no ack');
    return ack;
  }

  fact(session: SessionId, fact: NewFact): Promise<FrameAck> {
    return this.send(this.factFrame(session, fact));
  }
}
