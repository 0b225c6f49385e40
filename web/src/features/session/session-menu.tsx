import type { SessionView } from '@treeline/shared';
import { EllipsisVertical } from 'lucide-react';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { copyText } from '../../ui/copy-text.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { useMay } from '../relay-context.ts';

interface SessionMenuProps {
  readonly session: SessionView;
  /** It or something below it. */
  readonly live: boolean;
  readonly onAsk: (what: 'share' | 'describe' | 'finish' | 'stop' | 'kill' | 'delete') => void;
  readonly go: (path: string) => void;
}

/** What can be done with a session as a whole. */
export function SessionMenu({ session, live, onAsk, go }: SessionMenuProps) {
  const [told, setTold] = useState('');
  const { id } = session;
  const mayStart = useMay('start');
  const mayManage = useMay('manage');
  const stoppable = live && mayManage;
  const copyLink = async () => {
    const done = await copyText(new URL(paths.session(id), location.href).href);
    setTold(done ? 'Link copied' : 'The browser does not let the page copy');
  };
  const items: (MenuItem | false)[] = [
    { text: 'Copy link', onChoose: () => void copyLink() },
    mayManage && { text: 'Share …', onChoose: () => onAsk('share') },
    mayManage && { text: 'Title and labels …', onChoose: () => onAsk('describe') },
    mayStart && { text: 'Start a child …', onChoose: () => go(paths.spawnBelow(id)) },
    mayStart && { text: 'Start it again …', onChoose: () => go(paths.spawnAgain(id)) },
    stoppable && { text: 'Stop after this turn …', onChoose: () => onAsk('finish') },
    stoppable && { text: 'Stop …', onChoose: () => onAsk('stop') },
    stoppable && { text: 'Kill …', danger: true, onChoose: () => onAsk('kill') },
    mayManage &&
      session.lifecycle.state === 'ended' && { text: 'Delete …', danger: true, onChoose: () => onAsk('delete') },
  ];
  return (
    <span className="relative">
      <Menu
        label="More"
        icon={<EllipsisVertical aria-hidden="true" size={20} />}
        items={items.filter((item) => item !== false)}
      />
      <span
        role="status"
        className="absolute top-full right-2 z-10 bg-canvas text-[0.8125rem] whitespace-nowrap text-muted"
      >
        {told}
      </span>
    </span>
  );
}
