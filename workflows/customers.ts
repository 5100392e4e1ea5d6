import { proxyActivities } from '@temporalio/workflow'
import type { CustomersTurn } from '../activities/customers.ts'

/** Every round inside it is a transaction of its own: a retry goes on where the one before was. */
const { refreshCustomerFigures } = proxyActivities<{ refreshCustomerFigures: () => Promise<CustomersTurn> }>({
  startToCloseTimeout: '20m',
  // The first round of all notes every order there is, in one statement.
  heartbeatTimeout: '12m',
  scheduleToCloseTimeout: '1h',
})
/** Of a long backlog the rest is left to the next turns, so that no history grows without end. */
const ATTEMPTS = 50

/** One turn: looks at what has changed since the last one, and once a day grades everybody anew. */
export async function customers(): Promise<CustomersTurn> {
  const done = { orders: 0, graded: 0 }
  for (let attempt = 1; ; attempt += 1) {
    const { isDone, ...more } = await refreshCustomerFigures()
    done.orders += more.orders
    done.graded += more.graded
    if (isDone || attempt === ATTEMPTS) return { ...done, isDone }
  }
}
