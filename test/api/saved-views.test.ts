import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_SAVED_VIEWS, savedViewPage, savedViewView } from '../../contracts/saved-views.ts'
import type { Role } from '../../domain/role.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const body = (name: string, changes: object = {}) => ({
  ...{ screen: 'orders', name, search: { status: 'paid', needsAttention: true } },
  ...changes,
})
const save = (as: Role, name: string, changes: object = {}) =>
  api.as(as, { method: 'POST', url: '/v1/saved-views', payload: body(name, changes) })
const made = async (as: Role, name: string, changes: object = {}) =>
  savedViewView.parse((await save(as, name, changes)).json())
const list = async (as: Role, query = 'screen=orders') =>
  savedViewPage.parse((await api.as(as, { url: `/v1/saved-views?${query}` })).json())
const remove = async (as: Role, viewId: string) =>
  (await api.as(as, { method: 'DELETE', url: `/v1/saved-views/${viewId}` })).statusCode

test('a view is its owner’s alone until it is shared, and then for everybody', async () => {
  const own = await made('clerk', '待发货')
  expect(own).toMatchObject({
    search: { status: 'paid', needsAttention: true },
    owner: 'clerk',
    isMine: true,
  })
  const shared = await made('clerk', '公用', { isShared: true })
  const seen = (await list('finance')).items
  expect(seen).toEqual([{ ...shared, isMine: false }])
  expect((await list('clerk')).items.map(({ viewId }) => viewId).sort()).toEqual(
    [own.viewId, shared.viewId].sort(),
  )
  expect((await list('clerk', 'screen=stock')).items).toEqual([])
})

test('somebody else’s view is removed by nobody but an admin, who does not reach private ones', async () => {
  const own = await made('team_lead', 'mine')
  const shared = await made('team_lead', 'ours', { isShared: true })
  expect([await remove('finance', own.viewId), await remove('finance', shared.viewId)]).toEqual([404, 404])
  expect([await remove('admin', own.viewId), await remove('admin', shared.viewId)]).toEqual([404, 204])
  expect([await remove('team_lead', own.viewId), await remove('team_lead', own.viewId)]).toEqual([204, 404])
})

test('two of one name are refused, and so are more than anybody finds again', async () => {
  await made('finance', 'same')
  expect((await save('finance', 'same')).json().code).toBe('already-exists')
  expect((await save('finance', 'same', { screen: 'stock' })).statusCode).toBe(201)
  const answers = await Promise.all(
    Array.from({ length: MAX_SAVED_VIEWS }, (_, index) => save('finance', `view ${index}`)),
  )
  const codes = answers.map(({ statusCode }) => statusCode)
  expect(codes.filter((code) => code === 201)).toHaveLength(MAX_SAVED_VIEWS - 2)
  expect(answers.find(({ statusCode }) => statusCode !== 201)?.json().code).toBe('too-many-saved-views')
})

test.each([
  { screen: 'No Screen' },
  { name: '' },
  { name: 'x'.repeat(61) },
  { search: { 'a b': 'x' } },
  { search: { a: { b: 'c' } } },
  { search: Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`k${'a'.repeat(n + 1)}`, 'x'])) },
  { surprise: 1 },
])('%o is refused', async (changes) => {
  expect((await save('store_manager', 'bad', changes)).statusCode).toBe(400)
})

test('pages go on where they ended', async () => {
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(
      'finance',
      `screen=orders&limit=7${cursor && `&cursor=${cursor}`}`,
    )
    seen.push(...page.items.map(({ viewId }) => viewId))
    cursor = page.nextCursor
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBe((await list('finance', 'screen=orders&limit=200')).items.length)
})
