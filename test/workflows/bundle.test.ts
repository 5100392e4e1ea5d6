import { expect, test } from 'vitest'
import { buildIdOf, readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'

/**
 * A little above today's 836 kB, which are mostly the SDK's; transfers, promotions, presales, pulls, orders that wait for
 * stock, changes of orders and their requests are the hub's own part. Every thread of every worker loads the bundle; zod, a
 * driver or a data table that slips in through an import would cost hundreds of kB. Workflows that are really new may
 * raise it, by what they need, with this sentence.
 */
const MAX_BYTES = 909_000

test('the workflow bundle stays small: neither zod nor I/O nor data tables slip in', async () => {
  const { code, buildId } = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
  // Without the source map, which no worker runs and which holds the paths of this machine.
  const program = code.slice(0, code.lastIndexOf('\n//# sourceMappingURL='))
  expect(buildIdOf(program)).toBe(buildId)
  expect(Buffer.byteLength(program)).toBeLessThan(MAX_BYTES)
})
