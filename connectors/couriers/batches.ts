import { RefusedError } from '../outside-errors.ts'
import type { RateLimit } from '../rate-limit.ts'
import type { CourierSource, Scan, Waybill } from './courier.ts'

/** How long the first of a batch waits for others. Polls of such a source are aligned, so that they come together. */
const LINGER_MS = 200

type Waiting = { waybill: Waybill; resolve: (scans: Scan[]) => void; reject: (error: unknown) => void }

/** Asks about one parcel; questions that come together travel in one call, as many as the source takes. */
export function inBatches(
  source: CourierSource,
  calls: RateLimit,
  lingerMs = LINGER_MS,
): (waybill: Waybill) => Promise<Scan[]> {
  const { waybillsPerCall } = source.limits
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | null = null

  async function ask(batch: Waiting[]): Promise<void> {
    try {
      await calls.take()
      const found = await source.track(batch.map(({ waybill }) => waybill))
      for (const { waybill, resolve } of batch) resolve(found.get(waybill.waybillNumber) ?? [])
    } catch (error) {
      // One of them may be to blame: alone each shows whether it is the one.
      if (error instanceof RefusedError && batch.length > 1) {
        await Promise.all(batch.map((each) => ask([each])))
        return
      }
      for (const { reject } of batch) reject(error)
    }
  }

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = null
    const batch = waiting
    waiting = []
    void ask(batch)
  }

  return (waybill) =>
    new Promise((resolve, reject) => {
      waiting.push({ waybill, resolve, reject })
      if (waiting.length >= waybillsPerCall) flush()
      else timer ??= setTimeout(flush, lingerMs)
    })
}
