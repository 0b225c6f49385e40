/** Machines. */
import { z } from 'zod';
import { RunnerProfile, RunnerView } from '../../records/runner.ts';
import { RunnerId, SessionId } from '../../ids.ts';
import { RunnerAnswer, RunnerOrder } from '../../records/runner-order.ts';
import { endpoint } from '../define.ts';

export const RUNNERS_API = {
  listRunners: endpoint({
    method: 'get',
    path: '/runners',
    doc: 'Every runner of this namespace.',
    response: z.object({ runners: z.array(RunnerView) }),
  }),
  joinRunner: endpoint({
    method: 'post',
    path: '/runners/join',
    doc: 'Trades a join token (as the bearer) for the runner’s own key. The token works once.',
    body: z.object({ runner: RunnerProfile }),
    response: z.object({ runner: RunnerView, key: z.string(), publicUrl: z.string() }),
    status: 201,
  }),
  getRunner: endpoint({
    method: 'get',
    path: '/runners/:id',
    doc: 'One runner: what it offers, whether it is there, how it is.',
    params: z.object({ id: RunnerId }),
    response: RunnerView,
  }),
  orderRunner: endpoint({
    method: 'post',
    path: '/runners/:id/orders',
    doc: 'Asks an online runner to pause, resume, drain or rename itself, to examine itself (doctor), or for its log (logs; again with `after` for what came since). Its own rules are final. `no_runner` when it is offline or does not answer.',
    params: z.object({ id: RunnerId }),
    body: RunnerOrder,
    response: RunnerAnswer,
  }),
  removeRunner: endpoint({
    method: 'delete',
    path: '/runners/:id',
    doc: 'Gives a machine up: its key works no longer, it goes from the list, and its live sessions are lost. It may join again.',
    params: z.object({ id: RunnerId }),
    response: z.object({ removed: RunnerId, lost: z.array(SessionId) }),
  }),
} as const;
