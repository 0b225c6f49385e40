import type { RunnerView } from '@treeline/shared';
import { Ago } from '../ago.tsx';

/** Another daemon has its identity. */
export function CopyWarning({ copy }: { readonly copy: RunnerView['copy'] }) {
  if (copy === undefined) return null;
  return (
    <p role="status" className="text-[0.875rem] text-bad">
      <span aria-hidden="true">✕ </span>
      Another daemon has this runner’s identity, and was refused {copy.times === 1 ? 'once' : `${copy.times} times`},
      last <Ago at={copy.last} />. Stop one of the two; where the folder was copied to, remove it and join that machine
      by itself.
    </p>
  );
}
