import { ReloadNote } from './reload-note.tsx';

/** The relay has the part no longer, because it was updated since this page was opened. */
export function Outdated() {
  return (
    <ReloadNote
      title="Treeline was updated"
      text="This page is of the version before, and what belongs here comes only with the new one."
    />
  );
}
