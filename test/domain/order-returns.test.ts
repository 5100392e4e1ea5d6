import { describe, expect, test } from 'vitest'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory, units } from '../support/order-story.ts'

const refused = (code: string) => ({ accepted: false, code })
const ask = (story: OrderStory, returnId: string, quantity: number, lineNumber = 1, reason = 'too small') =>
  story.tell({ type: 'return_requested', returnId, reason, lines: [{ lineNumber, quantity }] })
const stock = (story: OrderStory) =>
  story.writes.flatMap((write) =>
    write.kind === 'settle_return'
      ? write.lines.map(({ warehouseId, restocked, writtenOff }) => ({ warehouseId, restocked, writtenOff }))
      : [],
  )

describe('a return by the customer', () => {
  test('goes from requested to refunded, and what is restocked or written off goes to its warehouse', () => {
    const story = new OrderStory().delivered()
    expect(story.returnUnits('R1', 1, 1)).toEqual({ accepted: true })
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 2_000, reason: 'returned' }])
    expect(stock(story)).toEqual([{ warehouseId: 'WH-1', restocked: 1, writtenOff: 1 }])
    expect(story.state.status).toBe('delivered')
  })

  test('of every unit ends the order as returned; the freight stays with the merchant', () => {
    const story = new OrderStory().delivered()
    story.returnUnits('R1', 3, 0)
    expect(story.refunds()).toMatchObject([{ amountCents: 3_000 }])
    story.settleRefunds()
    expect(story.state).toMatchObject({ status: 'returned', closed: true })
  })

  test('before delivery, or after the order has completed, is refused', () => {
    const story = new OrderStory().paid()
    expect(ask(story, 'R1', 1)).toMatchObject(refused('return-not-allowed'))
    const late = new OrderStory().delivered()
    late.passTime(100)
    expect(ask(late, 'R1', 1)).toMatchObject(refused('return-not-allowed'))
  })

  test('never asks for more than was delivered and not yet returned, in one request or in several', () => {
    const story = new OrderStory().delivered()
    expect(ask(story, 'R1', 4)).toMatchObject(refused('return-quantity-too-large'))
    expect(ask(story, 'R1', 1, 7)).toMatchObject(refused('return-quantity-too-large'))
    expect(ask(story, 'R1', 2)).toEqual({ accepted: true })
    expect(ask(story, 'R2', 2)).toMatchObject(refused('return-quantity-too-large'))
    expect(ask(story, 'R2', 1)).toEqual({ accepted: true })
  })

  test('cannot be taken for the courier’s by its reason', () => {
    const story = new OrderStory().delivered()
    expect(ask(story, 'R1', 3, 1, 'undelivered')).toEqual({ accepted: true })
    expect(ask(story, 'R2', 3, 1, 'undelivered')).toMatchObject(refused('return-quantity-too-large'))
    story.tell({ type: 'return_decided', returnId: 'R1', decision: 'approve', note: '' })
    story.tell({ type: 'return_received', returnId: 'R1' })
    story.inspect('R1', 3, 0)
    expect(stock(story)).toEqual([{ warehouseId: 'WH-1', restocked: 3, writtenOff: 0 }])
  })

  test('that is rejected frees its units, and the window does not begin again', () => {
    const story = new OrderStory().delivered()
    const { closesAtMs } = story.state
    story.passTime(50)
    ask(story, 'R1', 3)
    expect(story.state.status).toBe('returning')
    story.tell({ type: 'return_decided', returnId: 'R1', decision: 'reject', note: 'worn' })
    expect(story.state).toMatchObject({ status: 'delivered', closesAtMs })
    expect(ask(story, 'R2', 3)).toEqual({ accepted: true })
  })

  test('that is rejected after the window has ended completes the order, although its moment has passed', () => {
    const story = new OrderStory().delivered()
    ask(story, 'R1', 3)
    story.passTime(101)
    expect(story.state.status).toBe('returning')
    story.tell({ type: 'return_decided', returnId: 'R1', decision: 'reject', note: 'worn' })
    expect(story.state).toMatchObject({ status: 'completed', closed: true })
  })

  test('is inspected once, for no more units than it has', () => {
    const story = new OrderStory().delivered()
    ask(story, 'R1', 2)
    expect(story.inspect('R1', 2, 0)).toMatchObject(refused('return-wrong-state'))
    story.tell({ type: 'return_decided', returnId: 'R1', decision: 'approve', note: '' })
    story.tell({ type: 'return_received', returnId: 'R1' })
    expect(story.inspect('R1', 2, 1)).toMatchObject(refused('return-quantity-too-large'))
    expect(story.inspect('R1', 1, 0)).toEqual({ accepted: true })
    expect(story.inspect('R1', 1, 0)).toMatchObject(refused('return-wrong-state'))
    expect(story.refunds()).toMatchObject([{ amountCents: 1_000 }])
    expect(story.inspect('R9', 1, 0)).toMatchObject(refused('return-not-found'))
  })

  test('from two warehouses gives neither more than it sent', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 1), units('WH-2', 2)] }).paid()
    for (const fulfilmentId of ['O1-F1', 'O1-F2']) {
      story.pack(fulfilmentId)
      story.news(`${fulfilmentId}-P1`, 'delivered')
    }
    story.returnUnits('R1', 2, 0)
    story.returnUnits('R2', 0, 1)
    expect(stock(story)).toEqual([
      { warehouseId: 'WH-1', restocked: 1, writtenOff: 0 },
      { warehouseId: 'WH-2', restocked: 1, writtenOff: 0 },
      { warehouseId: 'WH-2', restocked: 0, writtenOff: 1 },
    ])
  })
})

describe('a parcel that the courier brings back', () => {
  const returned = () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    story.pack('O1-F1')
    story.pack('O1-F2')
    story.news('O1-F1-P1', 'returned')
    story.tell({ type: 'return_received', returnId: 'O1-F1-P1-RETURN' })
    return story
  }

  test('is an approved return of everything in it, and a person’s work', () => {
    const story = new OrderStory().paid()
    story.pack('O1-F1')
    story.news('O1-F1-P1', 'returned')
    expect(story.state).toMatchObject({
      status: 'returning',
      returns: [{ state: 'approved', lines: [{ lineNumber: 1, quantity: 3 }] }],
    })
    expect(story.workItems()).toEqual(['parcel_returned'])
  })

  test('is refunded whole, although the inspection finds less: the customer never had it', () => {
    const story = returned()
    expect(story.inspect('O1-F1-P1-RETURN', 1, 0)).toEqual({ accepted: true })
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 2_000, reason: 'returned' }])
    expect(stock(story)).toEqual([{ warehouseId: 'WH-1', restocked: 1, writtenOff: 0 }])
  })

  test('does not take units from what other parcels delivered', () => {
    const story = returned()
    story.inspect('O1-F1-P1-RETURN', 2, 0)
    expect(story.state.status).toBe('in_transit')
    story.news('O1-F2-P1', 'delivered')
    expect(ask(story, 'R1', 2)).toMatchObject(refused('return-quantity-too-large'))
    expect(ask(story, 'R1', 1)).toEqual({ accepted: true })
  })

  test('alone ends the order as returned, even when nothing usable was in it', () => {
    const story = new OrderStory().paid()
    story.pack('O1-F1')
    story.news('O1-F1-P1', 'returned')
    story.tell({ type: 'return_received', returnId: 'O1-F1-P1-RETURN' })
    story.inspect('O1-F1-P1-RETURN', 0, 0)
    story.settleRefunds()
    expect(story.state).toMatchObject({ status: 'returned', closed: true })
    expect(dueSteps(story.state)).toEqual([])
  })
})
