import { Button } from '../ui/button.tsx';

interface ReloadNoteProps {
  readonly title: string;
  readonly text: string;
}

/** In place of a part that this page will not get any more. */
export function ReloadNote({ title, text }: ReloadNoteProps) {
  return (
    <div role="alert" className="m-4 flex flex-col items-start gap-2 rounded-xl border border-line bg-accent-soft p-4">
      <p className="font-semibold">{title}</p>
      <p>{text} Reload the page; take along what you typed in it and did not send.</p>
      <Button onClick={() => location.reload()}>Reload</Button>
    </div>
  );
}
