import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chooseCompany,
  mayCombine,
  type OpenTask,
  type Receiver,
  receiverText,
} from '../../domain/combined-shipping.ts'

const WANG: Receiver = {
  storeId: 'MALL',
  divisionCode: '330106',
  buyerId: null,
  name: '王小明',
  phone: '13800138000',
  address: '文三路 3-201',
  ciphertext: {},
}

describe('who is the same receiver', () => {
  test.each([
    { phone: '+86 138-0013-8000' },
    { phone: '１３８００１３８０００' },
    { address: '文三路3－201' },
    { address: '文三路，3-201 ' },
    { name: ' 王小明' },
  ])('is told whatever the width, spaces and punctuation: %o', (change) => {
    expect(receiverText({ ...WANG, ...change })).toBe(receiverText(WANG))
  })

  test.each<Partial<Receiver>>([
    { storeId: 'MALL-2' },
    { divisionCode: '330108' },
    { buyerId: 'b' },
    { name: '王小' },
    { phone: '13800138001' },
    { address: '文三路 32-01' },
    { address: '文三路 3201' },
  ])('is another one where anything differs: %o', (change) => {
    expect(receiverText({ ...WANG, ...change })).not.toBe(receiverText(WANG))
  })

  test.each<Partial<Receiver>>([
    { name: '王**' },
    { phone: '138****8000' },
    { address: '文三路***' },
    { phone: '' },
    { address: '，' },
    { ciphertext: { encrypt_post_tel: 'x' } },
  ])('nobody can say of data that is masked, sealed or missing: %o', (change) => {
    expect(receiverText({ ...WANG, ...change })).toBeNull()
  })

  test('a platform’s own id of the receiver counts, whatever it shows besides', () => {
    const sealed = { ciphertext: { open_address_id: 'A1' }, name: '王**', phone: '138****8000' }
    const other = { ...sealed, phone: '*******8000' }
    expect(receiverText({ ...WANG, ...sealed })).toBe(receiverText({ ...WANG, ...other }))
    expect(receiverText({ ...WANG, ...sealed })).not.toBe(
      receiverText({ ...WANG, ciphertext: { open_address_id: 'A2' } }),
    )
  })

  test('no text of one receiver reads like another’s', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '1', ' ', '-', '路', '"', ','), maxLength: 6 })
    fc.assert(
      fc.property(part, part, part, part, (name, address, otherName, otherAddress) => {
        const one = receiverText({ ...WANG, name, address })
        const other = receiverText({ ...WANG, name: otherName, address: otherAddress })
        if (one === null || one !== other) return
        const letters = (text: string) => text.replace(/[^a1路]/g, '')
        expect([letters(name), letters(address)]).toEqual([letters(otherName), letters(otherAddress)])
      }),
    )
  })
})

test('the first rule that matches says whether an order may share its parcel', () => {
  const rules = [{ condition: { '>': [{ var: 'amountCents' }, 100_000] }, outcome: { combine: false } }]
  expect(mayCombine({ combine: true, rules }, { amountCents: 200_000 })).toBe(false)
  expect(mayCombine({ combine: true, rules }, { amountCents: 1_000 })).toBe(true)
})

describe('whom a new task joins', () => {
  const LIMITS = { maxOrders: 3, maxWeightGrams: 1_000 }
  const task = (id: string, change: Partial<OpenTask> = {}): OpenTask => ({
    pickTaskId: id,
    orderId: `order-${id}`,
    combinedId: null,
    weightGrams: 100,
    isFree: true,
    ...change,
  })
  const newcomer = { orderId: 'new', weightGrams: 100 }
  const ids = (tasks: OpenTask[] | null) => tasks?.map(({ pickTaskId }) => pickTaskId) ?? null

  test('the oldest, and of a group all', () => {
    const open = [task('a', { combinedId: 'g' }), task('b'), task('c', { combinedId: 'g' })]
    expect(ids(chooseCompany(newcomer, open, LIMITS))).toEqual(['a', 'c'])
  })

  test('not a group of which one was begun', () => {
    const open = [task('a', { combinedId: 'g' }), task('c', { combinedId: 'g', isFree: false }), task('b')]
    expect(ids(chooseCompany(newcomer, open, LIMITS))).toEqual(['b'])
  })

  test('never another task of its own order', () => {
    expect(chooseCompany(newcomer, [task('a', { orderId: 'new' })], LIMITS)).toBeNull()
  })

  test('never more orders or weight than the policy allows, and only what is free as a whole', () => {
    const tasks = fc.uniqueArray(
      fc.record({
        pickTaskId: fc.string({ minLength: 1 }),
        orderId: fc.constantFrom('new', 'a', 'b', 'c', 'd'),
        combinedId: fc.constantFrom(null, 'g', 'h'),
        weightGrams: fc.integer({ min: 0, max: 600 }),
        isFree: fc.boolean(),
      }),
      { selector: (entry) => entry.pickTaskId, maxLength: 8 },
    )
    const limits = fc.record({
      maxOrders: fc.integer({ min: 2, max: 4 }),
      maxWeightGrams: fc.option(fc.integer({ min: 1, max: 1_500 })),
    })
    fc.assert(
      fc.property(tasks, limits, (open, { maxOrders, maxWeightGrams }) => {
        const joined = chooseCompany(newcomer, open, { maxOrders, maxWeightGrams })
        if (!joined) return
        expect(joined.length).toBeLessThan(maxOrders)
        expect(joined.every((entry) => entry.isFree && entry.orderId !== 'new')).toBe(true)
        const combinedId = joined[0]?.combinedId ?? null
        if (combinedId !== null)
          expect(joined).toEqual(open.filter((entry) => entry.combinedId === combinedId))
        else expect(joined).toHaveLength(1)
        const weight = joined.reduce((sum, entry) => sum + entry.weightGrams, newcomer.weightGrams)
        if (maxWeightGrams !== null) expect(weight).toBeLessThanOrEqual(maxWeightGrams)
      }),
    )
  })
})
