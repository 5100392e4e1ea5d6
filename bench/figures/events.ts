import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'

/** What the design allows for the paid-to-completed path with one parcel and three scans. */
const ALLOWED = 45

/** Counts the history events of one order that has the servers to itself. */
export async function measureEvents(stage: Stage): Promise<Figure[]> {
  const { life, client } = await stage.hub()
  const workflowId = await life.live()
  const { historyLength } = await client.workflow.getHandle(workflowId).describe()
  stage.check()
  return [
    {
      name: 'events',
      value: historyLength,
      unit: 'events/order',
      baseline: ALLOWED,
      aim: { atMost: 1 },
      against: 'the most that the design allows',
    },
  ]
}
