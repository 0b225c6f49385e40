/** Who is cut off: each uses one credential on both relays, and knows how it is ended on the near one. */
import type { SessionId } from '@treeline/shared';
import { call } from '../bench/wire/api.ts';
import { keyOfRunner, makeKey, makeKeyOf, makePerson, makeShare, remove } from './credentials.ts';
import { Hand, type Credential } from './hand.ts';
import { RunnerHand } from './runner-hand.ts';
import type { Relays } from './relays.ts';

export interface Victim {
  readonly what: string;
  readonly near: Hand | RunnerHand;
  readonly far: Hand | RunnerHand;
}

/** What ends credentials, and who has them. */
export interface Ending {
  readonly end: () => Promise<unknown>;
  readonly victims: readonly Victim[];
}

export interface Scene {
  readonly relays: Relays;
  /** What everybody looks at. */
  readonly session: SessionId;
}

/** One hand on each relay. */
export async function onBoth({ relays, session }: Scene, credential: Credential): Promise<{ near: Hand; far: Hand }> {
  const near = await Hand.hold({ url: relays.near.url, credential, session });
  return { near, far: await Hand.hold({ url: relays.far.url, credential, session }) };
}

export async function prepareEndings(scene: Scene): Promise<Ending[]> {
  const { near, far } = scene.relays;
  const revoked = await makeKey(near, 'to be revoked');
  const rotated = await makeKey(near, 'to be rotated');
  const share = await makeShare(near, scene.session);
  const person = await makePerson(near, 'disabled@example.org');
  const theirKey = await makeKeyOf(near, person.token);
  const runners = { near: await RunnerHand.hold(near, 'near'), far: await RunnerHand.hold(far, 'far') };
  const runnerKeys = await Promise.all([runners.near, runners.far].map(({ id }) => keyOfRunner(near, id)));
  return [
    {
      victims: [{ what: 'a key is revoked', ...(await onBoth(scene, { key: revoked.secret })) }],
      end: () => remove(near, `/keys/${revoked.key.id}`),
    },
    {
      victims: [{ what: 'a key is rotated at once', ...(await onBoth(scene, { key: rotated.secret })) }],
      end: () => call(near, `/keys/${rotated.key.id}/rotate`, { endNow: true }),
    },
    {
      victims: [{ what: 'a share link is revoked', ...(await onBoth(scene, { key: share.key })) }],
      end: () => remove(near, `/shares/${share.id}`),
    },
    {
      victims: [
        { what: 'a person is disabled', ...(await onBoth(scene, { token: person.token })) },
        { what: 'so is a key of that person', ...(await onBoth(scene, { key: theirKey })) },
      ],
      end: () => call(near, `/people/${person.id}`, { disabled: true }),
    },
    {
      victims: [{ what: 'keys of two runners are revoked', ...runners }],
      end: () => Promise.all(runnerKeys.map((id) => remove(near, `/keys/${id}`))),
    },
  ];
}
