import { Plus } from 'lucide-react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Page } from '../page.tsx';
import { useMay, useWorld } from '../relay-context.ts';
import { RunnerCard } from './runner-card.tsx';

export function Runners() {
  const loaded = useWorld((world) => world.loaded);
  const runners = useWorld((world) => world.runners);
  const mayAdd = useMay('runners');
  const sorted = [...runners.values()].toSorted(
    (a, b) => Number(b.online) - Number(a.online) || a.profile.name.localeCompare(b.profile.name),
  );
  const add = mayAdd && (
    <Link href={paths.addRunner} className={buttonClass('primary')}>
      <Plus aria-hidden="true" size={18} />
      Add a runner
    </Link>
  );
  return (
    <Page title="Runners" actions={sorted.length > 0 && add}>
      {!loaded ? (
        <Skeleton rows={2} height={10} />
      ) : sorted.length === 0 ? (
        <Empty title="No runners yet" command="treeline runner join URL --token …" action={add}>
          A runner is a machine that starts agents: this one, a laptop, a Raspberry Pi.
        </Empty>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
          {sorted.map((runner) => (
            <li key={runner.id}>
              <RunnerCard runner={runner} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
