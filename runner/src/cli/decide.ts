/** Deciding a trigger as a person, and following the answer to the agent that asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type TriggerAction, type TriggerId, type TriggerView } from '@treeline/shared';
import type { Client } from '../client/client.ts';
import type { Cli } from './cli.ts';
import type { Look } from './output/output.ts';
import { formatClock } from './time.ts';

/** How long the way of an answer is watched before the command ends; it goes on by itself. */
const FOLLOW_MS = 2500;
const LOOK_MS = 100;

export interface Decision {
  readonly response: string;
  readonly action?: TriggerAction | undefined;
}

/** Answers and prints the receipt; throws what the relay says when somebody else was first. */
export async function decide(cli: Cli, id: TriggerId, decision: Decision): Promise<void> {
  const { out } = cli;
  const client = await cli.client();
  const body = { ...decision, key: newId('request') };
  const answered = await client.respondToTrigger({ params: { id }, body });
  if (out.isJson) return out.json(answered);
  if (out.isQuiet) return out.line(answered.id);
  const followed = await followReceipt(client, answered);
  out.line(`${out.look.symbols.done} ${receiptText(followed, out.look)}`);
}

/** The trigger when its answer has reached the agent, or as it stands after a moment. */
async function followReceipt(client: Client, trigger: TriggerView): Promise<TriggerView> {
  const until = performance.now() + FOLLOW_MS;
  let seen = trigger;
  while (seen.state.state === 'answered' && seen.state.resumedAt === undefined && performance.now() < until) {
    await sleep(LOOK_MS);
    seen = await client.getTrigger({ params: { id: trigger.id } });
  }
  return seen;
}

/** `RS256 → test matrix · accepted 14:02:11 · on kitchen-pi 14:02:11 · resumed 14:02:12` */
export function receiptText(trigger: TriggerView, { symbols }: Look): string {
  const { state } = trigger;
  if (state.state !== 'answered') return `${trigger.title}: ${state.state}`;
  const said = [state.action, state.response].filter((part) => part !== undefined && part !== '').join(': ');
  const [line = ''] = said.split('\n', 1);
  const steps = [
    `accepted ${formatClock(state.at)}`,
    state.onRunnerAt === undefined
      ? `on its way to ${trigger.runnerName ?? 'its runner'}`
      : `on ${trigger.runnerName ?? 'its runner'} ${formatClock(state.onRunnerAt)}`,
    ...(state.resumedAt === undefined ? [] : [`resumed ${formatClock(state.resumedAt)}`]),
  ];
  const short = line.length > 60 ? line.slice(0, 60) + symbols.ellipsis : line;
  return [`${short} ${symbols.arrow} ${trigger.title}`, ...steps].join(` ${symbols.separator} `);
}
