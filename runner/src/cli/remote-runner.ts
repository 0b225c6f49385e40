/** Asking a runner elsewhere, through the relay: what several commands share. */
import type { RunnerAnswer, RunnerOrder, RunnerView } from '@treeline/shared';
import { createClient } from '../client/client.ts';
import type { Cli } from './cli.ts';
import { optional } from './flags.ts';
import { runnerIdOf } from './ids.ts';

export const runnerArgument = optional('a runner of the relay, by name or id; default: the one of this machine');

/** One order, with the answer that belongs to it. */
export async function order<K extends RunnerOrder['do']>(
  cli: Cli,
  runner: string,
  asked: RunnerOrder & { do: K },
): Promise<RunnerAnswer & { do: K }> {
  const client = createClient(await cli.relay());
  const id = await runnerIdOf(client, runner);
  return (await client.orderRunner({ params: { id }, body: asked })) as RunnerAnswer & { do: K };
}

export async function viewOf(cli: Cli, runner: string): Promise<RunnerView> {
  const client = await cli.client();
  return client.getRunner({ params: { id: await runnerIdOf(client, runner) } });
}
