import { ReloadNote } from './reload-note.tsx';

/** The relay has the part; the browser keeps to it that it could not be fetched. */
export function Unfetched() {
  return (
    <ReloadNote
      title="A part of this page is missing"
      text="It could not be fetched when it was first wanted, and the browser does not ask for it again."
    />
  );
}
