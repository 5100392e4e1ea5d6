import { randomBytes } from 'node:crypto'
import { buildWorkflows, workflowBundleFile } from '../build.ts'
import { endHelpers } from './cache.ts'
import { startMariadb } from './mariadb.ts'
import { startPostgres } from './postgres.ts'
import { print, withProgress } from './progress.ts'
import { startRedis } from './redis.ts'
import { startTemporal } from './temporal.ts'
import { findTimeSkippingServer } from './time-skipping.ts'

/** Servers for one run of the tests, and the variables by which the tests find them. */
export interface TestParts {
  environment: Record<string, string>
  stop(): Promise<void>
}

/** Longer than any life in the tests but one: the test of continue-as-new need not write thousands of events. */
const LONG_HISTORY_EVENTS = 300

/** Real servers on free ports and a folder of their own, so that runs beside each other do not meet. */
export async function startTestParts(dataDir: string, signal?: AbortSignal): Promise<TestParts> {
  const started: { stop(): Promise<void> }[] = []
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.push(part)
    return part
  }
  const stop = async () => {
    await Promise.all(started.map((part) => part.stop()))
  }
  signal?.addEventListener('abort', endHelpers, { once: true })
  const ownerPassword = randomBytes(18).toString('base64url')
  const work = () =>
    Promise.allSettled([
      startPostgres({ dataDir, ownerPassword }).then(keep),
      startRedis({ dataDir }).then(keep),
      startTemporal({ dataDir, headless: true, continueAsNewAfterEvents: LONG_HISTORY_EVENTS }).then(keep),
      startMariadb({ dataDir, password: randomBytes(18).toString('base64url') }).then(keep),
      findTimeSkippingServer(),
      withProgress('Bundling the workflows', buildWorkflows),
    ])
  const results = await withProgress(
    'Starting PostgreSQL, Redis, Temporal and MariaDB for the tests',
    work,
    print,
  )
  const [postgres, redis, temporal, mariadb, timeSkipping] = results
  const failed = results.find((result) => result.status === 'rejected')
  if (
    failed ||
    postgres.status !== 'fulfilled' ||
    redis.status !== 'fulfilled' ||
    temporal.status !== 'fulfilled' ||
    mariadb.status !== 'fulfilled'
  ) {
    await stop()
    throw failed?.reason
  }
  const executable = timeSkipping.status === 'fulfilled' ? timeSkipping.value : undefined
  return {
    environment: {
      TEST_DATABASE_OWNER_URL: postgres.value.ownerUrl,
      TEST_REDIS_URL: redis.value.url,
      TEST_TEMPORAL_ADDRESS: temporal.value.address,
      TEST_MARIADB_URL: mariadb.value.url,
      TEST_MARIADB_CA: mariadb.value.certificateAuthority,
      TEST_WORKFLOW_BUNDLE: workflowBundleFile,
      ...(executable ? { TEST_TIME_SKIPPING_EXECUTABLE: executable } : {}),
    },
    stop,
  }
}
