import {
  CHANGE_LIMITS,
  type Change,
  type ChangeEffect,
  type ChangeProblem,
  type ChangeReason,
  type ChangeType,
  pausesPicking,
} from './change.ts'
import type { OrderLine, OrderState } from './order.ts'
import { dueCents, isPaidInFull, refundsOwed, stillToPayCents } from './order-money.ts'
import type { OrderStatus } from './order-state.ts'
import { hasEnded } from './order-status.ts'
import { unopenedLines } from './presale.ts'

/** In which statuses a change may be made. Money of goods that have left goes back by `refund`. */
export const CHANGEABLE: Record<ChangeType, readonly OrderStatus[]> = {
  price: ['reserved', 'paid'],
  address: ['reserved', 'awaiting_stock', 'paid'],
  item: ['reserved', 'paid'],
  quantity: ['reserved', 'awaiting_stock', 'paid'],
  gift: ['reserved', 'paid'],
  cancel: ['reserved', 'awaiting_stock', 'paid'],
  refund: ['paid', 'partially_shipped', 'shipped', 'in_transit', 'delivered', 'returning'],
  reship: ['partially_shipped', 'shipped', 'in_transit', 'delivered', 'returning'],
}

/** What the hub may change of an order that a platform sold: never what the platform has been paid for. */
const OF_PLATFORMS: readonly ChangeType[] = ['address', 'gift', 'reship']

/** What becomes of an order; the difference of the goods, and the payment that money goes back to. */
export type ChangePlan = {
  lines: OrderLine[]
  freightCents: number
  contact: { contactId: string; divisionCode: string } | null
  allowance: { paymentId: string; amountCents: number } | null
  /** Units to reserve (above 0) and to give back (below 0), by line and SKU. */
  stock: { lineNumber: number; skuId: string; quantity: number }[]
}

export type Planned = { ok: true; plan: ChangePlan } | { ok: false; problem: ChangeProblem }

/**
 * What a change would do to an order as it stands, without doing it; or why it cannot be. Pure. Which warehouses gain or
 * lose the units of `stock`, allocation says when the change is prepared.
 */
export function previewChange(
  order: OrderState,
  change: Change,
): { ok: true; effect: ChangeEffect } | { ok: false; problem: ChangeProblem } {
  const planned = planChange(order, change)
  if (!planned.ok) return planned
  const { plan } = planned
  const after = afterChange(order, change, plan)
  const named = plan.allowance
  const { freightCents, contact, stock } = plan
  return {
    ok: true,
    effect: {
      type: change.type,
      lines: plan.lines.flatMap((line) => {
        const before = order.placed.lines.find((entry) => entry.lineNumber === line.lineNumber) ?? null
        return before && isSame(before, line) ? [] : [{ lineNumber: line.lineNumber, before, after: line }]
      }),
      freightCents: { before: order.placed.freightCents, after: freightCents },
      amountCents: { before: dueCents(order), after: dueCents(after) },
      differenceCents: differenceOf(order, after),
      refunds: named
        ? [named]
        : refundsOwed(after, 'changed', 'preview').map(({ paymentId, amountCents }) => ({
            paymentId,
            amountCents,
          })),
      stillToPayCents: stillToPayCents(after),
      stock,
      contact,
      pausesPicking: pausesPicking(change.type),
    },
  }
}

/** The state with the plan's lines, amounts and contact; what it holds is not touched. */
export function afterChange(order: OrderState, change: Change, plan: ChangePlan): OrderState {
  const { lines, freightCents, contact, allowance } = plan
  return {
    ...order,
    status: change.type === 'cancel' ? 'cancelled' : order.status,
    placed: {
      ...order.placed,
      ...contact,
      lines,
      freightCents,
      amountCents: totalCents(lines, freightCents),
    },
    changes: allowance
      ? [
          ...order.changes,
          {
            changeId: '',
            changeNumber: '',
            type: change.type,
            approvers: [],
            amountBeforeCents: dueCents(order),
            amountAfterCents: dueCents(order) - allowance.amountCents,
            allowanceCents: allowance.amountCents,
          },
        ]
      : order.changes,
  }
}

/** By how many cents the amount due differs from one state of an order to another. */
export function differenceOf(before: OrderState, after: OrderState): number {
  return dueCents(after) - dueCents(before)
}

/** The plan of a change, or why it cannot be. */
export function planChange(order: OrderState, change: Change): Planned {
  const standing = problemOfOrder(order, change)
  if (standing) return { ok: false, problem: standing }
  const planned = planOf(order, change)
  if (!planned.ok) return planned
  return checkResult(order, change, planned.plan)
}

function problemOfOrder(order: OrderState, change: Change): ChangeProblem | null {
  const { status, placed } = order
  const { type } = change
  if (hasEnded(status) || order.closed) return problem('order-closed', `the order is ${status}`)
  if (!CHANGEABLE[type].includes(status)) {
    return problem(
      'wrong-status',
      `the order is ${status}; a change of ${type} needs ${CHANGEABLE[type].join(', ')}`,
    )
  }
  if (placed.platform && !OF_PLATFORMS.includes(type) && !givesUpWhatIsMissing(order, change)) {
    return problem(
      'platform-decides',
      `${placed.platform} sold this order and keeps its money: change ${type} there; here ${OF_PLATFORMS.join(', ')}, and while it waits for stock what cannot be supplied`,
    )
  }
  const goods = type === 'item' || type === 'quantity' || type === 'gift'
  if (goods && unopenedLines(order).length > 0) {
    return problem('presale-waiting', 'lines of a presale have not come in yet')
  }
  return null
}

/**
 * Whether a change only says what will not come of an order that waits for stock: all of it, or units of a paid one. Its
 * platform cannot know that; the money goes back there. What the buyer pays the courier is no price of a part.
 */
function givesUpWhatIsMissing(order: OrderState, change: Change): boolean {
  if (order.status !== 'awaiting_stock') return false
  if (change.type === 'cancel') return true
  if (change.type !== 'quantity' || !isPaidInFull(order)) return false
  if (order.payments.some((payment) => payment.onDelivery)) return false
  return change.lines.every(({ lineNumber, quantity }) =>
    order.placed.lines.some((line) => line.lineNumber === lineNumber && quantity <= line.quantity),
  )
}

function planOf(order: OrderState, change: Change): Planned {
  const { placed } = order
  const unchanged: ChangePlan = {
    lines: placed.lines,
    freightCents: placed.freightCents,
    contact: null,
    allowance: null,
    stock: [],
  }
  switch (change.type) {
    case 'price': {
      const freightCents = change.freightCents ?? placed.freightCents
      const lines = replaceLines(order, change.lines)
      return lines.ok ? ok({ ...unchanged, freightCents, lines: lines.lines }) : lines
    }
    case 'quantity':
    case 'item': {
      const lines = replaceLines(order, change.lines)
      if (!lines.ok) return lines
      const short = change.lines.find((line) => (order.unfillable[line.lineNumber] ?? 0) > 0)
      if (short) {
        return no(
          'line-short',
          `line ${short.lineNumber}: units of it could not be supplied; its quantity stands`,
        )
      }
      return ok({ ...unchanged, lines: lines.lines, stock: difference(placed.lines, lines.lines) })
    }
    case 'gift':
      return ok(withNewLines(unchanged, change.lines))
    case 'reship':
      return planReship(order, unchanged, change.lines)
    case 'refund':
      return planRefund(order, unchanged, change)
    case 'address': {
      const { contactId, divisionCode } = change
      return ok({ ...unchanged, contact: { contactId, divisionCode } })
    }
    case 'cancel':
      // What could not be supplied is no longer held.
      return ok({
        ...unchanged,
        stock: difference(
          placed.lines.map((line) => ({
            ...line,
            quantity: line.quantity - (order.unfillable[line.lineNumber] ?? 0),
          })),
          [],
        ),
      })
  }
}

/** Units that have left are sent once more. */
function planReship(
  order: OrderState,
  unchanged: ChangePlan,
  lines: { lineNumber: number; quantity: number }[],
): Planned {
  const twice = namedTwice(lines)
  if (twice) return twice
  const packed = order.fulfilments.filter((entry) => entry.state === 'packed').flatMap((entry) => entry.lines)
  const again: { skuId: string; quantity: number }[] = []
  for (const { lineNumber, quantity } of lines) {
    const line = order.placed.lines.find((entry) => entry.lineNumber === lineNumber)
    if (!line) return no('unknown-line', `the order has no line ${lineNumber}`)
    const sent = packed.reduce(
      (sum, entry) => sum + (entry.lineNumber === lineNumber ? entry.quantity : 0),
      0,
    )
    if (quantity > sent) {
      return no('quantity-out-of-range', `line ${lineNumber}: ${quantity} units, but ${sent} were sent`)
    }
    again.push({ skuId: line.skuId, quantity })
  }
  return ok(withNewLines(unchanged, again))
}

/** Money that goes back for goods that stay sold, from a payment of this order and within what is left of it. */
function planRefund(
  order: OrderState,
  unchanged: ChangePlan,
  { paymentId, amountCents }: Extract<Change, { type: 'refund' }>,
): Planned {
  const payment = order.payments.find((entry) => entry.paymentId === paymentId)
  if (!payment) return no('payment-unknown', `no payment ${paymentId} belongs to this order`)
  if (!isWithin(amountCents, 1, CHANGE_LIMITS.amountCents)) {
    return no('amount-out-of-range', `${amountCents} cents cannot be refunded`)
  }
  const returned = order.refunds.reduce(
    (sum, refund) => sum + (refund.paymentId === paymentId ? refund.amountCents : 0),
    0,
  )
  const left = payment.amountCents - returned
  if (amountCents > left) {
    return no('refund-above-paid', `${left} cents of payment ${paymentId} are left, not ${amountCents}`)
  }
  if (stillToPayCents(order) > 0) {
    return no('supplement-due', `the customer still has to pay ${stillToPayCents(order)} cents`)
  }
  return ok({ ...unchanged, allowance: { paymentId, amountCents } })
}

/** What must hold of every order, whatever made it so. */
function checkResult(order: OrderState, change: Change, plan: ChangePlan): Planned {
  const { lines, freightCents } = plan
  for (const { lineNumber, quantity, unitPriceCents } of lines) {
    const least = change.type === 'quantity' || isRemoved(order, lineNumber) ? 0 : 1
    if (!isWithin(quantity, least, CHANGE_LIMITS.lineQuantity)) {
      return no('quantity-out-of-range', `line ${lineNumber}: ${quantity} units`)
    }
    if (!isWithin(unitPriceCents, 0, CHANGE_LIMITS.unitPriceCents)) {
      return no('price-out-of-range', `line ${lineNumber}: ${unitPriceCents} cents`)
    }
  }
  if (lines.length > CHANGE_LIMITS.orderLines) {
    return no('too-many-lines', `${lines.length} lines; at most ${CHANGE_LIMITS.orderLines}`)
  }
  if (lines.every((line) => line.quantity === 0)) {
    return no('nothing-left', 'no unit would be left: cancel the order instead')
  }
  const amountCents = totalCents(lines, freightCents)
  if (
    !isWithin(freightCents, 0, CHANGE_LIMITS.amountCents) ||
    !isWithin(amountCents, 0, CHANGE_LIMITS.amountCents)
  ) {
    return no('amount-out-of-range', `${amountCents} cents, of them ${freightCents} freight`)
  }
  return doesNothing(order, change, plan)
    ? no('nothing-changes', 'the order is so already')
    : { ok: true, plan }
}

function doesNothing(order: OrderState, { type }: Change, plan: ChangePlan): boolean {
  const { placed } = order
  if (type === 'cancel' || plan.allowance) return false
  if (plan.contact) {
    return plan.contact.contactId === placed.contactId && plan.contact.divisionCode === placed.divisionCode
  }
  return (
    plan.freightCents === placed.freightCents &&
    plan.lines.length === placed.lines.length &&
    plan.lines.every((line, index) => isSame(line, placed.lines[index]))
  )
}

function replaceLines(
  order: OrderState,
  changed: readonly (Partial<OrderLine> & { lineNumber: number })[],
): { ok: true; lines: OrderLine[] } | { ok: false; problem: ChangeProblem } {
  const twice = namedTwice(changed)
  if (twice) return twice
  const { lines } = order.placed
  for (const { lineNumber } of changed) {
    const line = lines.find((entry) => entry.lineNumber === lineNumber)
    if (!line || line.quantity === 0) return no('unknown-line', `the order has no line ${lineNumber}`)
  }
  return {
    ok: true,
    lines: lines.map((line) => ({
      ...line,
      ...changed.find((entry) => entry.lineNumber === line.lineNumber),
    })),
  }
}

/** New lines that cost nothing. A number is never used again: removed lines keep theirs, with no units. */
function withNewLines(plan: ChangePlan, added: readonly { skuId: string; quantity: number }[]): ChangePlan {
  const last = Math.max(0, ...plan.lines.map((line) => line.lineNumber))
  const lines = added.map(({ skuId, quantity }, index) => ({
    lineNumber: last + 1 + index,
    skuId,
    quantity,
    unitPriceCents: 0,
  }))
  return { ...plan, lines: [...plan.lines, ...lines], stock: difference([], lines) }
}

/** Units that the second lines have more (above 0) or less (below 0) than the first, by line and SKU. */
function difference(before: readonly OrderLine[], after: readonly OrderLine[]): ChangePlan['stock'] {
  const stock: ChangePlan['stock'] = []
  const add = ({ lineNumber, skuId, quantity }: OrderLine, sign: 1 | -1) => {
    const known = stock.find((entry) => entry.lineNumber === lineNumber && entry.skuId === skuId)
    if (known) known.quantity += sign * quantity
    else stock.push({ lineNumber, skuId, quantity: sign * quantity })
  }
  for (const line of before) add(line, -1)
  for (const line of after) add(line, 1)
  return stock.filter((entry) => entry.quantity !== 0)
}

function isRemoved(order: OrderState, lineNumber: number): boolean {
  return order.placed.lines.some((line) => line.lineNumber === lineNumber && line.quantity === 0)
}

function namedTwice(lines: readonly { lineNumber: number }[]): { ok: false; problem: ChangeProblem } | null {
  const numbers = lines.map((line) => line.lineNumber)
  const twice = numbers.find((lineNumber, index) => numbers.indexOf(lineNumber) !== index)
  return twice === undefined ? null : no('line-named-twice', `line ${twice} is named twice`)
}

function isSame(one: OrderLine, other: OrderLine | undefined): boolean {
  return (
    other !== undefined &&
    one.lineNumber === other.lineNumber &&
    one.skuId === other.skuId &&
    one.quantity === other.quantity &&
    one.unitPriceCents === other.unitPriceCents
  )
}

/** What lines and freight cost together. */
export function totalCents(lines: readonly OrderLine[], freightCents: number): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, freightCents)
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}

function problem(reason: ChangeReason, detail: string): ChangeProblem {
  return { reason, detail }
}

function no(reason: ChangeReason, detail: string): { ok: false; problem: ChangeProblem } {
  return { ok: false, problem: problem(reason, detail) }
}

function ok(plan: ChangePlan): Planned {
  return { ok: true, plan }
}
