import { defineConfig } from 'vitest/config'

/** Project by folder: what needs nothing, what needs Temporal, what needs every real part. */
const folders = {
  unit: ['domain', 'contracts', 'scripts', 'console'],
  workflow: ['workflows'],
  integration: ['api', 'store', 'workers', 'activities', 'connectors', 'simulator', 'system'],
  /** A whole hub of their own, as `npm start` brings it up, and Chromium. */
  browser: ['browser'],
}
const product = ['api', 'workflows', 'activities', 'workers', 'domain', 'contracts', 'store', 'connectors']

const project = (name: keyof typeof folders, timeoutMs: number, more: object = {}) => ({
  extends: true as const,
  test: {
    name,
    include: folders[name].map((folder) => `test/${folder}/**/*.test.ts`),
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs * 2,
    ...more,
  },
})
/** All its files look at one hub: one after the other, when everything else is done. */
const onOneHub = {
  globalSetup: ['test/browser/hub.ts'],
  maxWorkers: 1,
  sequence: { groupOrder: 1 },
  // A page, an API and a worker that share a busy machine: a second, as vitest has it, is no time.
  expect: { poll: { timeout: 60_000 } },
}

export default defineConfig({
  test: {
    // Temporal's native code and its workers' threads do not survive being loaded into vitest's own threads.
    pool: 'forks',
    // The servers under test need a share of the processors too.
    maxWorkers: '50%',
    projects: [
      project('unit', 20_000),
      project('workflow', 60_000),
      project('integration', 60_000),
      project('browser', 240_000, onOneHub),
    ],
    coverage: {
      provider: 'v8',
      include: product.map((folder) => `${folder}/**/*.ts`),
      reporter: ['text-summary'],
    },
  },
})
