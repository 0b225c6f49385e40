/** What the agent said last in a turn, whole: the summary of a session that completes with it. */
import { LIMITS, type SessionUpdate } from '@treeline/shared';
import { boundedBytes } from './bounded.ts';
import { textOf } from './delta-stream.ts';

export class LastMessage {
  #text = '';
  #goesOn = false;

  startTurn(): void {
    this.#text = '';
    this.#goesOn = false;
  }

  update(update: SessionUpdate): void {
    const text = update.sessionUpdate === 'agent_message_chunk' ? textOf(update) : undefined;
    if (text === undefined) {
      // Usage and the like come in the middle of a message; thoughts and tools end it.
      if (/^(agent_thought_chunk|tool_call|tool_call_update|plan)$/.test(update.sessionUpdate)) this.#goesOn = false;
      return;
    }
    if (!this.#goesOn) this.#text = '';
    this.#goesOn = true;
    if (this.#text.length <= LIMITS.summaryBytes) this.#text += text;
  }

  get summary(): string {
    return boundedBytes(this.#text.trim(), LIMITS.summaryBytes);
  }
}
