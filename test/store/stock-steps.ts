import fc from 'fast-check'

/** Whatever may happen to the stock of a few articles, for walks that let it happen in any order. */
export const WAREHOUSES = ['WH-HZ', 'WH-GZ'] as const
/** The last article is on presale. */
export const SKUS = 3

const ORDER_STEPS = ['pay', 'pick', 'pack', 'return', 'expire', 'ask', 'cancel', 'again', 'wait'] as const
const TRANSFER_STEPS = ['hold', 'dispatch', 'receive', 'bring back', 'lose', 'call off'] as const
const PROMOTION_STEPS = ['end', 'call off', 'advance'] as const
export type OrderStep = (typeof ORDER_STEPS)[number]
export type TransferStep = (typeof TRANSFER_STEPS)[number]
export type PromotionStep = (typeof PROMOTION_STEPS)[number]

/** Where an order or a transfer stands for whoever looks for the next step; another hand may have been quicker. */
export type OrderStanding = 'placed' | 'ended' | 'paid' | 'waiting' | 'picking' | 'packed' | 'cancelled'
export type TransferStanding = 'asked' | 'held' | 'moving' | 'called off'

/** With which orders each step has something to do. */
export const ORDERS_FOR: Record<OrderStep | 'short' | 'change', readonly OrderStanding[]> = {
  pay: ['placed', 'ended'],
  pick: ['paid', 'waiting'],
  pack: ['picking'],
  return: ['packed'],
  expire: ['placed'],
  ask: ['placed', 'ended'],
  cancel: ['placed', 'ended', 'paid', 'waiting', 'picking'],
  again: ['ended'],
  wait: ['ended'],
  short: ['picking'],
  change: ['placed', 'paid'],
}
export const TRANSFERS_FOR: Record<TransferStep, readonly TransferStanding[]> = {
  hold: ['asked'],
  dispatch: ['held', 'moving'],
  receive: ['moving'],
  'bring back': ['called off'],
  lose: ['moving', 'called off'],
  'call off': ['asked', 'held', 'moving'],
}

/** Orders, transfers, promotions, counts and readings are chosen by their place among those that a step is for. */
export type Step =
  | {
      do: 'buy'
      sku: number
      other: number | null
      channel: 'mall' | 'jd'
      quantity: number
      grouped: boolean
    }
  | { do: 'order'; what: OrderStep; at: number }
  | { do: 'short' | 'change'; at: number; quantity: number }
  | { do: 'serve'; sku: number }
  | { do: 'adjust' | 'count'; sku: number; warehouse: number; delta: number }
  | { do: 'decide count'; at: number; approve: boolean }
  | { do: 'read WMS'; sku: number; warehouse: number; delta: number; timed: boolean }
  | { do: 'apply reading'; at: number }
  | { do: 'approve jump'; sku: number; warehouse: number }
  | { do: 'ask for transfer'; sku: number; warehouse: number; quantity: number }
  | { do: 'transfer'; what: TransferStep; at: number; quantity: number }
  | { do: 'promote'; sku: number; mall: number; jd: number }
  | { do: 'move quota'; at: number; quantity: number; back: boolean }
  | { do: 'promotion'; what: PromotionStep; at: number }
  | { do: 'arrive'; quantity: number }

const at = fc.nat({ max: 5 })
const sku = fc.nat({ max: SKUS - 1 })
const warehouse = fc.nat({ max: WAREHOUSES.length - 1 })
const few = fc.integer({ min: 1, max: 3 })
/** More is found missing than found. */
const delta = fc.integer({ min: -5, max: 3 })
/** What leads on is done more often than what ends an order. */
const orderStep = fc.constantFrom(...ORDER_STEPS, 'pay', 'pay', 'pick', 'pick', 'pack', 'pack')
const transferStep = fc.constantFrom(...TRANSFER_STEPS, 'hold', 'hold', 'dispatch', 'dispatch', 'receive')
const is = <Name extends string>(name: Name) => fc.constant(name)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: is('buy'),
      sku,
      other: fc.option(sku),
      channel: fc.constantFrom('mall', 'jd'),
      quantity: few,
      grouped: fc.boolean(),
    }),
  },
  { weight: 18, arbitrary: fc.record({ do: is('order'), what: orderStep, at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('short', 'change'), at, quantity: few }) },
  { weight: 2, arbitrary: fc.record({ do: is('serve'), sku }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('adjust', 'adjust', 'count'), sku, warehouse, delta }),
  },
  { weight: 3, arbitrary: fc.record({ do: is('decide count'), at, approve: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: is('read WMS'), sku, warehouse, delta, timed: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: is('apply reading'), at }) },
  { weight: 1, arbitrary: fc.record({ do: is('approve jump'), sku, warehouse }) },
  { weight: 3, arbitrary: fc.record({ do: is('ask for transfer'), sku, warehouse, quantity: few }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: is('transfer'), what: transferStep, at, quantity: few }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('promote'), sku, mall: few, jd: few }) },
  { weight: 2, arbitrary: fc.record({ do: is('move quota'), at, quantity: few, back: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: is('promotion'), what: fc.constantFrom(...PROMOTION_STEPS), at }) },
  { weight: 2, arbitrary: fc.record({ do: is('arrive'), quantity: few }) },
)

/** Refusals that belong to the rules. Anything else that is thrown breaks the property. */
const REFUSALS = [
  'pick-task-wrong-state',
  'invalid-request',
  'insufficient-stock',
  'promotion-not-running',
  'quota-too-small',
  'presale-over',
  'count-wrong-state',
  'count-superseded',
  'transfer-no-source',
]

export function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REFUSALS.includes(String(error.code))
}
