import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { Problem } from '../../console/src/api/problem.ts'
import { type Errand, type ErrandStore, Outbox } from '../../console/src/device/outbox.ts'
import { partNumbers, partOf } from '../../console/src/device/parts.ts'

const problem = (status: number, code: string) =>
  new Problem({ code, status, title: { zh: code, en: code }, detail: code })
const away = () => problem(0, 'unreachable')

/** A device's store: what is in it is there for the next page, too. */
function createStore() {
  const kept = new Map<string, Errand<string>>()
  const store: ErrandStore<string> = {
    load: async () => [...kept.values()],
    put: async (errand) => void kept.set(errand.id, errand),
    remove: async (id) => void kept.delete(id),
  }
  return { kept, store }
}

/** A page with its outbox. Nothing waits for a clock: `pass` ends every pause. */
function openPage(store: ErrandStore<string>, send: (errand: Errand<string>) => Promise<void>) {
  let pauses: (() => void)[] = []
  const outbox = new Outbox<string>({
    store,
    send,
    after: (_ms, work) => {
      pauses.push(work)
      return () => {
        pauses = pauses.filter((pause) => pause !== work)
      }
    },
    onSent: () => undefined,
  })
  return {
    outbox,
    pass: () => {
      for (const pause of pauses.splice(0)) pause()
    },
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('what was added is in the store before it counts, and is sent in order', async () => {
  const { kept, store } = createStore()
  const sent: string[] = []
  const { outbox } = openPage(store, async ({ id }) => void sent.push(id))
  await outbox.start()
  await outbox.add({ id: 'a', lane: 'one', work: 'first' })
  await outbox.add({ id: 'b', lane: 'two', work: 'second' })
  await settle()
  expect(sent).toEqual(['a', 'b'])
  expect(kept.size).toBe(0)
})

test('a store that refuses refuses the errand: nobody is told that it counted', async () => {
  const { store } = createStore()
  const full = { ...store, put: () => Promise.reject(new Error('the disk is full')) }
  const { outbox } = openPage(full, async () => undefined)
  await outbox.start()
  await expect(outbox.add({ id: 'a', lane: 'one', work: '' })).rejects.toThrow('the disk is full')
  expect(outbox.errands()).toEqual([])
})

test('without a network everything stays, in order, and goes when the network is back', async () => {
  const { store } = createStore()
  let isAway = true
  const sent: string[] = []
  const { outbox } = openPage(store, async ({ id }) => {
    if (isAway) throw away()
    sent.push(id)
  })
  await outbox.start()
  for (const id of ['a', 'b', 'c']) await outbox.add({ id, lane: 'one', work: '' })
  await settle()
  expect([outbox.isStuck(), outbox.errands().length]).toEqual([true, 3])
  isAway = false
  outbox.tryNow()
  await settle()
  expect(sent).toEqual(['a', 'b', 'c'])
  expect(outbox.isStuck()).toBe(false)
})

test('what the hub refuses holds up what comes after it in its lane, and nothing else', async () => {
  const { store, kept } = createStore()
  const sent: string[] = []
  const { outbox } = openPage(store, async ({ id }) => {
    if (id === 'a') throw problem(409, 'pick-task-on-hold')
    sent.push(id)
  })
  await outbox.start()
  await outbox.add({ id: 'a', lane: 'one', work: '' })
  await outbox.add({ id: 'b', lane: 'one', work: '' })
  await outbox.add({ id: 'c', lane: 'two', work: '' })
  await settle()
  expect(sent).toEqual(['c'])
  expect(kept.get('a')).toMatchObject({ state: 'refused', refusal: { code: 'pick-task-on-hold' } })
  await outbox.drop('a')
  await settle()
  expect(sent).toEqual(['c', 'b'])
})

test('an errand that waits already waits once; one that was refused is tried anew with what is wanted now', async () => {
  const { store } = createStore()
  let isAway = true
  const sent: string[] = []
  const { outbox } = openPage(store, async ({ work }) => {
    if (isAway) throw away()
    if (work === 'taken waybill') throw problem(409, 'waybill-taken')
    sent.push(work)
  })
  await outbox.start()
  await outbox.add({ id: 'a', lane: 'one', work: 'taken waybill' })
  await outbox.add({ id: 'a', lane: 'one', work: 'taken waybill' })
  expect(outbox.errands()).toHaveLength(1)
  await settle()
  isAway = false
  outbox.tryNow()
  await settle()
  await outbox.add({ id: 'a', lane: 'one', work: 'right waybill' })
  await settle()
  expect(sent).toEqual(['right waybill'])
})

test('whatever the network does and however often the page is loaded anew, the hub has each once, in the order of its lane', async () => {
  const fate = fc.constantFrom('ok', 'lost request', 'lost answer')
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('add' as const), lane: fc.constantFrom('one', 'two') }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('reload' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('pass' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 30 }),
      fc.array(fate, { maxLength: 60 }),
      async (acts, fates) => {
        const { store, kept } = createStore()
        const heard: { id: string; lane: string }[] = []
        const left = [...fates]
        const send = async ({ id, lane }: Errand<string>) => {
          await settle()
          const present = left.shift() ?? 'ok'
          if (present === 'lost request') throw away()
          // As the API does: what it has heard under this id it does not do again.
          if (!heard.some((each) => each.id === id)) heard.push({ id, lane })
          if (present === 'lost answer') throw away()
        }
        const added: { id: string; lane: string }[] = []
        let page = openPage(store, send)
        await page.outbox.start()
        for (const each of acts) {
          if (each.type === 'pass') page.pass()
          if (each.type === 'reload') {
            void page.outbox.stop()
            page = openPage(store, send)
            await page.outbox.start()
          }
          if (each.type === 'add') {
            const errand = { id: `errand-${added.length}`, lane: each.lane }
            added.push(errand)
            await page.outbox.add({ ...errand, work: '' })
          }
        }
        await vi.waitFor(
          () => {
            page.pass()
            if (kept.size > 0) throw new Error('not everything is sent')
          },
          { interval: 1, timeout: 5_000 },
        )
        for (const lane of ['one', 'two'])
          expect(heard.filter((each) => each.lane === lane)).toEqual(
            added.filter((each) => each.lane === lane),
          )
      },
    ),
    { numRuns: 60 },
  )
})

test('the parts of a picture are the picture, each no larger than the API takes', () => {
  const bytes = new Uint8Array(2_500_000).map((_byte, index) => index % 251).buffer
  const parts = partNumbers(bytes.byteLength).map((part) => new Uint8Array(partOf(bytes, part)))
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(1_024 * 1_024)
  expect(Buffer.concat(parts).equals(Buffer.from(bytes))).toBe(true)
  expect(partNumbers(0)).toEqual([1])
})
