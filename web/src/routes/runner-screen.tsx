import type { RunnerId } from '@treeline/shared';
import { useSearch } from 'wouter';
import type { RunnerTab } from '../paths.ts';
import { part } from '../features/lazy-part.ts';

const Runner = part(
  () => import('../features/runners/runner.tsx'),
  (it) => it.Runner,
);

const TABS: readonly RunnerTab[] = ['overview', 'sessions', 'log', 'doctor'];

interface RunnerScreenProps {
  readonly id: RunnerId;
  readonly go: (path: string) => void;
}

/** One machine, with the part of it that the address names. */
export function RunnerScreen({ id, go }: RunnerScreenProps) {
  const tab = new URLSearchParams(useSearch()).get('tab');
  return <Runner key={id} id={id} tab={TABS.find((it) => it === tab) ?? 'overview'} go={go} />;
}
