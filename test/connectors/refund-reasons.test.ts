import { expect, it } from 'vitest'
import { newestReasons, withReasons } from '../../connectors/channels/refund-reasons.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../../connectors/outside-errors.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { complaintOf } from '../../domain/complaint.ts'
import { fakeOrder } from '../support/fake-channel.ts'

const { refundReasons } = POLICIES['health-score'].initial

/** An order of two lines, of which the first is asked back. */
const calm = fakeOrder('1')
const order = {
  ...calm,
  lines: (['open', 'none'] as const).flatMap((refund, at) =>
    calm.lines.slice(0, 1).map((line) => ({ ...line, platformLineId: `L${at + 1}`, refund })),
  ),
}
const reasonsAfter = async (reasonsOf: Parameters<typeof withReasons>[1]) =>
  (await withReasons(order, reasonsOf)).lines.map(({ refundReason }) => refundReason)

it('nobody is asked about an order without a refund, and only about the lines that have one', async () => {
  expect(await withReasons(calm, () => Promise.reject(new Error('asked')))).toBe(calm)
  await reasonsAfter(async (asked) => {
    expect([...asked]).toEqual(['L1'])
    return new Map()
  })
})

it('a line that nothing is asked back of has no reason, whatever the platform tells', async () => {
  const told = new Map([
    ['L1', '质量问题'],
    ['L2', '质量问题'],
    ['L3', '质量问题'],
  ])
  expect(await reasonsAfter(async () => told)).toEqual(['质量问题', undefined])
})

it('what the platform refuses to tell is no reason, and the order is known all the same', async () => {
  const refused = () => Promise.reject(new RefusedError(200, 'no such method'))
  expect(await reasonsAfter(refused)).toEqual([undefined, undefined])
})

it.each([
  new RateLimitedError('later', 1),
  new UnreachableError('again'),
  new TokenExpiredError('another token'),
])('what may pass is thrown, so that the order is fetched again: %s', async (error) => {
  await expect(withReasons(order, () => Promise.reject(error))).rejects.toBe(error)
})

it.each([
  ['nothing', '', undefined],
  ['blanks', ' \n\t', undefined],
  ['words that nobody knows', 'x1', 'x1'],
  ['ten kilobytes', 'x'.repeat(10_000), 'x'.repeat(200)],
  ['a letter cut in two', `${'x'.repeat(199)}🍵`, `${'x'.repeat(199)}\ufffd`],
  ['what no database takes', 'a\0b\ud800', 'a\ufffdb\ufffd'],
])('%s is kept so that it can be stored, and is no complaint', async (_, reason, kept) => {
  expect(await reasonsAfter(async () => new Map([['L1', reason]]))).toEqual([kept, undefined])
  expect(complaintOf(kept ?? '', refundReasons)).toBeNull()
})

it('of several requests for a line the newest counts, in whatever order they are listed', () => {
  const requests = [
    { lineId: 'L1', at: 2, reason: 'second' },
    { lineId: 'L1', at: 1, reason: 'first' },
    { lineId: null, at: 3, reason: 'for nothing that is known' },
    { lineId: 'L2', at: 1, reason: 'another line' },
  ]
  const newest = [
    ['L1', 'second'],
    ['L2', 'another line'],
  ]
  expect([...newestReasons(requests)].sort()).toEqual(newest)
  expect([...newestReasons([...requests].reverse())].sort()).toEqual(newest)
})
