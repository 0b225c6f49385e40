import type { ReactNode } from 'react';
import { Mark } from '../mark.tsx';

interface EntranceProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** What stands before the door. */
export function Entrance({ title, children }: EntranceProps) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-5 py-10">
      <div className="flex items-center gap-3">
        <Mark />
        <div>
          <h1 className="text-xl font-bold">{title}</h1>
          <p className="text-muted">Treeline, the relay for trees of agents</p>
        </div>
      </div>
      {children}
    </main>
  );
}
