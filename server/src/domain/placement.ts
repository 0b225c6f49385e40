/** Where a session runs: the runner that was named, else the parent's, else by labels and free capacity. */
import type { RunnerId, SessionSpec } from '@treeline/shared';
import { TreelineError } from '@treeline/shared';
import type { RunnerRecord, SessionRecord } from './records.ts';
import { ALL, type World } from './world.ts';

export interface Place {
  readonly runner: RunnerRecord;
  readonly agent: string;
}

/** Throws no_runner or agent_unknown. An offline runner is a place too: its sessions are queued. */
export function choosePlace(world: World, spec: SessionSpec, parent: SessionRecord | undefined): Place {
  const runner = chooseRunner(world, spec, parent);
  return { runner, agent: chooseAgent(runner, spec, parent) };
}

function chooseRunner(world: World, spec: SessionSpec, parent: SessionRecord | undefined): RunnerRecord {
  if (spec.runnerId !== undefined) return known(world, spec.runnerId);
  if (spec.runnerLabels === undefined && parent !== undefined) return known(world, parent.runnerId);
  const wanted = Object.entries(spec.runnerLabels ?? {});
  const fitting = world
    .list('runner', ALL, ALL)
    .map((id) => known(world, id))
    .filter(({ profile }) => wanted.every(([name, value]) => profile.labels[name] === value))
    .filter(({ profile }) => spec.agent === undefined || profile.agents.some(({ name }) => name === spec.agent));
  const ranked = fitting.toSorted((a, b) => rank(world, b) - rank(world, a) || a.id.localeCompare(b.id));
  const best = ranked[0];
  if (best !== undefined) return best;
  const why = [
    ...(wanted.length === 0 ? [] : [`the labels ${wanted.map(([name, value]) => `${name}=${value}`).join(', ')}`]),
    ...(spec.agent === undefined ? [] : [`the agent ${spec.agent}`]),
  ];
  throw new TreelineError(
    'no_runner',
    why.length === 0 ? 'No runner has joined this relay' : `No runner has ${why.join(' and ')}`,
  );
}

/** Online before offline, those that take sessions before those that refuse them, then by free places. */
function rank(world: World, runner: RunnerRecord): number {
  const free = runner.profile.capacity - world.liveOn(runner.id);
  const full = free <= 0 || runner.health?.refuses !== undefined;
  return (runner.presence.state === 'online' ? 1_000_000 : 0) + (full ? -500_000 : 0) + free;
}

function known(world: World, id: RunnerId): RunnerRecord {
  const runner = world.get('runner', id);
  if (runner === undefined) throw new TreelineError('no_runner', `There is no runner ${id}`);
  return runner;
}

function chooseAgent({ profile }: RunnerRecord, spec: SessionSpec, parent: SessionRecord | undefined): string {
  const offers = (name: string | undefined) => profile.agents.find((offer) => offer.name === name);
  if (spec.agent !== undefined) {
    const offer = offers(spec.agent);
    const names = profile.agents.map(({ name }) => name).join(', ');
    if (offer === undefined)
      throw new TreelineError('agent_unknown', `Runner ${profile.name} has no agent "${spec.agent}"; it has ${names}`);
    if (offer.problem !== undefined)
      throw new TreelineError('agent_unknown', `Agent ${spec.agent} on ${profile.name} cannot start: ${offer.problem}`);
    return offer.name;
  }
  return offers(parent?.agent)?.name ?? profile.defaultAgent;
}
