import { setTimeout as delay } from 'node:timers/promises'
import { orderPage } from '../../contracts/orders.ts'
import { ORDER_STATUSES, type OrderStatus } from '../../domain/order-state.ts'
import type { HubClient } from '../parts/hub-client.ts'
import { elapsed, type Print } from '../parts/progress.ts'
import type { Shop } from './shop.ts'

const lookMs = 2_000
const printMs = 10_000
/** The largest page of the list; counting further would only load the hub. */
const countUpTo = 200

const itemsOnly = orderPage.pick({ items: true, nextCursor: true })

/**
 * Prints a line of counts every ten seconds, read from the API as anybody would, and says so once when every status
 * has been seen. Counts the orders of this demo only.
 */
export async function watchStates(
  { hub, counts, signal }: Pick<Shop, 'hub' | 'counts' | 'signal'>,
  startedAt: number,
  out: Print,
): Promise<void> {
  const unseen = new Set<OrderStatus>(ORDER_STATUSES)
  const from = new Date(startedAt).toISOString()
  for (let printAt = startedAt + printMs; ; ) {
    await delay(lookMs, undefined, { signal })
    const isDue = Date.now() >= printAt
    const found = await countByStatus(hub, from, isDue ? ORDER_STATUSES : unseen, isDue ? countUpTo : 1)
    const hadUnseen = unseen.size > 0
    for (const status of found.keys()) unseen.delete(status)
    if (isDue) {
      printAt += printMs * Math.max(1, Math.ceil((Date.now() - printAt) / printMs))
      out(`  ${elapsed(startedAt).padStart(6)}  ${lineOf(found)}${soldOutOf(counts.soldOut)}`)
    }
    if (hadUnseen && unseen.size === 0) {
      out(`Orders in all ${ORDER_STATUSES.length} states have been seen after ${elapsed(startedAt)}.`)
    }
  }
}

async function countByStatus(
  hub: HubClient,
  createdFrom: string,
  statuses: Iterable<OrderStatus>,
  limit: number,
): Promise<Map<OrderStatus, string>> {
  const counted = await Promise.all(
    [...statuses].map(async (status) => {
      const query = new URLSearchParams({ status, createdFrom, limit: String(limit) })
      const path = `/v1/orders?${query}`
      const { items, nextCursor } = await hub.send({ as: 'ops', method: 'GET', path, answer: itemsOnly })
      return [status, items.length, nextCursor === null ? '' : '+'] as const
    }),
  )
  return new Map(
    counted.filter(([, count]) => count > 0).map(([status, count, more]) => [status, `${count}${more}`]),
  )
}

function lineOf(found: Map<OrderStatus, string>): string {
  return [...found].map(([status, count]) => `${status} ${count}`).join(' · ') || 'no orders yet'
}

function soldOutOf(count: number): string {
  return count === 0 ? '' : ` | sold out ${count}`
}
