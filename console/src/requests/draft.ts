import { CHANGE_TYPES, type ChangeType } from '../../../domain/change.ts'
import { CHANGEABLE } from '../../../domain/change-preview.ts'
import type { ChangeBody, ChangeDetail, OrderDetail } from '../api/types.ts'

export type DraftLine = {
  lineNumber: number
  skuId: string
  /** Null while its field is empty; 0 gives the line up. */
  quantity: number | null
  unitPriceCents: number | null
}
export type DraftContact = {
  name: string
  phone: string
  divisionCode: string
  address: string
  remark: string
}

/** What somebody has typed into the form of a change, for every type at once: who tries another type finds the first one again. */
export type Draft = {
  lines: DraftLine[]
  freightCents: number | null
  gifts: { key: number; skuId: string; quantity: number | null }[]
  /** Units to send once more, by the number of the line. */
  reships: Record<number, number | null>
  contact: DraftContact
  refund: { paymentId: string; amountCents: number | null }
}

type Order = Pick<OrderDetail, 'status' | 'lines' | 'freightCents' | 'contact' | 'divisionCode' | 'payments'>

/** A form that says of the order what it is. */
export function draftOf(order: Order): Draft {
  return {
    lines: order.lines.map(({ lineNumber, skuId, quantity, unitPriceCents }) => ({
      lineNumber,
      skuId,
      quantity,
      unitPriceCents,
    })),
    freightCents: order.freightCents,
    gifts: [{ key: 0, skuId: '', quantity: 1 }],
    reships: {},
    contact: contactOf(order),
    refund: { paymentId: order.payments[0]?.paymentId ?? '', amountCents: null },
  }
}

/** How the API hides an address from who need not know it. */
const MASKED = '****'

/** Whom the goods go to; empty where it is masked for this person: a mask would be sent as if it were the address. */
function contactOf({ contact, divisionCode }: Order): DraftContact {
  const none = { name: '', phone: '', address: '', remark: '' }
  const { name, phone, address, remark } = contact === null || contact.address === MASKED ? none : contact
  return { name, phone, divisionCode, address, remark }
}

/** A form that says what was asked for before, as far as its request tells: to be corrected and asked for again. */
export function draftAgain(
  order: Order,
  { effect, contact }: Pick<ChangeDetail, 'effect' | 'contact'>,
): Draft {
  const draft = draftOf(order)
  const wanted = new Map(effect.lines.map(({ after }) => [after.lineNumber, after]))
  const gifts = effect.type === 'gift' ? effect.lines.filter(({ before }) => before === null) : []
  const added = effect.type === 'item' ? effect.lines.filter(({ before }) => before === null) : []
  const [refund] = effect.refunds
  const after = contact?.after ?? null
  return {
    ...draft,
    lines: [
      ...draft.lines.map((line) => {
        const asked = wanted.get(line.lineNumber)
        if (!asked) return line
        const { skuId, quantity, unitPriceCents } = asked
        return { lineNumber: line.lineNumber, skuId, quantity, unitPriceCents }
      }),
      ...added.map(({ after: line }) => line),
    ],
    freightCents: effect.freightCents.after,
    ...(gifts.length === 0
      ? {}
      : { gifts: gifts.map(({ after: { skuId, quantity } }, key) => ({ key, skuId, quantity })) }),
    ...(after === null || after.address === MASKED
      ? {}
      : {
          contact: {
            ...{ name: after.name, phone: after.phone, address: after.address },
            ...{ remark: after.remark, divisionCode: after.divisionCode },
          },
        }),
    ...(effect.type === 'refund' && refund ? { refund } : {}),
  }
}

/** What can be asked for as the order stands; the rest the API refuses. */
export function possibleTypes({ status }: Pick<OrderDetail, 'status'>): ChangeType[] {
  return CHANGE_TYPES.filter((type) => CHANGEABLE[type].includes(status))
}

/** What is asked for; null while something is missing, or nothing differs from the order. */
export function changeOf(type: ChangeType, draft: Draft, order: Order): ChangeBody | null {
  switch (type) {
    case 'price':
      return priceChange(draft, order)
    case 'quantity':
      return quantityChange(draft, order)
    case 'item':
      return itemChange(draft, order)
    case 'gift':
      return giftChange(draft)
    case 'reship':
      return reshipChange(draft)
    case 'address':
      return addressChange(draft, order)
    case 'refund':
      return refundChange(draft)
    case 'cancel':
      return { type }
  }
}

function priceChange({ lines, freightCents }: Draft, order: Order): ChangeBody | null {
  const priced = lines.flatMap(({ lineNumber, unitPriceCents }) => {
    const before = lineOf(order, lineNumber)
    if (!before || unitPriceCents === null || unitPriceCents === before.unitPriceCents) return []
    return [{ lineNumber, unitPriceCents }]
  })
  const freight = freightCents === null || freightCents === order.freightCents ? {} : { freightCents }
  if (priced.length === 0 && freight.freightCents === undefined) return null
  return { type: 'price', lines: priced, ...freight }
}

function quantityChange({ lines }: Draft, order: Order): ChangeBody | null {
  const counted = lines.flatMap(({ lineNumber, quantity }) => {
    const before = lineOf(order, lineNumber)
    if (!before || quantity === null || quantity === before.quantity) return []
    return [{ lineNumber, quantity }]
  })
  return counted.length === 0 ? null : { type: 'quantity', lines: counted }
}

/** A line whose quantity is 0 is left out, which gives it up. */
function itemChange({ lines }: Draft, order: Order): ChangeBody | null {
  const wanted: { lineNumber: number; skuId: string; quantity: number; unitPriceCents: number }[] = []
  for (const { lineNumber, skuId, quantity, unitPriceCents } of lines) {
    if (skuId === '' || quantity === null || unitPriceCents === null) return null
    if (quantity > 0) wanted.push({ lineNumber, skuId, quantity, unitPriceCents })
  }
  const isSame =
    wanted.length === order.lines.length &&
    wanted.every((line) => {
      const before = lineOf(order, line.lineNumber)
      return (
        before?.skuId === line.skuId &&
        before.quantity === line.quantity &&
        before.unitPriceCents === line.unitPriceCents
      )
    })
  return isSame || wanted.length === 0 ? null : { type: 'item', lines: wanted }
}

function giftChange({ gifts }: Draft): ChangeBody | null {
  const given = gifts.flatMap(({ skuId, quantity }) =>
    skuId !== '' && quantity !== null && quantity > 0 ? [{ skuId, quantity }] : [],
  )
  return given.length === 0 ? null : { type: 'gift', lines: given }
}

function reshipChange({ reships }: Draft): ChangeBody | null {
  const sent = Object.entries(reships).flatMap(([lineNumber, quantity]) =>
    quantity !== null && quantity > 0 ? [{ lineNumber: Number(lineNumber), quantity }] : [],
  )
  return sent.length === 0 ? null : { type: 'reship', lines: sent }
}

function addressChange({ contact }: Draft, order: Order): ChangeBody | null {
  const name = contact.name.trim()
  const phone = contact.phone.trim()
  const address = contact.address.trim()
  const remark = contact.remark.trim()
  if (name === '' || phone === '' || address === '' || contact.divisionCode === '') return null
  const before = order.contact
  const isSame =
    before !== null &&
    before.name === name &&
    before.phone === phone &&
    before.address === address &&
    before.remark === remark &&
    order.divisionCode === contact.divisionCode
  if (isSame) return null
  return { type: 'address', contact: { name, phone, divisionCode: contact.divisionCode, address, remark } }
}

function refundChange({ refund: { paymentId, amountCents } }: Draft): ChangeBody | null {
  if (paymentId === '' || amountCents === null || amountCents <= 0) return null
  return { type: 'refund', paymentId, amountCents }
}

function lineOf({ lines }: Pick<Order, 'lines'>, lineNumber: number) {
  return lines.find((line) => line.lineNumber === lineNumber)
}
