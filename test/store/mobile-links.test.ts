import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { upsertAccount } from '../../store/identity.ts'
import { tidy } from '../../store/maintenance.ts'
import { MobileLinks } from '../../store/mobile-links.ts'
import { openTestStore, type TestStore } from './support.ts'

const SECRET = 'what links to the mobile page are signed with'
let store: TestStore
let accountId: string
let nowMs = Date.now()
beforeAll(async () => {
  store = await openTestStore()
  const account = {
    userName: 'wang.fang',
    displayName: '王芳',
    role: 'store_manager',
    password: 'p',
  } as const
  accountId = (await upsertAccount(store.db, { ...account, storeIds: [], region: null })).id
})
afterAll(() => store.close())

const links = (secret = SECRET) => new MobileLinks({ db: store.db, secret, now: () => new Date(nowMs) })
const subject = 'change/CR-1'

test('a link opens what it was made for, for whom it was made, once: of ten at once one', async () => {
  const token = await links().issue({ accountId, subject }, 600)
  expect(token).toMatch(/^[A-Za-z0-9_-]{72}$/)
  const answers = await Promise.all(Array.from({ length: 10 }, () => links().redeem(token)))
  expect(answers.filter(({ ok }) => ok)).toEqual([{ ok: true, accountId, subject }])
  expect(answers.filter(({ ok }) => !ok)).toEqual(Array(9).fill({ ok: false, reason: 'used' }))
})

test('a link that is too old opens nothing', async () => {
  const token = await links().issue({ accountId, subject }, 600)
  nowMs += 600_000
  expect(await links().redeem(token)).toEqual({ ok: false, reason: 'expired' })
})

test('a link with any character changed, of another secret, or of no shape at all is refused and uses nothing up', async () => {
  const token = await links().issue({ accountId, subject }, 600)
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: token.length - 1 }), fc.constantFrom(...letters), async (at, letter) => {
      fc.pre(token[at] !== letter)
      const altered = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`
      expect(await links().redeem(altered)).toEqual({ ok: false, reason: 'altered' })
    }),
  )
  for (const other of ['', 'x', `${token}A`, token.slice(1), '你'.repeat(72), 'A'.repeat(72)])
    expect(await links().redeem(other)).toEqual({ ok: false, reason: 'altered' })
  expect(await links('another secret of this house').redeem(token)).toEqual({ ok: false, reason: 'altered' })
  expect(await links().redeem(token)).toEqual({ ok: true, accountId, subject })
})

test('the link of an account that was disabled meanwhile opens nothing', async () => {
  const token = await links().issue({ accountId, subject }, 600)
  await store.db.updateTable('account').set({ disabled: true }).where('id', '=', accountId).execute()
  expect(await links().redeem(token)).toEqual({ ok: false, reason: 'account-disabled' })
  await store.db.updateTable('account').set({ disabled: false }).where('id', '=', accountId).execute()
})

test('links are forgotten a month after their end, others are kept', async () => {
  const old = uuid()
  const rows = [{ id: old, account_id: accountId, subject, created_at: new Date(0), expires_at: new Date(1) }]
  await store.db.insertInto('mobile_link').values(rows).execute()
  const token = await links().issue({ accountId, subject }, 600)
  await tidy(store.db)
  expect(await store.db.selectFrom('mobile_link').select('id').where('id', '=', old).execute()).toEqual([])
  expect(await links().redeem(token)).toMatchObject({ ok: true })
})
