/** Samples of a run, and the results that they come to. */
import { type FigureId } from './figures.ts';
import { watchForeign } from './foreign.ts';
import { median } from './measure.ts';

/** Above this share of the machine in other hands, a sample is noisy. */
export const NOISY = 0.1;

interface Sample {
  readonly value: number;
  readonly noisy: boolean;
}

export interface Result {
  readonly figure: FigureId;
  readonly candidate: string;
  /** Median of the quiet samples, if at least half are; else of all. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
  readonly noisy: number;
}

export type Values = Partial<Record<FigureId, number>>;

export class Samples {
  readonly #watch: typeof watchForeign;
  readonly #taken = new Map<string, Sample[]>();
  /** Shares of the machine in other hands, one for each measurement. */
  readonly foreign: number[] = [];

  /** `watch`: what tells how busy others keep the machine. */
  constructor({ watch = watchForeign }: { watch?: typeof watchForeign } = {}) {
    this.#watch = watch;
  }

  /** Measures once and keeps what came out. */
  async take(candidate: string, measure: () => Promise<Values>): Promise<void> {
    const foreign = this.#watch();
    const values = await measure();
    const share = foreign();
    this.foreign.push(share);
    for (const [figure, value] of Object.entries(values)) {
      const key = `${figure}|${candidate}`;
      this.#taken.set(key, [...(this.#taken.get(key) ?? []), { value, noisy: share > NOISY }]);
    }
  }

  results(): Result[] {
    return [...this.#taken].map(([key, samples]) => {
      const [figure = '', candidate = ''] = key.split('|');
      const quiet = samples.filter(({ noisy }) => !noisy);
      const counted = (quiet.length * 2 >= samples.length ? quiet : samples).map(({ value }) => value);
      return {
        figure: figure as FigureId,
        candidate,
        value: median(counted),
        low: Math.min(...counted),
        high: Math.max(...counted),
        samples: samples.length,
        noisy: samples.length - quiet.length,
      };
    });
  }
}

/** Every candidate once a round, forwards and backwards in turn, so that all meet the same neighbours. */
export async function alternate<T>(
  candidates: readonly T[],
  more: (round: number) => boolean,
  measure: (candidate: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; more(round); round++) {
    for (const candidate of round % 2 === 0 ? candidates : candidates.toReversed()) await measure(candidate, round);
  }
}
