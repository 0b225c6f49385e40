/** A client as any, in a process of its own: what others do to the relay shows in how long it waits. */
import { LightSocket } from '../bench/wire/light-socket.ts';

const EVERY_MS = 25;

/** Asks until its parent goes or says stop, then prints all that it waited, ms. */
export async function beHealthy(url: string, key: string): Promise<void> {
  const socket = await LightSocket.connect(url, '/viewer', { key });
  const waits: number[] = [];
  let failed = 0;
  socket.onClose = () => (failed += 1);
  const timer = setInterval(() => {
    const began = performance.now();
    socket.request('overview', {}).then(
      () => waits.push(performance.now() - began),
      () => (failed += 1),
    );
  }, EVERY_MS);
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  clearInterval(timer);
  process.stdout.write(`${JSON.stringify({ waits, failed } satisfies Health)}\n`, () => process.exit(0));
}

export interface Health {
  readonly waits: readonly number[];
  /** Requests without an answer, and lost connections. */
  readonly failed: number;
}

export function percentile(of: readonly number[], share: number): number {
  const sorted = of.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
