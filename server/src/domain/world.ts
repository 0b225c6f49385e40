/**
 * What a decision may look at. A decision is a pure function that runs over records already loaded; when it asks for one
 * that is not, it stops with Missing, the service loads that and runs it again from the start. So a rule reads what it needs
 * where it needs it, and everything it read is checked for change when its outcome is committed.
 */
import type { RunnerId, SessionId } from '@treeline/shared';
import type { ListedKind, RecordId, RecordKind, RecordTypes } from './records.ts';

export type Need =
  | { readonly need: 'record'; readonly kind: RecordKind; readonly id: string }
  | {
      readonly need: 'list';
      readonly kind: ListedKind;
      readonly index: string;
      readonly value: string;
    }
  | { readonly need: 'count'; readonly runnerId: RunnerId };

/** Thrown to stop a decision. No Error: nobody ever sees one, and the stack of an Error costs more than the decision. */
export class Missing {
  readonly need: Need;

  constructor(need: Need) {
    this.need = need;
  }
}

export function missing(need: Need): never {
  // oxlint-disable-next-line typescript/only-throw-error -- see Missing
  throw new Missing(need);
}

export interface World {
  /** The record, or undefined when there is none. Throws Missing. */
  get<K extends RecordKind>(kind: K, id: RecordId[K]): RecordTypes[K] | undefined;
  /** Ids of the records under an index. Throws Missing. */
  list<K extends ListedKind>(kind: K, index: string, value: string): readonly RecordId[K][];
  /** Sessions on a runner that are not over. Throws Missing. */
  liveOn(runnerId: RunnerId): number;
}

export const ALL = '*';

export function childrenOf(world: World, parent: SessionId): readonly SessionId[] {
  return world.list('session', 'parent', parent);
}
