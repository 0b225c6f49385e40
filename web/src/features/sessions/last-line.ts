/** One line about a session beyond its state: why it waits, or how it ended. */
import type { SessionView } from '@treeline/shared';

export function lastLine({ waiting, lifecycle }: SessionView): string | undefined {
  if (waiting !== undefined) return waiting;
  if (lifecycle.state !== 'ended') return undefined;
  return firstLine(lifecycle.summary) ?? firstLine(lifecycle.detail);
}

function firstLine(text: string | undefined): string | undefined {
  return text?.split('\n').find((line) => line.trim() !== '');
}
