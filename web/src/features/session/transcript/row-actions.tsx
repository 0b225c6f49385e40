import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { paths } from '../../../paths.ts';
import { rowText } from '../../../state/row-text.ts';
import type { Row } from '../../../state/rows.ts';
import { classes } from '../../../ui/classes.ts';
import { copyText } from '../../../ui/copy-text.ts';
import { Menu } from '../../../ui/menu.tsx';
import { useShared } from '../../relay-context.ts';
import { RawDialog } from './raw-dialog.tsx';

interface RowActionsProps {
  readonly sessionId: string;
  readonly row: Row;
  /** Also without a pointer over it. */
  readonly shown: boolean;
}

/** What can be done with one row: take its text, its address, or the entry of the log as it is. */
export function RowActions({ sessionId, row, shown }: RowActionsProps) {
  const [raw, setRaw] = useState(false);
  const shared = useShared();
  const [told, setTold] = useState('');
  const copy = (what: string, text: string) =>
    void copyText(text).then((done) => setTold(done ? `${what} copied` : 'The browser does not let the page copy'));
  const link = new URL(paths.entry(sessionId, row.key), location.href).href;
  return (
    <div className="absolute -top-1 right-0 flex items-center lg:right-auto lg:left-full">
      <Menu
        label="What to do with this entry"
        icon={<Ellipsis aria-hidden="true" size={18} />}
        items={[
          { text: 'Copy text', onChoose: () => copy('Text', rowText(row)) },
          // The address of a page that was opened by a share link opens nothing for others.
          ...(shared ? [] : [{ text: 'Copy link', onChoose: () => copy('Link', link) }]),
          { text: 'Raw JSON', onChoose: () => setRaw(true) },
        ]}
        className={classes(
          'rounded-full! bg-surface! shadow-sm transition-opacity focus-visible:opacity-100 aria-expanded:opacity-100 lg:bg-transparent! lg:shadow-none',
          shown ? 'opacity-100' : 'pointer-coarse:pointer-events-none opacity-0 group-hover:opacity-100',
        )}
      />
      <span role="status" className="absolute right-0 top-full text-[0.8125rem] whitespace-nowrap text-muted">
        {told}
      </span>
      {raw && <RawDialog sessionId={sessionId} entry={row.key} onClose={() => setRaw(false)} />}
    </div>
  );
}
