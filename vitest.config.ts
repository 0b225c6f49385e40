import { defineConfig } from 'vitest/config';

/** `pnpm test:agents` runs the long suite against installed agents; every other run leaves it out. */
const agents = process.env['TREELINE_TEST_AGENTS'] === '1';

export default defineConfig({
  test: {
    include: agents
      ? ['test/agents-long/**/*.agents.test.ts']
      : ['infra/**/*.test.mjs', '{shared,server,runner,web}/src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/agents/**', ...(agents ? [] : ['**/*.agents.test.ts'])],
    pool: 'forks',
    maxWorkers: agents ? 1 : 2,
    // Nets for what hangs, not measures of speed: real processes on a loaded machine take their time.
    testTimeout: agents ? 180_000 : 60_000,
    hookTimeout: agents ? 180_000 : 120_000,
    // A shared machine may stall for seconds. What passes only when tried again (twice at most) is named above the closing line.
    retry: 2,
    teardownTimeout: 10_000,
    passWithNoTests: agents,
  },
});
