/** What tests of output draw. */
import { newId, type RunnerId, type SessionId, type SessionView } from '@treeline/shared';
import pc from 'picocolors';
import type { Look } from './output.ts';
import { UNICODE } from './symbols.ts';

export const PLAIN: Look = { colors: pc.createColors(false), symbols: UNICODE, width: 100 };

export const RUNNER: RunnerId = newId('runner');

export function sessionView(given: Partial<SessionView> & { id?: SessionId }): SessionView {
  const id = given.id ?? newId('session');
  return {
    kind: 'agent',
    title: 'a session',
    agent: 'scripted',
    runnerId: RUNNER,
    labels: {},
    parentId: null,
    rootId: id,
    depth: 0,
    lifecycle: { state: 'running', since: 0 },
    attempt: 1,
    resumable: true,
    createdAt: 0,
    createdBy: { kind: 'person', name: 'ada' },
    status: 'working',
    runnerOnline: true,
    openTriggers: [],
    shareUrl: 'http://relay/s/x',
    ...given,
    id,
  };
}
