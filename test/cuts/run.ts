/**
 * Ends credentials while they and others are in use on two relays, and measures when each had its last effect, counted
 * from when its end was asked for. Who was not meant must not notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@treeline/test-support/until.ts';
import { call } from '../bench/wire/api.ts';
import { percentile } from '../fuzz/healthy.ts';
import { makeKey, makePerson } from './credentials.ts';
import { startRelays, type Relays } from './relays.ts';
import { RunnerHand } from './runner-hand.ts';
import { onBoth, prepareEndings, type Ending, type Scene } from './victims.ts';

/** Everybody uses what they have for so long before anything ends. */
const BEFORE_MS = 500;
/** Between ends that do not wait for one another. */
const APART_MS = 500;
/** It is over when nothing worked for so long. */
const QUIET_MS = 1_500;
/** Whoever still acts by then was not cut. */
const GIVE_UP_MS = 60_000;

/** From the request that ends it to the last effect, on the relay that was asked and on the other one. */
export interface Cut {
  readonly what: string;
  readonly nearMs: number;
  readonly farMs: number;
}

export interface Result {
  readonly cuts: readonly Cut[];
  /** Of those who were not meant: how many answers they got, and how long they waited. */
  readonly answers: number;
  readonly p99Ms: number;
  readonly wrong: string[];
}

export async function runCuts(options: { deaf: boolean }): Promise<Result> {
  const relays = await startRelays(options);
  try {
    return await cutThrough(relays, options);
  } finally {
    await relays.stop();
  }
}

async function cutThrough(relays: Relays, { deaf }: { deaf: boolean }): Promise<Result> {
  const runner = await RunnerHand.hold(relays.near, 'undisturbed');
  const scene: Scene = { relays, session: runner.session };
  const key = await makeKey(relays.near, 'undisturbed');
  const others = await onBoth(scene, { key: key.secret });
  const person = await makePerson(relays.near, 'undisturbed@example.org');
  const browser = await onBoth(scene, { token: person.token });
  const wrong: string[] = [];
  const isCalm = (when: string) => {
    for (const [who, hand] of Object.entries({ runner, ...others, browser: browser.near, browserFar: browser.far }))
      if (hand.refused > 0) wrong.push(`${when}, ${who} was refused ${hand.refused} times`);
  };

  const endings = await prepareEndings(scene);
  await sleep(BEFORE_MS);
  const cuts: Cut[] = [];
  // One after the other, so that what is measured is not the work of the other ends; closer together when each takes long.
  if (deaf)
    cuts.push(
      ...(
        await Promise.all(
          endings.map(async (ending, turn) => {
            await sleep(turn * APART_MS);
            return carryOut(ending);
          }),
        )
      ).flat(),
    );
  else for (const ending of endings) cuts.push(...(await carryOut(ending)));
  isCalm('when others were cut');
  // The old key goes on for a while, and what the earlier signing keys have signed counts.
  await call(relays.near, `/keys/${key.key.id}/rotate`, {});
  await call(relays.near, '/relay/rotate-keys', {});
  await sleep(BEFORE_MS);
  isCalm('when keys were rotated in good time');
  const end = () => call(relays.near, '/relay/rotate-keys', { endNow: true });
  cuts.push(...(await carryOut({ end, victims: [{ what: 'signing keys are rotated at once', ...browser }] })));

  const undisturbed = [others.near, others.far];
  if ([runner, ...undisturbed].some(({ refused }) => refused > 0)) wrong.push('somebody was disturbed in the end');
  await Promise.all([runner, ...undisturbed].map((hand) => hand.stop()));
  for (const { frames, gaps } of undisturbed)
    if (frames === 0 || gaps > 0) wrong.push(`of ${frames} frames that others heard, ${gaps} did not follow`);
  const waits = undisturbed.flatMap((hand) => hand.waits);
  return { cuts, answers: waits.length, p99Ms: percentile(waits, 0.99), wrong };
}

/** Throws when somebody is not cut, or was before. */
async function carryOut({ end, victims }: Ending): Promise<Cut[]> {
  const hands = victims.flatMap(({ near, far }) => [near, far]);
  if (hands.some((hand) => hand.refused > 0 || !hand.isConnected || hand.lastEffect === 0))
    throw new Error(`before its end it did not work: ${victims.map(({ what }) => what).join(', ')}`);
  const began = performance.now();
  await end();
  await until(
    `this is over: ${victims.map(({ what }) => what).join(', ')}`,
    () => hands.every((hand) => !hand.isConnected && performance.now() - hand.lastEffect > QUIET_MS),
    { withinMs: GIVE_UP_MS },
  );
  await Promise.all(hands.map((hand) => hand.stop()));
  const after = ({ lastEffect }: { lastEffect: number }) => Math.max(0, lastEffect - began);
  return victims.map(({ what, near, far }) => {
    return { what, nearMs: after(near), farMs: after(far) };
  });
}
