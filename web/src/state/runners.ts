/** The list of machines, and what is found in it. */
import type { RunnerView } from '@treeline/shared';

/** Those that are online first, each by name. */
export function sortedRunners(runners: Iterable<RunnerView>): RunnerView[] {
  return [...runners].toSorted(
    (a, b) =>
      Number(b.online) - Number(a.online) || a.profile.name.localeCompare(b.profile.name, undefined, { numeric: true }),
  );
}

/** Every word stands in its name, its labels, its agents or its state. */
export function isRunnerMeant({ profile, presence }: RunnerView, words: string): boolean {
  const labels = Object.entries(profile.labels).map(([key, value]) => `${key}=${value}`);
  const said = [profile.name, presence.state, ...labels, ...profile.agents.map(({ name }) => name)]
    .join(' ')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}
