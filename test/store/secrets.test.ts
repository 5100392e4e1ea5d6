import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openContact, sealContact } from '../../store/contacts.ts'
import { KeyRing } from '../../store/keyring.ts'
import { openTestStore, type TestStore } from './support.ts'

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64')
const old = KeyRing.parse(`2025:${key(1)}`)
const rotated = KeyRing.parse(`2026:${key(2)},2025:${key(1)}`)
const secret = Buffer.from('张三 13800138000')

describe('the key ring', () => {
  test('after a rotation the old key still opens what it sealed, and the new one seals', () => {
    const before = old.seal(secret, 'row-1')
    expect(rotated.open(before.keyId, before.sealed, 'row-1')).toEqual(secret)
    const after = rotated.seal(secret, 'row-1')
    expect(after.keyId).toBe('2026')
    expect(() => old.open(after.keyId, after.sealed, 'row-1')).toThrow('no key named 2026')
  })

  test('a changed byte anywhere, a value cut short, another context or another key are refused', () => {
    const { sealed } = old.seal(secret, 'row-1')
    for (let index = 0; index < sealed.length; index += 1) {
      const tampered = Buffer.from(sealed)
      tampered[index] = (tampered[index] ?? 0) ^ 1
      expect(() => old.open('2025', tampered, 'row-1')).toThrow()
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => old.open('2025', sealed.subarray(0, length), 'row-1')).toThrow()
    }
    expect(() => old.open('2025', sealed, 'row-2')).toThrow()
    expect(() => rotated.open('2026', sealed, 'row-1')).toThrow()
  })

  test('a tag that was cut down so that it can be guessed is refused before it is compared', () => {
    const empty = old.seal(new Uint8Array(), 'row-1').sealed
    expect(old.open('2025', empty, 'row-1')).toHaveLength(0)
    // The first four bytes of a true tag: GCM itself would accept them as a short one.
    expect(() => old.open('2025', empty.subarray(0, 16), 'row-1')).toThrow(/authentication tag/i)
  })

  test('the same value sealed twice looks different each time', () => {
    expect(old.seal(secret, 'row-1').sealed).not.toEqual(old.seal(secret, 'row-1').sealed)
  })

  test.each(['', 'no-separator', `:${key(1)}`, 'a:c2hvcnQ=', `a:${key(1)},`, `a:${key(1)},a:${key(2)}`])(
    'a ring that is not well-formed is refused: %s',
    (text) => {
      expect(() => KeyRing.parse(text)).toThrow()
    },
  )
})

describe('contacts', () => {
  let store: TestStore
  beforeAll(async () => {
    store = await openTestStore()
  })
  afterAll(() => store.close())

  const data = { name: '张三', phone: '13800138000', address: '文三路 1 号', remark: '' }
  const insert = async () => {
    const id = uuid()
    const sealed = sealContact(store.keyRing, id, data)
    await store.db
      .insertInto('contact')
      .values({ id, ...sealed, division_code: '330106' })
      .execute()
    return id
  }
  const read = (id: string) =>
    store.db
      .selectFrom('contact')
      .select(['id', 'key_id', 'sealed'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()

  test('a person’s data come back as they were, and none of it is in the table in clear', async () => {
    const row = await read(await insert())
    expect(openContact(store.keyRing, row)).toEqual(data)
    for (const value of ['张三', '13800138000', '文三路']) {
      expect(row.sealed?.includes(Buffer.from(value))).toBe(false)
    }
  })

  test('one person’s sealed data under another person’s id cannot be opened', async () => {
    const [first, second] = [await read(await insert()), await read(await insert())]
    expect(() => openContact(store.keyRing, { ...first, sealed: second.sealed })).toThrow()
  })

  test('an erased person reads as null, and a row can be neither half erased nor sealed again by accident', async () => {
    const id = await insert()
    const half = store.db.updateTable('contact').set({ sealed: null }).where('id', '=', id).execute()
    await expect(half).rejects.toThrow('check constraint')
    await store.db
      .updateTable('contact')
      .set({ sealed: null, customer: null, erased_at: new Date() })
      .where('id', '=', id)
      .execute()
    expect(openContact(store.keyRing, await read(id))).toBeNull()
  })
})
