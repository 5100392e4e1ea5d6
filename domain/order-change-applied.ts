import type { ChangeHold, ChangeTerms } from './change.ts'
import { type ChangePlan, totalCents } from './change-preview.ts'
import type { Allocation, OrderLine, OrderState } from './order.ts'
import { requireCheckAgain } from './order-check.ts'
import type { Draft } from './order-draft.ts'
import { openFulfilments } from './order-fulfilment.ts'
import { dueCents, isPaidInFull } from './order-money.ts'

/** In the operation log, what a change did says so, and names the change by the number that people say. */
const SOURCE = 'authorised_change'

/**
 * Makes a decided change so: lines, price, contact; the goods by their difference only; the pick tasks that it touches
 * are replaced. Refunds, and what waits for a supplement, follow from the state.
 */
export function applyPlan(
  draft: Draft,
  { hold, plan, terms }: { hold: ChangeHold; plan: ChangePlan; terms: ChangeTerms },
): void {
  const { state } = draft
  const { change, changeId } = hold
  const before = { placed: state.placed, dueCents: dueCents(state) }
  const own: Draft = {
    ...draft,
    note: (entry) =>
      draft.note({
        source: SOURCE,
        subjectId: terms.changeNumber,
        requestId: changeId,
        operator: terms.operator,
        ...entry,
      }),
  }
  const { lines, freightCents, contact } = plan
  const amountCents = totalCents(lines, freightCents)
  state.placed = { ...state.placed, ...contact, lines, freightCents, amountCents }
  const applied = {
    changeId,
    changeNumber: terms.changeNumber,
    type: change.type,
    approvers: terms.approvers,
    amountBeforeCents: before.dueCents,
    amountAfterCents: before.dueCents,
    allowanceCents: plan.allowance?.amountCents ?? 0,
  }
  state.changes.push(applied)
  applied.amountAfterCents = change.type === 'cancel' ? 0 : dueCents(state)
  noteDifferences(own, before, applied)
  // Before anything goes to a warehouse: what was looked at has changed.
  if (change.type !== 'cancel' && change.type !== 'refund') requireCheckAgain(draft)
  const goods = change.type === 'cancel' ? NO_GOODS : moveGoods(own, hold, plan)
  draft.writes.push({
    kind: 'apply_change',
    change: { ...applied },
    lines,
    freightCents,
    amountCents,
    contact,
    ...goods.written,
  })
  openFulfilments(own, goods.allocations, `C${state.changes.length}`)
  if (plan.allowance) refundAllowance(own, hold, plan.allowance)
  if (change.type === 'cancel') beginCancelling(own, hold, terms)
  // Cheaper now, and paid so far: the database says whether the goods are still held.
  if (state.status === 'reserved' && state.reservation === 'held' && isPaidInFull(state)) {
    state.reservation = 'checking'
  }
}

function noteDifferences(
  draft: Draft,
  before: { placed: OrderState['placed']; dueCents: number },
  applied: OrderState['changes'][number],
): void {
  const { placed } = draft.state
  for (const line of placed.lines) {
    const old = before.placed.lines.find((entry) => entry.lineNumber === line.lineNumber)
    const [oldValue, newValue] = [old ? describe(old) : null, describe(line)]
    if (oldValue !== newValue) draft.note({ field: 'order_line', oldValue, newValue })
  }
  if (before.placed.freightCents !== placed.freightCents) {
    draft.note({
      field: 'freight',
      oldValue: String(before.placed.freightCents),
      newValue: String(placed.freightCents),
      amountCents: placed.freightCents,
    })
  }
  if (before.placed.contactId !== placed.contactId) {
    draft.note({ field: 'contact', oldValue: before.placed.contactId, newValue: placed.contactId })
  }
  draft.note({
    field: 'change',
    oldValue: String(applied.amountBeforeCents),
    newValue: `${applied.amountAfterCents} ${applied.type}, approved by ${applied.approvers.join(', ') || 'policy'}`,
    amountCents: Math.abs(applied.amountAfterCents - applied.amountBeforeCents),
  })
}

function describe({ lineNumber, skuId, quantity, unitPriceCents }: OrderLine): string {
  return `line ${lineNumber}: ${skuId} ×${quantity} at ${unitPriceCents}`
}

type Goods = { written: { giveBack: Allocation[]; withdraw: string[] }; allocations: Allocation[] }
const NO_GOODS: Goods = { written: { giveBack: [], withdraw: [] }, allocations: [] }

/** Gives back what is no longer wanted and hands what was gained to the warehouses, by the difference only. */
function moveGoods(draft: Draft, hold: ChangeHold, plan: ChangePlan): Goods {
  const { state } = draft
  const { change } = hold
  const gained = hold.gained.map(({ drawnFrom: _, ...units }): Allocation => units)
  // Nothing is at the warehouses yet, or it waits for the rest of its presale there.
  if (state.fulfilments.length === 0 && state.unopened.length === 0) {
    const giveBack = chooseUnits(state.placed.allocations, plan.stock)
    state.placed.allocations = mergeUnits([...withoutUnits(state.placed.allocations, giveBack), ...gained])
    return { written: { giveBack, withdraw: [] }, allocations: [] }
  }
  // Goods that are sent again go their own way; whatever else is under way stays as it is.
  if (change.type === 'reship') return { written: NO_GOODS.written, allocations: mergeUnits(gained) }
  const giveBack = chooseUnits(unitsUnderWay(state), plan.stock)
  let left = giveBack
  const take = (allocations: Allocation[]) => {
    const kept = withoutUnits(allocations, left)
    left = withoutUnits(left, withoutUnits(allocations, kept))
    return kept
  }
  state.unopened = state.unopened.map((entry) => ({ ...entry, allocations: take(entry.allocations) }))
  const withdraw: string[] = []
  const again: Allocation[] = []
  for (const fulfilment of state.fulfilments.filter((entry) => entry.state === 'picking')) {
    const units = unitsOf(fulfilment)
    const kept = take(units)
    const grows = gained.some((entry) => entry.warehouseId === fulfilment.warehouseId)
    if (!grows && totalUnits(kept) === totalUnits(units)) continue
    fulfilment.state = 'withdrawn'
    draft.note({
      field: 'pick_task',
      oldValue: 'on hold',
      newValue: 'withdrawn',
      subjectId: fulfilment.fulfilmentId,
    })
    withdraw.push(fulfilment.fulfilmentId)
    again.push(...kept)
  }
  const allocations = mergeUnits([...again, ...gained])
  const [first] = state.unopened
  if (!first) return { written: { giveBack, withdraw }, allocations }
  first.allocations = mergeUnits([...first.allocations, ...allocations])
  state.unopened = state.unopened.filter((entry) => entry.allocations.length > 0)
  return { written: { giveBack, withdraw }, allocations: [] }
}

function unitsUnderWay(state: OrderState): Allocation[] {
  return mergeUnits([
    ...state.fulfilments.filter((entry) => entry.state === 'picking').flatMap(unitsOf),
    ...state.unopened.flatMap((entry) => entry.allocations),
  ])
}

function unitsOf({ warehouseId, lines }: OrderState['fulfilments'][number]): Allocation[] {
  return lines.map((line) => ({ ...line, warehouseId }))
}

/** The units that a difference gives back: from the smallest parts first, which saves a parcel soonest. */
function chooseUnits(held: readonly Allocation[], difference: ChangePlan['stock']): Allocation[] {
  return difference.flatMap(({ lineNumber, skuId, quantity }) => {
    let left = -quantity
    return held
      .filter((entry) => entry.lineNumber === lineNumber && entry.skuId === skuId)
      .toSorted((a, b) => a.quantity - b.quantity || (a.warehouseId < b.warehouseId ? -1 : 1))
      .flatMap((entry) => {
        const units = Math.min(entry.quantity, Math.max(0, left))
        left -= units
        return units > 0 ? [{ ...entry, quantity: units }] : []
      })
  })
}

/** What is left of the first after the second has been taken from it, as far as it goes. */
function withoutUnits(allocations: readonly Allocation[], taken: readonly Allocation[]): Allocation[] {
  const left = new Map(taken.map((entry) => [placeOf(entry), entry.quantity]))
  return allocations.flatMap((entry) => {
    const units = Math.min(entry.quantity, left.get(placeOf(entry)) ?? 0)
    left.set(placeOf(entry), (left.get(placeOf(entry)) ?? 0) - units)
    return units < entry.quantity ? [{ ...entry, quantity: entry.quantity - units }] : []
  })
}

/** One entry for a line's units of a SKU in a warehouse. */
function mergeUnits(allocations: readonly Allocation[]): Allocation[] {
  const merged = new Map<string, Allocation>()
  for (const entry of allocations) {
    const known = merged.get(placeOf(entry))
    merged.set(placeOf(entry), { ...entry, quantity: entry.quantity + (known?.quantity ?? 0) })
  }
  return [...merged.values()]
}

function placeOf({ lineNumber, skuId, warehouseId }: Allocation): string {
  return `${lineNumber} ${skuId} ${warehouseId}`
}

function totalUnits(allocations: readonly Allocation[]): number {
  return allocations.reduce((sum, entry) => sum + entry.quantity, 0)
}

/** Money for goods that stay sold, from the payment that was named. */
function refundAllowance(
  draft: Draft,
  { number, changeId }: ChangeHold,
  { paymentId, amountCents }: { paymentId: string; amountCents: number },
): void {
  const { state } = draft
  const refund = {
    refundId: `${state.placed.orderId}-R-change-${number}-1`,
    paymentId,
    amountCents,
    reason: 'allowance' as const,
    changeId,
    state: 'due' as const,
    tries: 1,
  }
  state.refunds.push(refund)
  draft.writes.push({ kind: 'record_refund', refund })
  draft.note({
    field: 'refund',
    newValue: `due of ${paymentId} (allowance)`,
    subjectId: refund.refundId,
    amountCents,
  })
}

/** The warehouse is on hold: the cancellation that follows meets nobody who could be faster. */
function beginCancelling(draft: Draft, { changeId }: ChangeHold, terms: ChangeTerms): void {
  draft.state.cancellation = {
    requestId: terms.requestId,
    reason: terms.changeNumber,
    operator: terms.operator,
    mayCancelPaid: true,
    changeId,
    state: 'waiting',
  }
  draft.note({ field: 'cancellation', newValue: `requested: ${terms.changeNumber}` })
}
