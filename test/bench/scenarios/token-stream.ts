/** Unfinished output of a session to its viewers: coalesced as the real worker does, by its own code. */
import type { SessionUpdate } from '@treeline/shared';
import { DeltaStream } from '../../../runner/src/worker/delta-stream.ts';
import type { RelayServer } from '../servers/process.ts';
import { attach } from '../streams.ts';
import { startSession } from '../wire/api.ts';
import { BenchRunner } from '../wire/runner.ts';

/** Each token is its own number in so many characters, so that merged ones can be counted and told apart. */
export const TOKEN_CHARS = 8;

export function tokenText(number: number): string {
  return String(number).padStart(TOKEN_CHARS);
}

export interface Tokens {
  /** As the worker: at once, or with others soon after. */
  push(number: number): void;
  /** A message of its own. */
  sendNow(number: number): void;
  /** Hears the text of each delta at each viewer. */
  onText(listener: (text: string) => void): void;
  close(): void;
}

export async function openTokens(relay: RelayServer, viewers: number): Promise<Tokens> {
  const runner = await BenchRunner.join(relay);
  const session = await startSession(relay, { runnerId: runner.id });
  const watched = new Promise<void>((resolve) => {
    runner.onWatch = (watch) => watch.on && resolve();
  });
  let hear: (text: string) => void = () => undefined;
  const sockets = await Promise.all(
    Array.from({ length: viewers }, () =>
      attach(relay, session, (json) => {
        const [, payload] = JSON.parse(json) as [string, { updates?: { content: { text: string } }[] }];
        for (const { content } of payload.updates ?? []) hear(content.text);
      }),
    ),
  );
  await watched;
  const after = { epoch: 1, seq: 0 };
  const send = (updates: readonly SessionUpdate[]) => runner.delta({ session, after, updates });
  const stream = new DeltaStream({
    link: {
      watched: true,
      backlog: 0,
      send: (message) => message.type === 'delta' && send(message.updates),
    },
    head: () => after,
  });
  const update = (number: number): SessionUpdate => ({
    sessionUpdate: 'agent_message_chunk',
    messageId: 'm',
    content: { type: 'text', text: tokenText(number) },
  });
  return {
    push: (number) => stream.push(update(number)),
    sendNow: (number) => send([update(number)]),
    onText: (listener) => (hear = listener),
    close() {
      runner.close();
      for (const socket of sockets) socket.close();
    },
  };
}
