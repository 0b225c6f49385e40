/** The parts of the benchmark do what they say, on real servers. How fast anything is, is no matter here. */
import { newId } from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRelay, type TestRelay } from '@treeline/server/src/testing.ts';
import { draw } from './charts.ts';
import { percentile } from './measure.ts';
import { asText, judge } from './report.ts';
import { type Result, Samples } from './samples.ts';
import { eventTexts } from './scenarios/events.ts';
import { openTokens, TOKEN_CHARS } from './scenarios/token-stream.ts';
import { seedLog, seedSessions } from './seed.ts';
import { attach, relayStreams } from './streams.ts';
import type { RelayServer } from './servers/process.ts';

describe('what the benchmark measures with', () => {
  let test: TestRelay;
  let relay: RelayServer;
  beforeAll(async () => {
    test = await startTestRelay();
    const none = () => Promise.resolve();
    relay = {
      url: test.url,
      key: test.localKey(),
      pid: process.pid,
      readyMs: 0,
      dataDir: test.dataDir,
      stop: none,
      kill9: none,
    };
  });
  afterAll(() => test.stop());

  it('delivers every event of every session to each of its viewers, once', async () => {
    const streams = await relayStreams({ runner: relay, viewer: relay }, { sessions: 2, viewers: 3 });
    const texts = eventTexts(70);
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      streams.onText((text) => heard.push(text) === texts.length * 6 && resolve());
    });
    await streams.burst(texts)();
    await all;
    expect(heard.toSorted()).toEqual(texts.flatMap((text) => Array.from({ length: 6 }, () => text)).toSorted());
    let counted = 0;
    const again = new Promise<void>((resolve) => {
      streams.onCount((events) => (counted += events) === texts.length * 6 && resolve());
    });
    await Promise.all([streams.burst(texts)(), again]);
    streams.close();
  });

  it('streams tokens as the worker does, merged and none lost on an idle machine', async () => {
    const tokens = await openTokens(relay, 2);
    let text = '';
    const all = new Promise<void>((resolve) => {
      tokens.onText((part) => (text += part).length === 2 * 50 * TOKEN_CHARS && resolve());
    });
    for (let i = 0; i < 50; i++) tokens.push(i);
    await all;
    const numbers = text.match(/.{8}/g)?.map(Number) ?? [];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => Math.floor(i / 2)));
    tokens.close();
  });

  it('fills a store with trees and a log that a viewer opens at its end', async () => {
    const root = await seedSessions(test.store, { count: 40, treeSize: 30 });
    await seedLog(test.store, root, 100);
    const { body } = await test.call('GET', `/api/v1/sessions/${root}/tree`);
    const size = (tree: { children: unknown[] }): number =>
      1 + tree.children.reduce((sum: number, child) => sum + size(child as { children: unknown[] }), 0);
    expect(size(body as { children: unknown[] })).toBe(30);
    const viewer = await attach(relay, root, () => undefined);
    viewer.close();
    const { body: log } = await test.call('GET', `/api/v1/sessions/${root}/log?tail=1`);
    expect(log).toMatchObject({ head: { epoch: 1, seq: 100 } });
  });
});

describe('the report', () => {
  const row = (figure: Result['figure'], candidate: string, value: number): Result => {
    return { figure, candidate, value, low: value, high: value, samples: 1, noisy: 0 };
  };

  it('judges a relay by its ratio to the baseline of the same run, and baselines not at all', () => {
    const judged = judge([
      row('burst.1x1.cpu', 'raw ws', 10),
      row('burst.1x1.cpu', 'relay, embedded', 12),
      row('burst.1x1.cpu', 'relay, redis everysec', 17),
      row('start.ready', 'relay, embedded', 200),
      row('recovery.one', 'relay, embedded', 650),
    ]);
    const standing = (figure: string, candidate: string) =>
      judged.find((it) => it.figure === figure && it.candidate === candidate)?.verdicts.map((it) => it.standing);
    expect(standing('burst.1x1.cpu', 'raw ws')).toEqual([]);
    expect(standing('burst.1x1.cpu', 'relay, embedded')).toEqual(['must']);
    expect(standing('burst.1x1.cpu', 'relay, redis everysec')).toEqual(['MISSED']);
    expect(standing('start.ready', 'relay, embedded')).toEqual(['goal']);
    expect(standing('recovery.one', 'relay, embedded')).toEqual(['must']);
    const text = asText(judged, { machine: 'm', settings: 's', foreign: { median: 0, most: 0 }, seconds: 1 });
    expect(text).toContain('3 of 4 judged figures reach what they must.');
  });

  it('takes the median of each figure, of quiet samples where half of them are quiet', async () => {
    let share = 0;
    const samples = new Samples({ watch: () => () => share });
    const take = (value: number) => samples.take('x', () => Promise.resolve({ 'burst.1x1.cpu': value }));
    for (const value of [5, 1, 3]) await take(value);
    expect(samples.results()).toMatchObject([{ candidate: 'x', value: 3, low: 1, high: 5, samples: 3, noisy: 0 }]);
    share = 0.5;
    for (const value of [90, 80, 70]) await take(value);
    expect(samples.results()).toMatchObject([{ value: 3, high: 5, samples: 6, noisy: 3 }]);
    await take(60);
    expect(samples.results()).toMatchObject([{ value: 60, high: 90, samples: 7, noisy: 4 }]);
    expect(percentile([1, 2, 3, 4], 99)).toBe(4);
  });

  it('draws a line a store', () => {
    const lines = [
      {
        name: newId('request'),
        points: [
          { x: 100, y: 1 },
          { x: 1000, y: 2 },
        ],
      },
    ];
    expect(draw({ title: 't', unit: 'ms', along: 'sessions', lines })).toContain(lines[0]?.name);
  });
});
