import { z } from 'zod'
import { UsageError } from '../parts/flags.ts'

/** Parcels arrive within seconds, and nothing goes wrong with them: the file tells of what was sold and sent. */
const quick = { pickingSeconds: 1, deliverySeconds: 4 }

const behaviour = z.object({
  pickingSeconds: z.number(),
  deliverySeconds: z.number(),
  shortPick: z.number(),
  lost: z.number(),
  returned: z.number(),
  courierTrouble: z.number(),
})
const answerWithinMs = 5_000

/**
 * Makes the simulated warehouses and couriers quick. Returns what makes them as they were, if they are still there.
 * Throws a UsageError while somebody makes parcels go astray, as the demo does: the totals could not agree.
 */
export async function quickenOutside(simulator: string): Promise<() => Promise<void>> {
  const url = new URL('/control/behaviour', simulator)
  const signal = () => AbortSignal.timeout(answerWithinMs)
  const response = await fetch(url, { signal: signal() })
  const { pickingSeconds, deliverySeconds, ...rates } = behaviour.parse(await response.json())
  if (Object.values(rates).some((rate) => rate > 0)) {
    throw new UsageError(
      'A demo runs in this hub, and its short picks and lost parcels would spoil the totals: end it first, or start the hub without --demo.',
    )
  }
  const tell = async (change: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(change),
      signal: signal(),
    })
    await answer.body?.cancel()
  }
  await tell(quick)
  // Gone: then a new one begins with its own pace anyway.
  return () => tell({ pickingSeconds, deliverySeconds }).catch(() => undefined)
}
