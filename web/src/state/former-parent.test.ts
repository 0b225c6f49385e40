import { expect, test } from 'vitest';
import { wasBroughtBack, whyApart } from './former-parent.ts';

const started = { createdBy: { kind: 'session', id: 'ses_00000000000000000000000001' } } as const;
const broughtBack = { createdBy: { kind: 'relay' } } as const;

test('a session without its parent says whether that was deleted, or lost with the records of the relay', () => {
  expect(wasBroughtBack(started)).toBe(false);
  expect(wasBroughtBack(broughtBack)).toBe(true);
  expect(whyApart(started, false)).toContain('deleted');
  expect(whyApart(broughtBack, false)).toContain('should its runner bring it back');
  expect(whyApart(broughtBack, true)).toContain('only if the log there says');
});
