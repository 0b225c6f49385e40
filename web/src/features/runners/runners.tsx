import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { isRunnerMeant, sortedRunners } from '../../state/runners.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Page } from '../page.tsx';
import { useMay, useWorld } from '../relay-context.ts';
import { useKeys } from '../use-keys.ts';
import { RunnerCard } from './runner-card.tsx';

/** With more than this, one is looked for. */
const MANY = 8;

export function Runners() {
  const loaded = useWorld((world) => world.loaded);
  const runners = useWorld((world) => world.runners);
  const mayAdd = useMay('runners');
  const [words, setWords] = useState('');
  const sorted = sortedRunners(runners.values());
  const isMany = sorted.length > MANY;
  const meant = isMany ? sorted.filter((runner) => isRunnerMeant(runner, words)) : sorted;
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
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
        <div className="flex flex-col gap-3">
          {isMany && (
            <div className="flex flex-wrap items-center gap-3">
              <SearchField
                ref={field}
                label="Search runners"
                placeholder="Search name, label, agent, state"
                words={words}
                onWords={setWords}
              />
              <p role="status" className="text-[0.875rem] text-muted">
                {words.trim() === '' ? `${sorted.length} runners` : `${meant.length} of ${sorted.length} runners`}
              </p>
            </div>
          )}
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {meant.map((runner) => (
              <li key={runner.id}>
                <RunnerCard runner={runner} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Page>
  );
}
