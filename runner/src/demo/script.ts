/** What the agents of the tour play. */
import type { RunnerId, ScriptStep } from '@treeline/shared';

export const PARENT_TITLE = 'release 2.3';
export const CHILD_TITLE = 'changelog';
export const PARENT_ANSWER = 'a feature';
export const YEARS = ['2025', '2026', '2025-2026'] as const;

const SUMMARY = 'The changelog of 2.3 has 14 entries; the copyright year is ';
/** What the child ends with when the person chose this. */
export const summaryWith = (answer: string): string => `${SUMMARY}${answer}.`;

/** `beat`: milliseconds between steps that people are to follow. */
export function parentScript({ childRunner, beat }: { childRunner: RunnerId; beat: number }): string {
  const child: ScriptStep[] = [
    { say: 'I write the changelog of 2.3.' },
    { sleep: beat },
    { ask: { question: 'Is the new config format a fix or a feature?', options: ['a fix', 'a feature'] } },
    { say: 'Then it is $answer.' },
    { sleep: beat },
    { ask: { question: 'Which copyright year belongs on the title page?', options: [...YEARS] } },
    { sleep: beat },
    { finish: summaryWith('$answer') },
  ];
  const parent: ScriptStep[] = [
    { say: 'I prepare the release. The changelog is a task of its own.' },
    { sleep: beat },
    { spawn: { title: CHILD_TITLE, runnerId: childRunner, script: child } },
    { sleep: beat * 3 },
    { respond: PARENT_ANSWER },
    { escalate: 'I cannot know this. Whoever owns the project decides it.' },
    { waitForChildren: true },
    { sleep: beat },
    { finish: 'Version 2.3 is ready.' },
  ];
  return JSON.stringify(parent);
}
