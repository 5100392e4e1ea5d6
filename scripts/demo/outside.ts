import { setTimeout as delay } from 'node:timers/promises'

/** What the demo asks of the world outside the hub. */
export interface Outside {
  /** Must be asked before the order is paid: the warehouse takes the wish up with the task. */
  wish: (wish: {
    orderId: string
    pick?: 'short' | 'staggered'
    parcel?: 'lost' | 'returned'
  }) => Promise<void>
  /** Keeps the world imperfect until the signal, also when the simulator was started anew in between. */
  keepRough: () => Promise<void>
}

/** Short enough for a whole life within a minute, long enough to be seen. */
const rough = {
  pickingSeconds: 3,
  deliverySeconds: 10,
  rates: { shortPick: 0.02, lost: 0.01, courierTrouble: 0.04 },
  // Each is a refund that has to be asked for again; none may be paid twice.
  next: { payment: ['down', 'timeout-after-applying'] },
}
const calm = {
  rates: { shortPick: 0, lost: 0, courierTrouble: 0 },
  next: { payment: [] },
}
/** None of it may book anything twice. */
const roughErp = { rates: { slow: 0.1, down: 0.1, 'timeout-after-applying': 0.1, garbage: 0.05 } }
const calmErp = { rates: {} }
const repeatMs = 10_000
const tries = 10
const pauseMs = 500
const answerWithinMs = 2_000

/** Directs the simulator through its control routes. */
export function createOutside(simulator: string, signal: AbortSignal): Outside {
  const tell = async (path: string, body: object): Promise<boolean> => {
    try {
      const response = await fetch(new URL(path, simulator), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false // it is being started again
    }
  }
  return {
    wish: async (wish) => {
      for (let count = 1; count <= tries; count += 1) {
        if (await tell('/control/orders', wish)) return
        await delay(pauseMs, undefined, { signal })
      }
    },
    keepRough: async () => {
      while (!signal.aborted) {
        await tell('/control/behaviour', rough)
        await tell('/control/erp', roughErp)
        await delay(repeatMs, undefined, { signal }).catch(() => undefined)
      }
      await tell('/control/behaviour', calm)
      await tell('/control/erp', calmErp)
    },
  }
}
