import { z } from 'zod'
import { divisionName, findDivision, isPlaceholder } from '../../domain/division.ts'
import { prngFor } from '../chance.ts'
import { type Prng, randomAddress, randomMobile, randomName } from '../people.ts'
import type { Market, MarketReceiver } from './market.ts'

const name = z.string().min(1).max(128)

/** A rush of buyers; `POST /control/market/rush`. The same seed gives the same orders at the same moments. */
export const rushBody = z.strictObject({
  seed: name,
  orders: z.int().min(1).max(100_000),
  /** All of it happens within so many seconds. */
  seconds: z.number().min(0.1).max(3_600),
  /** Changes that decide nothing (a remark), of each order on average: platforms push those, too. */
  remarks: z.number().min(0).max(50).default(3),
  shops: z
    .array(
      z.strictObject({
        platform: name,
        platformShopId: name,
        /** What orders are numbered with: a prefix of digits. */
        orderPrefix: z.string().regex(/^\d{1,12}$/),
        skus: z
          .array(
            z.strictObject({ itemId: name, skuId: name, title: z.string(), unitPriceCents: z.int().min(1) }),
          )
          .min(1)
          .max(1_000),
      }),
    )
    .min(1)
    .max(50),
})
export type Rush = z.output<typeof rushBody>

type Step = { atMs: number; run: () => void }
const PAID_SHARE = 0.92
const CLOSED_SHARE = 0.06

/**
 * Begins a rush: orders placed, most of them paid, some closed again before or after the money, with changes of no
 * consequence in between. Returns how it goes.
 */
export function startRush(market: Market, rush: Rush): { done: () => boolean; stop: () => void } {
  const steps = rushSteps(market, rush).sort((a, b) => a.atMs - b.atMs)
  const startedAtMs = performance.now()
  let next = 0
  const timer = setInterval(() => {
    const nowMs = performance.now() - startedAtMs
    for (let step = steps[next]; step && step.atMs <= nowMs; step = steps[++next]) step.run()
    if (next >= steps.length) clearInterval(timer)
  }, 10)
  return { done: () => next >= steps.length, stop: () => clearInterval(timer) }
}

function rushSteps(market: Market, rush: Rush): Step[] {
  const spanMs = rush.seconds * 1000
  return Array.from({ length: rush.orders }, (_, index) => index).flatMap((index) => {
    const shop = rush.shops[index % rush.shops.length]
    if (!shop) return []
    const { platform, platformShopId } = shop
    const chance = prngFor(rush.seed, 'rush', String(index))
    const orderId = `${shop.orderPrefix}${String(index).padStart(8, '0')}`
    const placedAtMs = chance() * spanMs * 0.6
    // The rest of its life falls into what is left of the rush.
    const later = () => placedAtMs + (0.05 + chance() * 0.95) * (spanMs - placedAtMs)
    const lines = Array.from({ length: 1 + Math.floor(chance() * 2) }, (_line, line) => {
      const sku = shop.skus[Math.floor(chance() * shop.skus.length)]
      const quantity = 1 + Math.floor(chance() * 2)
      if (!sku) throw new Error('a shop without SKUs')
      return {
        ...sku,
        lineId: `${orderId}${line}`,
        outerSkuId: '',
        quantity,
        paidCents: sku.unitPriceCents * quantity,
      }
    }).filter((line, position, all) => all.findIndex((other) => other.skuId === line.skuId) === position)
    const receiver = randomReceiver(chance)
    const place: Step = {
      atMs: placedAtMs,
      run: () =>
        market.place({
          platform,
          platformShopId,
          orderId,
          buyerId: `buyer-${index}`,
          freightCents: 0,
          receiver,
          lines,
        }),
    }
    const steps = [place]
    if (chance() < PAID_SHARE) {
      steps.push({ atMs: placedAtMs + chance() * 3_000, run: () => market.pay(platform, orderId) })
    }
    const remarks = Math.floor(rush.remarks * 2 * chance() + 0.5)
    for (let count = 0; count < remarks; count += 1) {
      steps.push({
        atMs: later(),
        run: () => market.amend(platform, orderId, 'changed', { remark: `留言 ${count}` }),
      })
    }
    if (chance() < CLOSED_SHARE) steps.push({ atMs: later(), run: () => market.close(platform, orderId) })
    return steps
  })
}

function randomReceiver(chance: Prng): MarketReceiver {
  const { divisionCode, address } = randomAddress(chance)
  const nameOf = (code: string) => {
    const division = findDivision(code)
    return division && !isPlaceholder(division) ? division.name : ''
  }
  return {
    name: randomName(chance),
    phone: randomMobile(chance),
    province: nameOf(`${divisionCode.slice(0, 2)}0000`),
    city: nameOf(`${divisionCode.slice(0, 4)}00`),
    district: divisionCode.endsWith('00') ? '' : nameOf(divisionCode),
    address: address.slice((divisionName(divisionCode) ?? '').length),
  }
}
