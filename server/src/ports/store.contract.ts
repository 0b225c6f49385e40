/**
 * What every store promises, as tests. An adapter passes when `storeContract` passes on the real backend.
 * Each test starts from what `open` gives: a store with nothing in it.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { OpenedStore, Subject } from './contract/subject.contract.ts';
import { appendRules } from './contract/append.contract.ts';
import { auditRules } from './contract/audit.contract.ts';
import { durabilityRules } from './contract/durability.contract.ts';
import { inboxRules } from './contract/inbox.contract.ts';
import { listRules } from './contract/lists.contract.ts';
import { namespaceRules } from './contract/namespaces.contract.ts';
import { raceRules } from './contract/races.contract.ts';
import { readLogRules } from './contract/read-log.contract.ts';
import { recordRules } from './contract/records.contract.ts';
import { trimLogRules } from './contract/trim-log.contract.ts';
import { timerRules } from './contract/timers.contract.ts';
import { unitRules } from './contract/units.contract.ts';

export interface StoreContract {
  readonly name: string;
  readonly open: () => Promise<OpenedStore>;
}

export function storeContract({ name, open }: StoreContract): void {
  describe(`store contract on ${name}`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const subject: Subject = {
      get store() {
        return opened.store;
      },
      get reopen() {
        return opened.reopen;
      },
    };

    describe('records', () => {
      recordRules(subject);
    });
    describe('lists and indexes', () => {
      listRules(subject);
    });
    describe('units', () => {
      unitRules(subject);
    });
    describe('inboxes', () => {
      inboxRules(subject);
    });
    describe('appending to logs', () => {
      appendRules(subject);
    });
    describe('reading logs', () => {
      readLogRules(subject);
    });
    describe('trimming logs', () => {
      trimLogRules(subject);
    });
    describe('timers', () => {
      timerRules(subject);
    });
    describe('namespaces', () => {
      namespaceRules(subject);
    });
    describe('audit', () => {
      auditRules(subject);
    });
    describe('races', () => {
      raceRules(subject);
    });
    describe('durability and health', () => {
      durabilityRules(subject);
    });
  });
}
