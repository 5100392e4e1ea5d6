import type { Allocation, Fulfilment, OrderEvent, OrderState, Parcel } from './order.ts'
import { type Draft, raise } from './order-draft.ts'
import { isOver, keepForLater } from './order-early.ts'
import { courierReturnOf, isUndelivered } from './order-money.ts'
import { openCourierReturn, withdrawCourierReturn } from './order-returns.ts'
import { PARCEL_TRANSITIONS, type ParcelState } from './order-state.ts'
import { hasEnded, mayPick } from './order-status.ts'

/**
 * One fulfilment, and one pick task, for each warehouse in the allocations. Their numbers follow from the cause, so
 * that they are the same in whatever order causes are applied.
 */
export function openFulfilments(draft: Draft, allocations: Allocation[], cause = ''): void {
  const { state } = draft
  if (allocations.length === 0) return
  // Nothing goes to a warehouse that a change may still take back, or that is not paid for.
  if (!mayPick(state)) {
    state.unopened.push({ allocations, cause })
    return
  }
  const warehouseIds = [...new Set(allocations.map((entry) => entry.warehouseId))]
  for (const [index, warehouseId] of warehouseIds.entries()) {
    const fulfilment: Fulfilment = {
      fulfilmentId: `${state.placed.orderId}-${cause}F${index + 1}`,
      warehouseId,
      lines: allocations
        .filter((entry) => entry.warehouseId === warehouseId)
        .map(({ lineNumber, skuId, quantity }) => ({ lineNumber, skuId, quantity })),
      state: 'picking',
    }
    state.fulfilments.push(fulfilment)
    draft.writes.push({ kind: 'create_pick_task', fulfilment })
    draft.note({
      field: 'pick_task',
      newValue: `created at ${warehouseId}`,
      subjectId: fulfilment.fulfilmentId,
    })
  }
}

/** Lets the warehouses go on, and begin what has waited, once nothing is in the way any more. */
export function resumePicking(draft: Draft): void {
  const { state } = draft
  if (!mayPick(state)) return
  if (state.isPickingPaused) {
    state.isPickingPaused = false
    draft.writes.push({ kind: 'resume_picking' })
    draft.note({ field: 'picking', oldValue: 'on hold', newValue: 'resumed' })
  }
  for (const { allocations, cause } of state.unopened.splice(0)) openFulfilments(draft, allocations, cause)
}

/** A warehouse has packed its part: the parcel is with the courier. */
export function packFulfilment(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'fulfilment_packed' }>,
): void {
  const { state } = draft
  const fulfilment = state.fulfilments.find((entry) => entry.fulfilmentId === event.fulfilmentId)
  if (!fulfilment && !isOver(state)) return keepForLater(draft, event)
  if (fulfilment?.state !== 'picking') {
    const stands = fulfilment?.state ?? 'unknown'
    draft.note({
      field: 'fulfilment',
      oldValue: stands,
      newValue: 'packed (ignored)',
      subjectId: event.fulfilmentId,
    })
    if (stands !== 'packed') {
      raise(draft, 'contradiction', `${event.fulfilmentId}/packed`, {
        fulfilmentId: event.fulfilmentId,
        stands,
      })
    }
    return
  }
  fulfilment.state = 'packed'
  const parcel = {
    parcelId: `${fulfilment.fulfilmentId}-P1`,
    fulfilmentId: fulfilment.fulfilmentId,
    courier: event.courier,
    waybillNumber: event.waybillNumber,
    state: 'shipped' as const,
  }
  state.parcels.push(parcel)
  draft.note({
    field: 'waybill',
    newValue: `${event.courier} ${event.waybillNumber}`,
    subjectId: parcel.parcelId,
  })
}

/** A warehouse found less than it should have: the rest is looked for elsewhere. */
export function shortFulfilment(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'fulfilment_short' }>,
): void {
  const { state } = draft
  const fulfilment = state.fulfilments.find((entry) => entry.fulfilmentId === event.fulfilmentId)
  if (!fulfilment && !isOver(state)) return keepForLater(draft, event)
  if (!fulfilment) {
    return raise(draft, 'contradiction', `${event.fulfilmentId}/short`, { fulfilmentId: event.fulfilmentId })
  }
  // The same report under another message id: a source that repeats itself.
  if (state.shortages.some((entry) => entry.shortageId === event.eventId)) return
  const missing = event.lines.map((line) => `${line.skuId} ×${line.quantity}`).join(', ')
  draft.note({
    field: 'short_pick',
    newValue: `${fulfilment.warehouseId}: ${missing}`,
    subjectId: fulfilment.fulfilmentId,
  })
  raise(draft, 'short_pick', event.eventId, { warehouseId: fulfilment.warehouseId, missing })
  // Heard of so late that the order, or this part of it, is over: its money is settled, and whatever is to be done
  // about the missing units is a person's decision.
  if (hasEnded(state.status) || isUndelivered(state, fulfilment.fulfilmentId)) return
  const lines: Fulfilment['lines'] = []
  for (const line of fulfilment.lines) {
    const short = event.lines.find((entry) => entry.lineNumber === line.lineNumber)?.quantity ?? 0
    const quantity = line.quantity - Math.min(short, line.quantity)
    if (quantity > 0) lines.push({ ...line, quantity })
  }
  fulfilment.lines = lines
  if (event.taskClosed || lines.length === 0) fulfilment.state = 'void'
  state.shortages.push({
    shortageId: event.eventId,
    fulfilmentId: fulfilment.fulfilmentId,
    lines: event.lines,
    state: 'open',
  })
}

/** What other warehouses could supply gets pick tasks; what nobody could is no longer owed. */
export function shortageSettled(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'shortage_settled' }>,
): void {
  const { state } = draft
  const shortage = state.shortages.find((entry) => entry.shortageId === event.shortageId)
  if (shortage?.state !== 'open') return
  shortage.state = 'settled'
  for (const line of shortage.lines) {
    const found = event.allocations
      .filter((entry) => entry.lineNumber === line.lineNumber)
      .reduce((sum, entry) => sum + entry.quantity, 0)
    const missing = line.quantity - found
    if (missing <= 0) continue
    state.unfillable[line.lineNumber] = (state.unfillable[line.lineNumber] ?? 0) + missing
    draft.note({ field: 'unfillable', newValue: `${line.skuId} ×${missing}` })
  }
  openFulfilments(draft, event.allocations, `S${state.shortages.indexOf(shortage) + 1}`)
}

/** A courier's decisive news of a parcel, from a poll or a push; both may tell the same, and the older one last. */
export function parcelNews(draft: Draft, event: Extract<OrderEvent, { type: 'parcel_news' }>): void {
  const { state } = draft
  const parcel = state.parcels.find((entry) => entry.parcelId === event.parcelId)
  if (!parcel || parcel.state === event.state || isBehind(event.state, parcel.state)) return
  const moved = { field: 'parcel', oldValue: parcel.state, subjectId: parcel.parcelId }
  if (!PARCEL_TRANSITIONS[parcel.state].includes(event.state) || isBackAlready(state, parcel, event.state)) {
    draft.note({ ...moved, newValue: `${event.state} (ignored)` })
    return raise(draft, 'contradiction', `${parcel.parcelId}/${event.state}`, {
      parcelId: parcel.parcelId,
      stands: parcel.state,
      reported: event.state,
    })
  }
  draft.note({ ...moved, newValue: event.state })
  parcel.state = event.state
  const detail = { parcelId: parcel.parcelId, courier: parcel.courier, waybillNumber: parcel.waybillNumber }
  if (event.state === 'lost') raise(draft, 'parcel_lost', parcel.parcelId, detail)
  if (event.state === 'refused' || event.state === 'returned') {
    raise(draft, 'parcel_returned', parcel.parcelId, detail)
    openCourierReturn(draft, parcel)
  } else {
    withdrawCourierReturn(draft, parcel)
  }
}

/** The warehouse has what was refused: it is not with the customer, and not lost, whatever the courier says. */
function isBackAlready(state: OrderState, parcel: Parcel, reported: ParcelState): boolean {
  if (parcel.state !== 'refused' || reported === 'returned') return false
  return courierReturnOf(state, parcel)?.state !== 'approved'
}

/** A scan of the way after the parcel is further: only late, no contradiction. */
function isBehind(reported: ParcelState, stands: ParcelState): boolean {
  return reported === 'shipped' || (reported === 'in_transit' && stands !== 'shipped')
}

/** Nothing was heard of a parcel for longer than is usual. It is followed all the same. */
export function parcelSilent(draft: Draft, event: Extract<OrderEvent, { type: 'parcel_silent' }>): void {
  const parcel = draft.state.parcels.find((entry) => entry.parcelId === event.parcelId)
  if (!parcel || PARCEL_TRANSITIONS[parcel.state].length === 0) return
  const { parcelId, courier, waybillNumber } = parcel
  const { silentSince, detail } = event
  draft.note({
    field: 'parcel',
    oldValue: parcel.state,
    newValue: `no news since ${silentSince}`,
    subjectId: parcelId,
  })
  raise(draft, 'parcel_stuck', parcelId, { parcelId, courier, waybillNumber, silentSince, detail })
}
