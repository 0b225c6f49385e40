import { useSearch } from 'wouter';
import { Spawn } from '../features/spawn/spawn.tsx';

interface SpawnScreenProps {
  readonly go: (path: string) => void;
  readonly onClose: () => void;
}

/** The sheet, filled in as the address says. */
export function SpawnScreen({ go, onClose }: SpawnScreenProps) {
  const search = new URLSearchParams(useSearch());
  const said = (name: string) => search.get(name) ?? undefined;
  const wish = {
    parent: said('parent'),
    again: said('again'),
    runner: said('runner'),
    agent: said('agent'),
    cwd: said('cwd'),
    prompt: said('prompt'),
  };
  return <Spawn wish={wish} go={go} onClose={onClose} />;
}
