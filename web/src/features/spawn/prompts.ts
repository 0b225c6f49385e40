/** What the sessions started from this browser were told, so that one that failed can be started again. The latest few. */
import { fields, stringOf } from '../../state/records.ts';
import { remember, remembered } from '../remembered.ts';

const KEY = 'treeline.prompts';
const MOST = 20;

export function rememberPrompt(sessionId: string, prompt: string): void {
  const kept = Object.entries(all()).filter(([id]) => id !== sessionId);
  remember(KEY, JSON.stringify(Object.fromEntries([...kept, [sessionId, prompt]].slice(-MOST))));
}

export function rememberedPrompt(sessionId: string): string | undefined {
  return stringOf(all()[sessionId]);
}

function all(): Readonly<Record<string, unknown>> {
  try {
    return fields(JSON.parse(remembered(KEY) ?? '{}')) ?? {};
  } catch {
    return {}; // Somebody else wrote there.
  }
}
