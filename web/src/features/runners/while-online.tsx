import type { RunnerView } from '@treeline/shared';
import type { ReactNode } from 'react';
import { Empty } from '../../ui/empty.tsx';

/** What asks the machine itself. */
export function WhileOnline({ runner, children }: { readonly runner: RunnerView; readonly children: ReactNode }) {
  if (runner.online) return children;
  return <Empty title={`${runner.profile.name} is offline`}>It can only be asked while it is online.</Empty>;
}
