/**
 * Where an order can stand, and where it may go from there.
 *
 * The same table serves the workflow (which refuses illegal moves), the documentation and the console.
 */
export const ORDER_STATUSES = [
  'reserved',
  'awaiting_stock',
  'paid',
  'partially_shipped',
  'shipped',
  'in_transit',
  'delivered',
  'returning',
  'completed',
  'expired',
  'cancelled',
  'returned',
  'lost',
] as const

export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** What each status means to a person, in both languages of the product. */
export const ORDER_STATUS_MEANING: Record<OrderStatus, { en: string; zh: string }> = {
  reserved: { en: 'stock is held, waiting for payment', zh: '已锁库存，待付款' },
  awaiting_stock: { en: 'accepted from its channel, waiting for stock', zh: '渠道订单已接收，等待库存' },
  paid: { en: 'paid in full, the warehouses are picking', zh: '已付款，仓库拣货中' },
  partially_shipped: { en: 'some parcels have left, others are still being picked', zh: '部分发货' },
  shipped: { en: 'all parcels are with the couriers', zh: '已发货' },
  in_transit: { en: 'a courier has scanned a parcel on its way', zh: '运输中' },
  delivered: { en: 'all parcels arrived; the after-sales window is open', zh: '已签收' },
  returning: { en: 'a return is being handled', zh: '退货处理中' },
  completed: { en: 'the after-sales window has closed', zh: '已完成' },
  expired: { en: 'not paid in time, stock released', zh: '超时未付款，已释放库存' },
  cancelled: { en: 'cancelled before shipping', zh: '已取消' },
  returned: { en: 'every unit came back', zh: '已全部退货' },
  lost: { en: 'every parcel was lost by the courier', zh: '包裹丢失' },
}

/** Every legal move. A status that is missing on the right of a row can never follow it. */
export const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  reserved: ['paid', 'expired', 'cancelled'],
  awaiting_stock: ['reserved', 'cancelled'],
  expired: ['paid', 'awaiting_stock'],
  paid: ['partially_shipped', 'shipped', 'cancelled'],
  partially_shipped: ['shipped', 'in_transit', 'delivered', 'returning', 'returned', 'lost'],
  shipped: ['partially_shipped', 'in_transit', 'delivered', 'returning', 'lost'],
  in_transit: ['partially_shipped', 'delivered', 'returning', 'returned', 'lost'],
  delivered: ['partially_shipped', 'returning', 'completed'],
  returning: ['partially_shipped', 'shipped', 'in_transit', 'delivered', 'returned', 'lost'],
  completed: [],
  cancelled: [],
  returned: [],
  lost: [],
}

export type TransitionResult =
  | { ok: true; from: OrderStatus; to: OrderStatus }
  | { ok: false; from: OrderStatus; to: OrderStatus; reason: string }

/** Whether an order may move from one status to another, and if not, why not. */
export function transition(from: OrderStatus, to: OrderStatus): TransitionResult {
  if (ORDER_TRANSITIONS[from].includes(to)) return { ok: true, from, to }
  const allowed = ORDER_TRANSITIONS[from].join(', ') || 'nothing'
  return { ok: false, from, to, reason: `an order that is ${from} can become ${allowed}, not ${to}` }
}

/** Statuses after which goods, money and parcels have nothing more to do. `expired` still takes late money. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'expired' || ORDER_TRANSITIONS[status].length === 0
}

export const PARCEL_STATES = ['shipped', 'in_transit', 'refused', 'delivered', 'returned', 'lost'] as const
export type ParcelState = (typeof PARCEL_STATES)[number]

/**
 * A parcel only moves forward; `delivered` outranks a late scan, and an end is an end. One that its receiver refused
 * counts as coming back, until the courier says something else.
 */
export const PARCEL_TRANSITIONS: Record<ParcelState, readonly ParcelState[]> = {
  shipped: ['in_transit', 'refused', 'delivered', 'returned', 'lost'],
  in_transit: ['refused', 'delivered', 'returned', 'lost'],
  refused: ['delivered', 'returned', 'lost'],
  delivered: [],
  returned: [],
  lost: [],
}

export const PICK_TASK_STATES = ['created', 'started', 'picked', 'packed', 'short', 'withdrawn'] as const
export type PickTaskState = (typeof PICK_TASK_STATES)[number]

/** Pick tasks that the warehouse has not finished; the office may still withdraw these. */
export const OPEN_PICK_TASK_STATES = ['created', 'started', 'picked'] as const satisfies PickTaskState[]

export const RETURN_STATES = ['requested', 'approved', 'rejected', 'received', 'settled'] as const
export type ReturnState = (typeof RETURN_STATES)[number]
