/** What waits for an answer. */
import { z } from 'zod';
import { SessionId, TriggerId } from '../../ids.ts';
import { TriggerView } from '../../records/trigger.ts';
import { Instant, RequestKey, Text, TriggerAction } from '../../vocabulary.ts';
import { endpoint } from '../define.ts';
import { pageAfter, pageSize } from './page.ts';

const params = z.object({ id: TriggerId });

export const TRIGGERS_API = {
  listTriggers: endpoint({
    method: 'get',
    path: '/triggers',
    doc: 'Triggers, oldest first.',
    query: z.object({
      state: z.enum(['open', 'escalated', 'closed', 'all']).default('open'),
      session: SessionId.optional(),
      root: SessionId.optional(),
      limit: pageSize,
      after: pageAfter,
    }),
    response: z.object({ triggers: z.array(TriggerView), next: z.string().optional() }),
  }),
  getTrigger: endpoint({
    method: 'get',
    path: '/triggers/:id',
    doc: 'One trigger.',
    params,
    response: TriggerView,
  }),
  respondToTrigger: endpoint({
    method: 'post',
    path: '/triggers/:id/respond',
    doc: 'A person answers, also while it is still with the parent. The first answer counts; the same key gets the same reply.',
    params,
    body: z.object({ key: RequestKey.optional(), response: Text, action: TriggerAction.optional() }),
    response: TriggerView,
  }),
  escalateTrigger: endpoint({
    method: 'post',
    path: '/triggers/:id/escalate',
    doc: 'Takes a trigger from the parent to people.',
    params,
    body: z.object({ key: RequestKey.optional(), context: Text.optional() }),
    response: TriggerView,
  }),
  snoozeTrigger: endpoint({
    method: 'post',
    path: '/triggers/:id/snooze',
    doc: 'Puts an open trigger that is with people off until a time, for everybody; `until: null` brings it back now. It stays open.',
    params,
    body: z.object({ until: Instant.nullable() }),
    response: TriggerView,
  }),
} as const;
