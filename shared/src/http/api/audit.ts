/** Who did what. */
import { z } from 'zod';
import { SessionId } from '../../ids.ts';
import { AuditLine } from '../../records/audit.ts';
import { endpoint } from '../define.ts';
import { pageAfter, pageSize } from './page.ts';

export const AUDIT_API = {
  listAudit: endpoint({
    method: 'get',
    path: '/audit',
    doc: 'Who did what to what from where, newest first: changes, sign-ins and refusals.',
    query: z.object({
      /** Name or id of whoever did it. */
      person: z.string().min(1).max(200).optional(),
      session: SessionId.optional(),
      action: z.string().min(1).max(64).optional(),
      outcome: AuditLine.shape.outcome.optional(),
      limit: pageSize,
      after: pageAfter,
    }),
    response: z.object({ lines: z.array(AuditLine), next: z.string().optional() }),
  }),
} as const;
