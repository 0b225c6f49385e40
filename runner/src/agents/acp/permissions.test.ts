import { describe, expect, it } from 'vitest';
import { Ask } from '@treeline/shared';
import { approve, CANCELLED, decidePermission, permissionAsk, PermissionRequest } from './permissions.ts';

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'ever', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
const selected = (optionId: string) => ({ response: { outcome: { outcome: 'selected', optionId } } });
const answer = (response: string, action?: 'allow' | 'allow_always' | 'deny' | 'approve' | 'reject' | 'edit') => ({
  outcome: 'answered' as const,
  response,
  action,
});

describe('permissionAsk', () => {
  const ask = (toolCall: object) => {
    const request = PermissionRequest.parse({ toolCall: { toolCallId: 'c', ...toolCall }, options });
    return Ask.parse(permissionAsk(request.toolCall, request.options));
  };

  it('shows exactly what would run', () => {
    expect(ask({ title: 'Run tests', kind: 'execute', rawInput: { command: 'npm test', cwd: '/w' } })).toMatchObject({
      type: 'permission_request',
      text: 'npm test',
      permission: {
        title: 'Run tests',
        toolKind: 'execute',
        command: 'npm test',
        input: { command: 'npm test', cwd: '/w' },
      },
      options: [{ id: 'yes', label: 'Allow', kind: 'allow_once' }, { id: 'ever' }, { id: 'no' }],
    });
    expect(ask({ rawInput: { command: ['sh', '-c', "echo 'a b'"] } }).permission?.command).toBe(
      String.raw`sh -c 'echo '\''a b'\'''`,
    );
  });

  it('explains with the content what has no command', () => {
    const content = [{ type: 'content', content: { type: 'text', text: 'Allow the files server to run "delete"?' } }];
    expect(ask({ title: 'Approve tool call', content }).text).toBe(
      'Approve tool call\n\nAllow the files server to run "delete"?',
    );
  });

  it('makes the end of a plan mode a plan to review', () => {
    expect(ask({ kind: 'switch_mode', title: 'Ready to code?', rawInput: { plan: '1. dig\n2. plant' } })).toMatchObject(
      {
        type: 'plan_review',
        text: '1. dig\n2. plant',
      },
    );
    const content = [{ type: 'content', content: { type: 'text', text: '1. dig' } }];
    expect(ask({ kind: 'switch_mode', title: 'Ready to code?', content }).text).toBe('1. dig');
  });
});

describe('decidePermission', () => {
  it.each([
    [answer('', 'allow'), 'yes'],
    [answer('', 'approve'), 'yes'],
    [answer('', 'allow_always'), 'ever'],
    [answer('yes'), 'yes'],
    [answer('Always allow'), 'ever'],
    [answer('ever'), 'ever'],
    [answer('', 'deny'), 'no'],
    [answer('', 'reject'), 'no'],
    [answer('no'), 'no'],
    [answer('Reject', 'deny'), 'no'],
    [answer('ever', 'deny'), 'no'],
  ])('%o chooses %s', (outcome, optionId) => {
    expect(decidePermission(outcome, options)).toEqual(selected(optionId));
  });

  it.each(['expired', 'cancelled'] as const)('%s is never allowed', (outcome) => {
    expect(decidePermission({ outcome }, options)).toEqual(selected('no'));
    expect(decidePermission({ outcome }, [])).toEqual({ response: CANCELLED });
  });

  it.each(['maybe later', 'yes if the tests pass', 'use rg instead', 'allow_nothing'])(
    '%s is no yes, and is passed on in words',
    (words) => {
      expect(decidePermission(answer(words), options)).toEqual({ ...selected('no'), words });
    },
  );

  it('passes on what is said beside the decision', () => {
    expect(decidePermission(answer('go on, but keep it small', 'approve'), options)).toEqual({
      ...selected('yes'),
      words: 'go on, but keep it small',
    });
    expect(decidePermission(answer('1. water first', 'edit'), options)).toEqual({
      ...selected('no'),
      words: '1. water first',
    });
  });

  it('does not choose an option whose kind it does not know', () => {
    const odd = [{ optionId: 'x', name: 'Do it', kind: 'allow_and_format_disk' }];
    expect(decidePermission(answer('', 'allow'), odd)).toEqual({ response: CANCELLED });
    expect(approve(odd)).toEqual(CANCELLED);
  });
});

describe('approve', () => {
  it('takes the least that allows', () => {
    expect(approve(options)).toEqual(selected('yes').response);
    expect(approve(options.slice(1))).toEqual(selected('ever').response);
  });
});
