import { z } from 'zod'
import { MARKET_STATUSES } from '../../simulator/platforms/market.ts'
import type { MischiefRates } from '../../simulator/platforms/mischief.ts'
import type { Rush } from '../../simulator/platforms/rush.ts'

const counts = z.object({ pending: z.int(), pushes: z.int(), calls: z.int() })
export type PlatformCounts = z.output<typeof counts>

const marketOrder = z.object({
  platform: z.string(),
  orderId: z.string(),
  status: z.enum(MARKET_STATUSES),
  totalCents: z.int(),
  modifiedAtMs: z.number(),
  shipments: z.array(z.object({ waybillNumber: z.string() })),
})
export type SeenOrder = z.output<typeof marketOrder>

/** The platforms' side of the play, directed over the simulator's `/control`. */
export function createPlatformsOutside(simulator: string) {
  const call = async <Answer>(
    method: 'GET' | 'POST',
    path: string,
    answer: z.ZodType<Answer>,
    body?: object,
  ): Promise<Answer> => {
    const response = await fetch(new URL(`/control${path}`, simulator), {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`)
    return answer.parse(await response.json())
  }
  return {
    rush: (rush: Rush) => call('POST', '/market/rush', z.unknown(), rush),
    isRushOver: async () => (await call('GET', '/market/rush', z.object({ done: z.boolean() }))).done,
    orders: async () =>
      (await call('GET', '/market/orders', z.object({ orders: z.array(marketOrder) }))).orders,
    counts: (platform: string) => call('GET', `/platforms/${platform}/pending`, counts),
    mischief: (platform: string, rates: MischiefRates) =>
      call('POST', `/platforms/${platform}/mischief`, z.unknown(), rates),
  }
}
