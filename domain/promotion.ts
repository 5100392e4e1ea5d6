/**
 * Promotions: units that are promised to a channel from a start to an end. Their quota is backed by real holds, so
 * what is decided here is only where those holds lie and who takes from which.
 */
export const PROMOTION_STATES = ['scheduled', 'running', 'ended', 'cancelled'] as const
export type PromotionState = (typeof PROMOTION_STATES)[number]

/** What each state means to a person, in both languages of the product. */
export const PROMOTION_STATE_MEANING: Record<PromotionState, { en: string; zh: string }> = {
  scheduled: { en: 'no unit is held yet', zh: '未开始，尚未预占' },
  running: { en: 'the quotas are held and are drawn from', zh: '进行中，配额已预占' },
  ended: { en: 'over; what was left is free stock again', zh: '已结束，余量已归还' },
  cancelled: { en: 'called off; what was left is free stock again', zh: '已取消，余量已归还' },
}

/** Every legal move. A promotion that could not be held before its end goes from scheduled to ended. */
export const PROMOTION_TRANSITIONS: Record<PromotionState, readonly PromotionState[]> = {
  scheduled: ['running', 'ended', 'cancelled'],
  running: ['ended', 'cancelled'],
  ended: [],
  cancelled: [],
}

/** Whether nothing more can happen to a promotion. */
export function isOver(state: PromotionState): boolean {
  return PROMOTION_TRANSITIONS[state].length === 0
}

/** Why a command is not carried out, as a value. */
export type PromotionRefusal = {
  code: 'promotion-closed' | 'promotion-not-running'
  detail: string
}

/** A person's command to close a promotion before its end. */
export type CloseCommand = {
  /** The same for every repetition of one command. */
  requestId: string
  to: 'ended' | 'cancelled'
  operator: string
  reason: string
}
export type PromotionAnswer = { accepted: true } | ({ accepted: false } & PromotionRefusal)

/** Whether a person's command may close the promotion: cancelling it at any time, ending it early while it runs. */
export function refuseClosing(state: PromotionState, to: CloseCommand['to']): PromotionRefusal | null {
  if (isOver(state)) return { code: 'promotion-closed', detail: `the promotion is ${state} already` }
  if (to === 'ended' && state !== 'running') {
    return { code: 'promotion-not-running', detail: 'the promotion has not started; cancel it instead' }
  }
  return null
}

/** What a promotion's workflow goes by: where it stands, and when to look again. */
export type PromotionStanding = {
  state: PromotionState
  /** Until something is due; 0 when the promotion is over. */
  waitMs: number
  shortages: QuotaShortage[]
}

export type PromotionTimes = { state: PromotionState; startsAtMs: number; endsAtMs: number }
export type PromotionStep = { kind: 'start' | 'end' | 'over' } | { kind: 'wait'; forMs: number }

/** What is due at this moment. An end that has come outranks a start that was missed. */
export function nextStep({ state, startsAtMs, endsAtMs }: PromotionTimes, nowMs: number): PromotionStep {
  if (isOver(state)) return { kind: 'over' }
  if (nowMs >= endsAtMs) return { kind: 'end' }
  if (state === 'running') return { kind: 'wait', forMs: endsAtMs - nowMs }
  return nowMs >= startsAtMs ? { kind: 'start' } : { kind: 'wait', forMs: startsAtMs - nowMs }
}

/** A quota's counters. Every unit that was promised is drawn by an order, given back, or still to be drawn. */
export type QuotaCount = { promised: number; drawn: number; returned: number }

/** Units of a quota that its channel may still draw. */
export function remainingOf({ promised, drawn, returned }: QuotaCount): number {
  return promised - drawn - returned
}

/** The channel that a quota is for. */
export function channelOf(quotaId: string): string {
  return quotaId.slice(quotaId.indexOf('/') + 1)
}

/** Names a channel's share of a promotion: the owner of its holds, and the source of what orders draw from them. */
export function quotaIdOf(promotionId: string, channel: string): string {
  return `${promotionId}/${channel}`
}

export type Place = { warehouseId: string; available: number }

/**
 * Takes a quantity from several places in proportion to what each has, so that no warehouse is emptied before the
 * others. What rounding leaves goes to the places that lost most by it, then by id.
 *
 * The places together must have enough.
 */
export function spread(
  quantity: number,
  places: readonly Place[],
): { warehouseId: string; quantity: number }[] {
  const total = places.reduce((sum, place) => sum + Math.max(0, place.available), 0)
  if (quantity > total) throw new RangeError(`${quantity} units cannot come from ${total}`)
  const shares = places
    .filter((place) => place.available > 0)
    .map(({ warehouseId, available }) => {
      // Whole numbers throughout: quantity × available is far below 2^53.
      const product = quantity * available
      return { warehouseId, quantity: Math.floor(product / total), lost: product % total }
    })
  const rest = quantity - shares.reduce((sum, share) => sum + share.quantity, 0)
  const byLoss = shares.toSorted((a, b) => b.lost - a.lost || (a.warehouseId < b.warehouseId ? -1 : 1))
  // A share that lost something is below what its place has, so one more is always there.
  for (const share of byLoss.slice(0, rest)) share.quantity += 1
  return shares
    .filter((share) => share.quantity > 0)
    .map(({ warehouseId, quantity: units }) => ({ warehouseId, quantity: units }))
}

export type QuotaDemand = { skuId: string; channel: string; quantity: number }
export type FreeLevel = Place & { skuId: string }
export type QuotaHold = QuotaDemand & { warehouseId: string }
/** `available` is what this promotion may take: free stock, cut to the share that the policy allows. */
export type QuotaShortage = { skuId: string; requested: number; available: number }
export type HoldPlan = { ok: true; holds: QuotaHold[] } | { ok: false; shortages: QuotaShortage[] }

/** Where a promotion's units are held, all or none. No SKU may give more than its share of what is free. */
export function planHolds(
  demand: readonly QuotaDemand[],
  levels: readonly FreeLevel[],
  maxSharePercent: number,
): HoldPlan {
  const free = new Map<string, Place[]>()
  for (const { skuId, warehouseId, available } of levels) {
    if (available > 0) free.set(skuId, [...(free.get(skuId) ?? []), { warehouseId, available }])
  }
  const requested = new Map<string, number>()
  for (const { skuId, quantity } of demand) requested.set(skuId, (requested.get(skuId) ?? 0) + quantity)
  const shortages = [...requested].flatMap(([skuId, quantity]) => {
    const total = (free.get(skuId) ?? []).reduce((sum, place) => sum + place.available, 0)
    const available = Math.floor((total * maxSharePercent) / 100)
    return quantity > available ? [{ skuId, requested: quantity, available }] : []
  })
  if (shortages.length > 0) return { ok: false, shortages }
  const holds = demand.flatMap((line) => {
    const places = free.get(line.skuId) ?? []
    const parts = spread(line.quantity, places)
    for (const part of parts) {
      const place = places.find((entry) => entry.warehouseId === part.warehouseId)
      if (place) place.available -= part.quantity
    }
    return parts.map((part) => ({ ...line, ...part }))
  })
  return { ok: true, holds }
}

/** What a quota still holds of one SKU in one warehouse. */
export type OpenQuota = {
  quotaId: string
  skuId: string
  warehouseId: string
  remaining: number
  endsAtMs: number
}

type Located = { skuId: string; warehouseId: string; quantity: number }

/** An order's units by their source, and what each quota gave for them. */
export type Drawn<Taken> = {
  /** `drawnFrom: null`: free stock. One entry for each of the taken ones and its sources. */
  holds: (Taken & { drawnFrom: string | null })[]
  /** Where the quotas gave their units up. */
  given: (Located & { quotaId: string })[]
}

/**
 * Splits what an order takes by its source: the channel's quotas first, the one that ends first leading, and what they
 * lack from free stock. The quotas are lowered as they are drawn: the next line and the next order see what is left.
 *
 * A quota gives units where the order takes them; if it has none left there, it gives them up in another warehouse,
 * where they become free, for the free ones that the order takes: the customer is served from the best place, and free
 * stock as a whole is not touched before the quota is used up.
 */
export function drawQuotas<Taken extends Located>(
  taken: readonly Taken[],
  quotas: readonly OpenQuota[],
): Drawn<Taken> {
  if (quotas.length === 0) return { holds: taken.map((entry) => ({ ...entry, drawnFrom: null })), given: [] }
  const order = quotas.toSorted((a, b) => a.endsAtMs - b.endsAtMs || (a.quotaId < b.quotaId ? -1 : 1))
  const given: Drawn<Taken>['given'] = []
  const missing = taken.map((entry) => entry.quantity)
  const sources = taken.map(() => new Map<string, number>())
  const draw = (isNear: (quota: OpenQuota, entry: Taken) => boolean) => {
    for (const [index, entry] of taken.entries()) {
      for (const quota of order) {
        const quantity = Math.min(missing[index] ?? 0, quota.remaining)
        if (quantity === 0 || quota.skuId !== entry.skuId || !isNear(quota, entry)) continue
        quota.remaining -= quantity
        missing[index] = (missing[index] ?? 0) - quantity
        sources[index]?.set(quota.quotaId, (sources[index].get(quota.quotaId) ?? 0) + quantity)
        given.push({ quotaId: quota.quotaId, skuId: quota.skuId, warehouseId: quota.warehouseId, quantity })
      }
    }
  }
  draw((quota, entry) => quota.warehouseId === entry.warehouseId)
  draw((quota, entry) => quota.warehouseId !== entry.warehouseId)
  const holds = taken.flatMap((entry, index) => {
    const parts: Drawn<Taken>['holds'] = [...(sources[index] ?? [])].map(([drawnFrom, quantity]) => ({
      ...entry,
      quantity,
      drawnFrom,
    }))
    const free = missing[index] ?? 0
    return free > 0 ? [...parts, { ...entry, quantity: free, drawnFrom: null }] : parts
  })
  return { holds, given }
}

/** Levels as one channel sees them: what is free, and what its quotas still hold there. */
export function withQuotas<Level extends FreeLevel>(
  levels: readonly Level[],
  quotas: readonly OpenQuota[],
): Level[] {
  if (quotas.length === 0) return [...levels]
  const held = new Map<string, number>()
  for (const { skuId, warehouseId, remaining } of quotas) {
    const key = `${skuId} ${warehouseId}`
    held.set(key, (held.get(key) ?? 0) + remaining)
  }
  return levels.map((level) => ({
    ...level,
    available: level.available + (held.get(`${level.skuId} ${level.warehouseId}`) ?? 0),
  }))
}

export type DrawnUnits = Located & { drawnFrom: string }

/**
 * Divides units that orders give back between their quotas and free stock. They are the quota's again while its
 * promotion runs, except where more is promised than exists: there a returned unit first lowers the shortfall.
 *
 * @param missing shortfall of each `sku warehouse` before the units were given back
 */
export function divideReturned<Returned extends DrawnUnits>(
  returned: readonly Returned[],
  runningQuotas: ReadonlySet<string>,
  missing: ReadonlyMap<string, number>,
): { toQuota: Returned[]; toFree: Returned[] } {
  const shortfall = new Map(missing)
  const toQuota: Returned[] = []
  const toFree: Returned[] = []
  for (const units of returned) {
    const key = `${units.skuId} ${units.warehouseId}`
    const lost = Math.min(units.quantity, shortfall.get(key) ?? 0)
    shortfall.set(key, (shortfall.get(key) ?? 0) - lost)
    const back = runningQuotas.has(units.drawnFrom) ? units.quantity - lost : 0
    if (back > 0) toQuota.push({ ...units, quantity: back })
    if (back < units.quantity) toFree.push({ ...units, quantity: units.quantity - back })
  }
  return { toQuota, toFree }
}
