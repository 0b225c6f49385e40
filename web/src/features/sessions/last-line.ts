/** One line about a session beyond its state: why it waits, or how it ended. */
import type { SessionView } from '@treeline/shared';
import { inline } from '../../state/plain-text.ts';

export function lastLine({ waiting, lifecycle }: SessionView): string | undefined {
  if (waiting !== undefined) return waiting;
  if (lifecycle.state !== 'ended') return undefined;
  return firstLine(lifecycle.summary) ?? firstLine(lifecycle.detail);
}

function firstLine(text: string | undefined): string | undefined {
  const line = text?.split('\n').find((one) => one.trim() !== '');
  return line === undefined ? undefined : inline(line);
}
