/** The two parts of the scenario, written for each kind of agent that plays them: a script of steps, or a model's script in the prompt. */
import type { RunnerId, ScriptStep } from '@treeline/shared';
import { script } from '@treeline/test-support/model-server/script.ts';

export const AGENTS = ['scripted', 'pi', 'codex'] as const;
export type AgentUnderTest = (typeof AGENTS)[number];

export const STORY = {
  first: 'Which colour shall the door have?',
  firstAnswer: 'Green, as the windows are',
  second: 'May I deploy the door to production?',
  context: 'The door is green; deploying is not mine to decide',
  secondAnswer: 'Deploy it on Friday',
  summary: 'The door is painted and stands in its frame',
  /** The parent answers the first question when it is told so: until then the test can look at the waiting child. */
  go: 'Now answer your child',
} as const;

interface Child {
  readonly agent: AgentUnderTest;
  readonly runnerId: RunnerId;
}

/** The prompt of the parent: it spawns the child, answers its first question, and escalates the second. */
export function parentPrompt(parent: AgentUnderTest, child: Child): string {
  const spawn = { prompt: childPrompt(child.agent), agent: child.agent, runnerId: child.runnerId };
  if (parent === 'scripted') {
    return JSON.stringify([
      { spawn: { script: spawn.prompt, agent: spawn.agent, runnerId: spawn.runnerId } },
      { waitForMessage: true },
      { respond: STORY.firstAnswer },
      { escalate: STORY.context },
      { waitForChildren: true },
      { finish: 'The house has its door' },
    ] satisfies ScriptStep[]);
  }
  return script(
    [{ tool: 'spawn_session', args: spawn }, { text: 'The child is at work.' }],
    [
      { match: 'which colour', steps: [{ text: 'A question of taste: I think about it.' }] },
      {
        match: STORY.go,
        steps: [
          { tool: 'respond_to_trigger', args: { triggerId: '$trigger', response: STORY.firstAnswer } },
          { text: 'Answered.' },
        ],
      },
      {
        match: 'may i deploy',
        steps: [
          { tool: 'escalate_trigger', args: { triggerId: '$trigger', context: STORY.context } },
          { text: 'Passed on to a person.' },
        ],
      },
      { match: 'has completed', steps: [{ text: 'The house has its door.' }] },
    ],
  );
}

function childPrompt(child: AgentUnderTest): string {
  if (child === 'scripted') {
    return JSON.stringify([
      { ask: { question: STORY.first } },
      { say: 'First answer: $answer' },
      { ask: { question: STORY.second } },
      { say: 'Second answer: $answer' },
      { finish: STORY.summary },
    ] satisfies ScriptStep[]);
  }
  return script([
    { tool: 'ask_user_question', args: { question: STORY.first } },
    { tool: 'ask_user_question', args: { question: STORY.second } },
    { text: STORY.summary },
  ]);
}
