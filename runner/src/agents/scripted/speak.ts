/** One whole message or thought, streamed and stored as every agent's. */
import { newId } from '@treeline/shared';
import type { AgentListener } from '../agent.ts';
import { ChunkJoiner, textChunk } from '../chunk-joiner.ts';

export function speak(
  listener: AgentListener,
  kind: 'agent_message_chunk' | 'agent_thought_chunk',
  text: string,
): void {
  const joiner = new ChunkJoiner(listener);
  joiner.push({ ...textChunk(kind, text), messageId: newId('message') });
  joiner.flush();
}
