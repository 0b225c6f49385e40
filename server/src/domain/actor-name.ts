/** An actor as sentences name it. */
import type { Actor } from '@treeline/shared';

export function nameOf(actor: Actor): string {
  if (actor.kind === 'person') return actor.name;
  return actor.kind === 'session' ? `Session ${actor.id}` : 'The relay';
}
