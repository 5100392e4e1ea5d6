/** Orders as the buyers made them, whatever platform shows them: each platform puts them into its own words. */
export const MARKET_STATUSES = [
  'unpaid',
  'paid',
  'part_shipped',
  'shipped',
  'received',
  'finished',
  'closed_unpaid',
  'closed_refunded',
] as const
export type MarketStatus = (typeof MARKET_STATUSES)[number]

export type MarketLine = {
  lineId: string
  itemId: string
  skuId: string
  /** The merchant's own code, as entered at the platform. */
  outerSkuId: string
  title: string
  quantity: number
  unitPriceCents: number
  /** What the buyer pays for the line. */
  paidCents: number
  refund: 'none' | 'open' | 'done'
  /** How much is asked back, freight with it; what was paid for the line where this does not say. */
  refundCents?: number
  /** Why it is asked back, in the buyer's choice of words. */
  refundReason?: string
}
export type MarketReceiver = {
  name: string
  phone: string
  province: string
  city: string
  district: string
  address: string
}
export type MarketShipment = {
  courier: string
  waybillNumber: string
  lineIds: string[]
  atMs: number
  operationId: string
}
export type MarketOrder = {
  platform: string
  platformShopId: string
  orderId: string
  buyerId: string
  status: MarketStatus
  createdAtMs: number
  modifiedAtMs: number
  paidAtMs: number | null
  payUntilMs: number
  finishedAtMs: number | null
  /** The payment's serial number. */
  paymentId: string | null
  lines: MarketLine[]
  freightCents: number
  totalCents: number
  receiver: MarketReceiver
  remark: string
  shippingForbidden: boolean
  shipments: MarketShipment[]
}
export type MarketEvent =
  | 'created'
  | 'paid'
  | 'shipped'
  | 'part_shipped'
  | 'received'
  | 'finished'
  | 'closed'
  | 'changed'
  | 'refund'
export type MarketChange = { event: MarketEvent; order: MarketOrder; before: MarketOrder | null }

export type NewMarketOrder = Pick<
  MarketOrder,
  'platform' | 'platformShopId' | 'orderId' | 'buyerId' | 'receiver' | 'freightCents'
> & {
  lines: Omit<MarketLine, 'refund'>[]
  remark?: string
  payWithinMs?: number
}

/** What most buyers choose who say nothing else. */
const USUAL_REASON = '七天无理由退换货'

/** Why a line is asked back. */
export const reasonOf = ({ refundReason }: Pick<MarketLine, 'refundReason'>) => refundReason ?? USUAL_REASON

/** How much of a line is asked back, or went back, in cents. */
export const refundCentsOf = ({ refundCents, paidCents }: MarketLine) => refundCents ?? paidCents

/** How long platforms wait for the money. */
const PAY_WITHIN_MS = 30 * 60_000

/** What was bought, over all platforms, and every change of it. Orders are replaced, never changed in place. */
export class Market {
  readonly #orders = new Map<string, MarketOrder>()
  readonly #previous = new Map<string, MarketOrder>()
  readonly #quantities = new Map<string, number>()
  readonly #listeners: ((change: MarketChange) => void)[] = []
  readonly #now: () => number
  #lastMs = 0

  constructor(now: () => number) {
    this.#now = now
  }

  onChange(listener: (change: MarketChange) => void): void {
    this.#listeners.push(listener)
  }

  place(draft: NewMarketOrder): MarketOrder {
    const key = keyOf(draft.platform, draft.orderId)
    if (this.#orders.has(key)) throw new Error(`${key} exists`)
    const atMs = this.#tick()
    const { lines, remark = '', payWithinMs = PAY_WITHIN_MS, ...rest } = draft
    const order: MarketOrder = {
      ...rest,
      status: 'unpaid',
      createdAtMs: atMs,
      modifiedAtMs: atMs,
      paidAtMs: null,
      payUntilMs: atMs + payWithinMs,
      finishedAtMs: null,
      paymentId: null,
      lines: lines.map((line) => ({ ...line, refund: 'none' as const })),
      totalCents: lines.reduce((sum, line) => sum + line.paidCents, draft.freightCents),
      remark,
      shippingForbidden: false,
      shipments: [],
    }
    return this.#put('created', order, null)
  }

  pay(platform: string, orderId: string): MarketOrder {
    return this.#change(platform, orderId, 'paid', (order, atMs) =>
      order.status === 'unpaid'
        ? { ...order, status: 'paid', paidAtMs: atMs, paymentId: `PAY${orderId}` }
        : null,
    )
  }

  /** The merchant ships. The same waybill again changes nothing. */
  ship(
    platform: string,
    orderId: string,
    shipment: Omit<MarketShipment, 'atMs'>,
  ): 'shipped' | 'repeated' | 'refused' {
    const order = this.find(platform, orderId)
    if (!order) return 'refused'
    const same = (other: MarketShipment) =>
      other.waybillNumber === shipment.waybillNumber && other.courier === shipment.courier
    if (order.shipments.some(same)) return 'repeated'
    if ((order.status !== 'paid' && order.status !== 'part_shipped') || order.shippingForbidden)
      return 'refused'
    const sent = new Set([...order.shipments.flatMap((entry) => entry.lineIds), ...shipment.lineIds])
    const isWhole = shipment.lineIds.length === 0 || order.lines.every((line) => sent.has(line.lineId))
    this.#change(platform, orderId, isWhole ? 'shipped' : 'part_shipped', (now, atMs) => ({
      ...now,
      status: isWhole ? 'shipped' : 'part_shipped',
      shipments: [...now.shipments, { ...shipment, atMs }],
    }))
    return 'shipped'
  }

  receive(platform: string, orderId: string): MarketOrder {
    return this.#change(platform, orderId, 'received', (order) =>
      order.status === 'shipped' ? { ...order, status: 'received' } : null,
    )
  }

  finish(platform: string, orderId: string): MarketOrder {
    return this.#change(platform, orderId, 'finished', (order, atMs) =>
      order.status === 'shipped' || order.status === 'received'
        ? { ...order, status: 'finished', finishedAtMs: atMs }
        : null,
    )
  }

  /** Before the payment it is just closed, after it with all money given back. */
  close(platform: string, orderId: string): MarketOrder {
    return this.#change(platform, orderId, 'closed', (order) => {
      if (order.status === 'unpaid') return { ...order, status: 'closed_unpaid' }
      if (order.status === 'finished' || order.status.startsWith('closed')) return null
      return {
        ...order,
        status: 'closed_refunded',
        lines: order.lines.map((line, at) => ({
          ...line,
          refund: 'done' as const,
          refundCents: line.paidCents + (at === 0 ? order.freightCents : 0),
        })),
      }
    })
  }

  /** Address, remark, risk control, a refund of a line: whatever else happens to an order. */
  amend(
    platform: string,
    orderId: string,
    event: 'changed' | 'refund',
    change: Partial<Pick<MarketOrder, 'receiver' | 'remark' | 'shippingForbidden' | 'lines'>>,
  ): MarketOrder {
    return this.#change(platform, orderId, event, (order) => ({ ...order, ...change }))
  }

  find(platform: string, orderId: string): MarketOrder | undefined {
    return this.#orders.get(keyOf(platform, orderId))
  }

  /** The order as it was before its last change, for platforms that answer from a copy that lags. */
  findPrevious(platform: string, orderId: string): MarketOrder | undefined {
    return this.#previous.get(keyOf(platform, orderId))
  }

  /** Changed in [from, to), oldest change first. */
  changedBetween(platform: string, platformShopId: string, fromMs: number, toMs: number): MarketOrder[] {
    return this.all(platform)
      .filter((order) => order.platformShopId === platformShopId)
      .filter((order) => order.modifiedAtMs >= fromMs && order.modifiedAtMs < toMs)
      .sort((a, b) => a.modifiedAtMs - b.modifiedAtMs)
  }

  /** Loses an order, as no platform ever should: for whoever plants what reconciliation has to find. */
  lose(platform: string, orderId: string): void {
    this.#orders.delete(keyOf(platform, orderId))
  }

  /** What the order costs is another sum from now on, and nobody is told. */
  misprice(platform: string, orderId: string, byCents: number): void {
    const order = this.find(platform, orderId)
    if (!order) throw new Error(`there is no order ${platform}/${orderId}`)
    const [first, ...rest] = order.lines
    if (!first) throw new Error(`${orderId} has no lines`)
    const lines = [{ ...first, paidCents: first.paidCents + byCents }, ...rest]
    this.#orders.set(keyOf(platform, orderId), { ...order, lines, totalCents: order.totalCents + byCents })
  }

  /** So much of an order's money went back from now on, however much it was, and nobody is told. */
  misrefund(platform: string, orderId: string, cents: number): void {
    const order = this.find(platform, orderId)
    if (!order) throw new Error(`there is no order ${platform}/${orderId}`)
    const lines = order.lines.map((line, at) => ({
      ...line,
      refund: at === 0 && cents > 0 ? ('done' as const) : ('none' as const),
      refundCents: cents,
    }))
    this.#orders.set(keyOf(platform, orderId), { ...order, lines })
  }

  /** An order changed at another time than it did, and nobody is told. */
  mistime(platform: string, orderId: string, modifiedAtMs: number): void {
    const order = this.find(platform, orderId)
    if (!order) throw new Error(`there is no order ${platform}/${orderId}`)
    this.#orders.set(keyOf(platform, orderId), { ...order, modifiedAtMs })
  }

  /** The merchant says how many of a SKU buyers see. */
  publish(platform: string, platformShopId: string, skuId: string, quantity: number): void {
    this.#quantities.set(JSON.stringify([platform, platformShopId, skuId]), quantity)
  }

  /** How many of a SKU buyers see; undefined as long as the merchant has said nothing. */
  quantityShown(platform: string, platformShopId: string, skuId: string): number | undefined {
    return this.#quantities.get(JSON.stringify([platform, platformShopId, skuId]))
  }

  all(platform?: string): MarketOrder[] {
    return [...this.#orders.values()].filter((order) => platform === undefined || order.platform === platform)
  }

  #change(
    platform: string,
    orderId: string,
    event: MarketEvent,
    change: (order: MarketOrder, atMs: number) => MarketOrder | null,
  ): MarketOrder {
    const before = this.find(platform, orderId)
    if (!before) throw new Error(`there is no order ${platform}/${orderId}`)
    const atMs = this.#tick()
    const after = change(before, atMs)
    return after ? this.#put(event, { ...after, modifiedAtMs: atMs }, before) : before
  }

  #put(event: MarketEvent, order: MarketOrder, before: MarketOrder | null): MarketOrder {
    const key = keyOf(order.platform, order.orderId)
    if (before) this.#previous.set(key, before)
    this.#orders.set(key, order)
    for (const listener of this.#listeners) listener({ event, order, before })
    return order
  }

  /** A clock that never goes back. */
  #tick(): number {
    this.#lastMs = Math.max(this.#now(), this.#lastMs)
    return this.#lastMs
  }
}

function keyOf(platform: string, orderId: string): string {
  return `${platform}/${orderId}`
}
