import type { RunnerView } from '@treeline/shared';
import { inMb } from '../../../resources/room.ts';
import { command } from '../../command.ts';
import { required } from '../../flags.ts';
import { renderFields } from '../../output/fields.ts';
import { copyText, runnerText } from '../../output/words.ts';
import { viewOf } from '../../remote-runner.ts';
import { formatAge } from '../../time.ts';
import { agentsText } from './ls.ts';

export const runnerShow = command({
  name: 'runner show',
  summary: 'Show one runner of the relay',
  details:
    'Its state, its machine and its agents, as the relay has them. For this machine’s own: `treeline runner status`.',
  examples: [['runner show kitchen-pi', 'Is it there, and how is it.']],
  args: { runner: required('the runner, by name or id') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const runner = await viewOf(cli, args.runner);
    if (out.isJson) return out.json(runner);
    if (out.isQuiet) return out.line(runner.id);
    const { profile, presence, sessions, copy } = runner;
    const now = Date.now();
    const since = presence.state === 'new' ? '' : ` for ${formatAge(now - presence.since)}`;
    const fields: [string, string][] = [
      ['Runner', `${profile.name}  ${runner.id}`],
      ['State', `${runnerText(runner, out.look)}${since}`],
      ['Copied', copy === undefined ? '' : (copyText(runner, now) ?? '')],
      ['Refuses', runner.online ? (runner.health?.refuses ?? '') : ''],
      ['Sessions', `${sessions} of ${profile.capacity}`],
      ['Version', `${profile.version}, ${profile.platform}`],
      ['Agents', agentsText(profile.agents)],
      ['Labels', pairs(profile.labels)],
      ...(runner.online ? healthFields(runner.health) : []),
      ['Joined', `${formatAge(now - runner.joinedAt)} ago`],
    ];
    renderFields(fields, out.look).forEach((line) => out.line(line));
  },
});

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

function healthFields(health: RunnerView['health']): [string, string][] {
  if (health === undefined) return [];
  const { cpu, memoryFreeBytes, diskFreeBytes, temperatureC, throttled } = health;
  return [
    ['Load', cpu === undefined ? '' : `${Math.round(cpu * 100)} %`],
    ['Memory', memoryFreeBytes === undefined ? '' : `${inMb(memoryFreeBytes)} free`],
    ['Disk', diskFreeBytes === undefined ? '' : `${inMb(diskFreeBytes)} free`],
    [
      'Heat',
      temperatureC === undefined ? '' : `${temperatureC.toFixed(0)} °C${throttled === true ? ', throttled' : ''}`,
    ],
  ];
}
