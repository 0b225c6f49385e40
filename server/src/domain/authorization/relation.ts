/** What the subject of a session's decision is to that session, as its records say. */
import type { FactRecord } from '@treeline/shared';
import type { SessionRecord } from '../records.ts';
import type { World } from '../world.ts';
import type { Relation } from './row.ts';

export interface Standing {
  readonly relation: Relation | 'stranger';
  /** What is said when that is not enough: the same for what is another's and for what does not exist. */
  readonly otherwise: string;
}

const ITSELF: Standing = { relation: 'self', otherwise: '' };

export function relationTo(world: World, self: SessionRecord, fact: FactRecord): Standing {
  switch (fact.kind) {
    case 'tell': {
      const isChild = world.get('session', fact.sessionId)?.parentId === self.id;
      return {
        relation: isChild ? 'child' : 'stranger',
        otherwise: `${fact.sessionId} is not a child of this session`,
      };
    }
    case 'answer':
    case 'escalate': {
      const isAddressee = world.get('trigger', fact.triggerId)?.parentId === self.id;
      return {
        relation: isAddressee ? 'addressee' : 'stranger',
        otherwise: `No trigger ${fact.triggerId} is addressed to this session`,
      };
    }
    case 'state':
    case 'consumed':
    case 'usage':
    case 'ask':
    case 'withdraw':
    case 'spawn':
    case 'end':
      return ITSELF;
  }
}
