import type { RunnerView } from '@treeline/shared';
import type { ReactNode } from 'react';
import { isOld } from '../../state/world.ts';
import { Empty } from '../../ui/empty.tsx';
import { useWorld } from '../relay-context.ts';

/** What asks the machine itself. What it has said already stays in sight while the relay is away. */
export function WhileOnline({ runner, children }: { readonly runner: RunnerView; readonly children: ReactNode }) {
  const old = useWorld(isOld);
  const { name } = runner.profile;
  if (runner.online) return children;
  if (old) return <Empty title={`${name} was offline`}>Whether it still is shows when the relay is back.</Empty>;
  return <Empty title={`${name} is offline`}>It can only be asked while it is online.</Empty>;
}
