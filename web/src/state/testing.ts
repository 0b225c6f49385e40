/** Views for tests: what is not said is as ordinary as can be. */
import type { RunnerView, SessionView, TriggerView } from '@treeline/shared';

const ID = (prefix: string, name: string) => `${prefix}_${name.padStart(26, '0')}` as never;

export function session(
  name: string,
  rest: Partial<Omit<SessionView, 'parentId'>> & { parent?: string } = {},
): SessionView {
  const { parent, ...others } = rest;
  return {
    id: ID('ses', name),
    kind: 'agent',
    title: name,
    agent: 'scripted',
    runnerId: ID('runner', 'r'),
    labels: {},
    parentId: parent === undefined ? null : ID('ses', parent),
    rootId: ID('ses', name),
    depth: 0,
    lifecycle: { state: 'running', since: 1 },
    attempt: 1,
    resumable: false,
    createdAt: 1,
    createdBy: { kind: 'person', name: 'Ada' },
    status: 'working',
    runnerOnline: true,
    openTriggers: [],
    shareUrl: '',
    ...others,
  };
}

export function trigger(name: string, rest: Partial<TriggerView> = {}): TriggerView {
  return {
    id: ID('trg', name),
    type: 'ask_user_question',
    sessionId: ID('ses', 'c'),
    parentId: null,
    rootId: ID('ses', 'c'),
    title: 'c',
    text: 'Which?',
    state: { state: 'escalated', at: 2, by: { kind: 'relay' }, why: 'it is a root' },
    createdAt: 1,
    path: [],
    ...rest,
  };
}

export function runner(name: string): RunnerView {
  return {
    id: ID('runner', name),
    profile: {
      id: ID('runner', name),
      name,
      version: '1',
      platform: 'linux',
      labels: {},
      capacity: 4,
      agents: [],
      defaultAgent: 'scripted',
    },
    presence: { state: 'new' },
    joinedAt: 1,
    online: false,
    sessions: 0,
  };
}
