/** Machines. */
import { z } from 'zod';
import { RunnerProfile, RunnerView } from '../../records/runner.ts';
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
} as const;
