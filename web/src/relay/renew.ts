/** Fetches a fresh cookie when the one that lives ten minutes has run out. Whoever asks meanwhile waits for the same answer. */
import { relayAt } from '../paths.ts';
import { Unreachable } from './problem.ts';

const TIMEOUT_MS = 20_000;

let running: Promise<boolean> | undefined;

/** Whether the sign-in goes on. Rejects with Unreachable when that is not known. */
export function renew(): Promise<boolean> {
  running ??= ask().finally(() => (running = undefined));
  return running;
}

async function ask(): Promise<boolean> {
  let status: number;
  try {
    ({ status } = await fetch(`${relayAt.api}/auth/refresh`, {
      method: 'POST',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }));
  } catch (cause) {
    throw new Unreachable({ cause });
  }
  if (status >= 500) throw new Unreachable({ cause: new Error(`status ${status}`) });
  return status === 200;
}
