import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../console/src/api/problem.ts'
import {
  again,
  type BulkRun,
  done,
  failed,
  newRun,
  nextOf,
  progressOf,
  sending,
  stopped,
} from '../../console/src/components/bulk-run.ts'
import {
  MOST_SELECTED,
  refreshed,
  type Selected,
  shareOf,
  toggled,
  withAll,
  withRange,
} from '../../console/src/components/selection.ts'
import { bulkChangeOf, numbersOf } from '../../console/src/orders/bulk-change.ts'

type Row = { id: string; version: number }
const keyOf = ({ id }: Row) => id
const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ id: `r${n}`, version: 1 }))

const problem = (code: string, status: number) =>
  new Problem({ code, status, title: { zh: code, en: code }, detail: code })
const REFUSED = problem('order-wrong-state', 409)
const AWAY = problem('unreachable', 0)

function counter(): () => string {
  let last = 0
  return () => `key ${++last}`
}

describe('what is ticked', () => {
  const rows = rowsOf(5)
  const page = { rows, keyOf }
  const ids = (selected: Selected<Row>) => [...selected.keys()]

  test('one by one, and from one row to another in either direction', () => {
    const one = toggled(new Map(), { id: 'r1', version: 1 }, keyOf)
    expect(ids(toggled(one, { id: 'r1', version: 2 }, keyOf))).toEqual([])
    expect(ids(withRange(one, [1, 3], page))).toEqual(['r1', 'r2', 'r3'])
    expect(ids(withRange(one, [3, 1], page)).sort()).toEqual(['r1', 'r2', 'r3'])
  })

  test('a page at once, beside what is ticked on others, which unticking it leaves', () => {
    const elsewhere = toggled(new Map(), { id: 'other', version: 1 }, keyOf)
    const all = withAll(elsewhere, page)
    expect([all.size, shareOf(all, page), shareOf(elsewhere, page)]).toEqual([6, 'all', 'none'])
    expect(shareOf(toggled(all, { id: 'r0', version: 1 }, keyOf), page)).toBe('some')
    expect(ids(withAll(all, page))).toEqual(['other'])
  })

  test('is at most so much, and is what the rows have become', () => {
    const many = { rows: rowsOf(MOST_SELECTED + 7), keyOf }
    expect(withAll(new Map(), many).size).toBe(MOST_SELECTED)
    const one = toggled(new Map(), { id: 'r1', version: 1 }, keyOf)
    expect(refreshed(one, { rows: [{ id: 'r1', version: 4 }], keyOf }).get('r1')?.version).toBe(4)
    expect(refreshed(one, { rows: [], keyOf }).get('r1')?.version).toBe(1)
  })
})

describe('a run over several rows', () => {
  const start = (count: number) => newRun(rowsOf(count), { keyOf, newKey: counter() })

  test('sends one at a time, in the order of the rows, each under a key of its own', () => {
    const run = start(2)
    const first = nextOf(run)
    expect(first?.id).toBe('r0')
    const under = sending(run, 'r0')
    expect(nextOf(under)).toBeNull()
    expect(nextOf(done(under, 'r0'))?.id).toBe('r1')
    expect(new Set(run.entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
  })

  test('goes on after a refusal, and not while the hub cannot be reached or nobody is signed in', () => {
    expect(nextOf(failed(sending(start(2), 'r0'), 'r0', REFUSED))?.id).toBe('r1')
    for (const away of [AWAY, problem('http-503', 503), problem('unauthenticated', 401)]) {
      const run = failed(sending(start(2), 'r0'), 'r0', away)
      expect(nextOf(run)).toBeNull()
      expect(progressOf(run)).toEqual({ total: 2, done: 0, failed: 1, waiting: 1, isOver: true })
    }
  })

  test('that was stopped lets what is under way end, and sends nothing more until it goes on', () => {
    const run = stopped(sending(start(3), 'r0'))
    expect(progressOf(run).isOver).toBe(false)
    const ended = done(run, 'r0')
    expect([nextOf(ended), progressOf(ended).isOver]).toEqual([null, true])
    expect(nextOf(again(ended, { fresh: () => undefined, newKey: counter() }))?.id).toBe('r1')
  })

  test('asks anew about the row as it is now what was refused, and repeats word for word what may have counted', () => {
    const fresh = (id: string) => ({ id, version: 9 })
    const newKey = () => 'another key'
    const refused = again(failed(start(1), 'r0', REFUSED), { fresh, newKey }).entries[0]
    expect(refused).toMatchObject({ row: { version: 9 }, idempotencyKey: 'another key', state: 'waiting' })
    for (const lost of [AWAY, problem('request-in-flight', 409), problem('unauthenticated', 401)]) {
      const repeated = again(failed(start(1), 'r0', lost), { fresh, newKey }).entries[0]
      expect(repeated).toMatchObject({ row: { version: 1 }, idempotencyKey: 'key 1', state: 'waiting' })
    }
  })

  test('does everything once, whatever is refused, lost on the way there or lost on the way back', () => {
    type Fate = 'ok' | 'refused' | 'lost-there' | 'lost-back'
    const fates = fc.array(fc.constantFrom<Fate[]>('ok', 'refused', 'lost-there', 'lost-back'), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fates, (count, script) => {
        const newKey = counter()
        /** The hub: the first answer to a key is the answer to it. */
        const answers = new Map<string, { isOk: boolean; version: number }>()
        const effects = new Map<string, number>()
        let turn = 0
        const send = ({ id, version }: Row, key: string): Problem | null => {
          const fate = script[turn++] ?? 'ok'
          if (fate === 'lost-there') return AWAY
          const known = answers.get(key)
          expect(known === undefined || known.version === version).toBe(true)
          const isOk = known?.isOk ?? fate !== 'refused'
          if (!known && isOk) effects.set(id, (effects.get(id) ?? 0) + 1)
          answers.set(key, { isOk, version })
          if (fate === 'lost-back') return AWAY
          return isOk ? null : REFUSED
        }
        let run: BulkRun<Row> = newRun(rowsOf(count), { keyOf, newKey })
        for (let round = 0; progressOf(run).done < count; round += 1) {
          expect(round).toBeLessThan(script.length + 2)
          for (let entry = nextOf(run); entry; entry = nextOf(run)) {
            const { id, row, idempotencyKey } = entry
            run = sending(run, id)
            const answer = send(row, idempotencyKey)
            run = answer ? failed(run, id, answer) : done(run, id)
          }
          const at = round
          if (progressOf(run).done < count)
            run = again(run, { fresh: (id) => ({ id, version: at + 2 }), newKey })
        }
        expect([...effects.values()]).toEqual(Array.from({ length: count }, () => 1))
      }),
    )
  })
})

test('a change of several orders is one that says nothing of a single one, and nothing while something is missing', () => {
  const draft = { change: 'gift' as const, gift: { skuId: '', quantity: 1 }, freightCents: null }
  expect(bulkChangeOf(draft)).toBeNull()
  expect(bulkChangeOf({ ...draft, gift: { skuId: 'S', quantity: 2 } })).toEqual({
    type: 'gift',
    lines: [{ skuId: 'S', quantity: 2 }],
  })
  expect(bulkChangeOf({ ...draft, change: 'freight' })).toBeNull()
  expect(bulkChangeOf({ ...draft, change: 'freight', freightCents: 0 })).toEqual({
    ...{ type: 'price', lines: [], freightCents: 0 },
  })
  expect(bulkChangeOf({ ...draft, change: 'cancel' })).toEqual({ type: 'cancel' })
})

test('numbers are pasted into a sheet as two columns', () => {
  const orders = [
    { orderId: 'a', externalOrderId: '1' },
    { orderId: 'b', externalOrderId: null },
  ]
  expect(numbersOf(orders)).toBe('a\t1\nb\t')
})
