import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountPage, accountView, apiKeyPage, newApiKeyView } from '../../contracts/accounts.ts'
import { createTestApi, PASSWORD, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

type Method = 'POST' | 'PATCH'
const send = (method: Method, url: string, payload: object = {}, as: 'admin' | 'ops' | 'finance' = 'admin') =>
  api.as(as, { method, url, payload })
const signIn = (userName: string, password: string) =>
  api.app.inject({ method: 'POST', url: '/v1/session', payload: { userName, password } })
const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>) =>
  answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
const asPerson = (cookie: string, method: Method | 'GET' | 'DELETE', url: string, payload?: object) =>
  api.app.inject({
    method,
    url,
    headers: { cookie, 'x-order-hub': '1' },
    ...(payload === undefined ? {} : { payload }),
  })
/** Takes a password that nobody else knows, and signs in with it. */
async function takeOwnPassword(userName: string, current = FIRST): Promise<string> {
  const cookie = cookieOf(await signIn(userName, current))
  await asPerson(cookie, 'POST', '/v1/session/password', { current, password: OWN })
  return cookieOf(await signIn(userName, OWN))
}
const whoAmI = (cookie: string) => api.app.inject({ url: '/v1/session', headers: { cookie } })

let number = 0
const FIRST = 'a long first password'
const OWN = 'one that only I know'
const person = (changes: Record<string, unknown> = {}) => ({
  ...{ userName: `person-${++number}`, displayName: '王芳', role: 'clerk', storeIds: ['ST-1'] },
  password: FIRST,
  ...changes,
})
const make = async (changes: Record<string, unknown> = {}) =>
  accountView.parse((await send('POST', '/v1/accounts', person(changes))).json())
const change = (userName: string, payload: object) => send('PATCH', `/v1/accounts/${userName}`, payload)

describe('people', () => {
  test('somebody is let in with what they may do, and neither list nor log has the password', async () => {
    const made = await make()
    expect(made).toMatchObject({ role: 'clerk', storeIds: ['ST-1'], active: true, lockedUntil: null })
    expect((await signIn(made.userName, FIRST)).json()).toMatchObject({ accountId: made.accountId })
    const list = await api.as('admin', { url: `/v1/accounts?text=${made.userName}` })
    expect(accountPage.parse(list.json()).items).toEqual([made])
    const said = [list.body, ...api.log, JSON.stringify(await api.rows('select * from audit_entry'))]
    for (const text of said) expect(text).not.toContain(FIRST)
    expect(
      await api.rows(
        "select actor, action from audit_entry where subject_id = $1 and action like 'account%'",
        [made.accountId],
      ),
    ).toEqual([{ actor: 'admin', action: 'account.created' }])
  })

  test.each<[Record<string, unknown>, number, string]>([
    [{ userName: 'clerk' }, 409, 'already-exists'],
    [{ userName: 'Upper Case' }, 400, 'invalid-request'],
    // Who reads the audit trail would take them for another.
    [{ userName: 'system' }, 400, 'invalid-request'],
    [{ userName: 'jd' }, 400, 'invalid-request'],
    [{ password: 'short' }, 400, 'invalid-request'],
    [{ role: 'emperor' }, 400, 'invalid-request'],
    [{ storeIds: ['ST-1', 'NO'] }, 422, 'unknown-store'],
    [{ surprise: 1 }, 400, 'invalid-request'],
  ])('%o makes nobody', async (changes, status, code) => {
    const before = await api.rows('select count(*) from account')
    const refused = await send('POST', '/v1/accounts', person(changes))
    expect([refused.statusCode, refused.json().code]).toEqual([status, code])
    expect(await api.rows('select count(*) from account')).toEqual(before)
  })

  test('another role holds at once; whoever is switched off is out at once and cannot come back', async () => {
    const { userName } = await make()
    const cookie = cookieOf(await signIn(userName, FIRST))
    expect((await change(userName, { role: 'team_lead', storeIds: ['ST-2'] })).statusCode).toBe(200)
    expect((await whoAmI(cookie)).json()).toMatchObject({ role: 'team_lead', storeIds: ['ST-2'] })
    await change(userName, { active: false })
    expect((await whoAmI(cookie)).statusCode).toBe(401)
    expect((await signIn(userName, FIRST)).statusCode).toBe(401)
    await change(userName, { active: true })
    // What was open before is not open again.
    expect((await whoAmI(cookie)).statusCode).toBe(401)
    expect((await signIn(userName, FIRST)).statusCode).toBe(200)
  })

  test('a new password ends the sessions of the old one, and unlocks', async () => {
    const { userName } = await make()
    const cookie = cookieOf(await signIn(userName, FIRST))
    for (let attempt = 0; attempt < 5; attempt += 1) await signIn(userName, 'wrong')
    const [locked] = accountPage.parse(
      (await api.as('admin', { url: `/v1/accounts?text=${userName}` })).json(),
    ).items
    expect(locked?.lockedUntil).not.toBeNull()
    expect((await change(userName, { password: 'another long password' })).json().lockedUntil).toBeNull()
    expect((await whoAmI(cookie)).statusCode).toBe(401)
    expect((await signIn(userName, FIRST)).statusCode).toBe(401)
    expect((await signIn(userName, 'another long password')).statusCode).toBe(200)
  })

  test('nobody changes what they may do themselves, and one administrator remains', async () => {
    for (const payload of [{ role: 'ops' }, { active: false }, { storeIds: [] }, { password: FIRST }])
      expect((await change('admin', payload)).json().code).toBe('own-account')
    expect((await change('admin', { displayName: '管理员' })).statusCode).toBe(200)
    const other = await make({ role: 'admin', storeIds: [] })
    const cookie = await takeOwnPassword(other.userName)
    // Each takes the other's role at the same moment.
    const answers = await Promise.all([
      change(other.userName, { role: 'ops' }),
      asPerson(cookie, 'PATCH', '/v1/accounts/admin', { role: 'ops' }),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()).not.toEqual([200, 200])
    const [left] = await api.rows(
      "select count(*)::int as n from account where role = 'admin' and not disabled",
    )
    expect(left?.n).toBeGreaterThanOrEqual(1)
    await api.rows("update account set role = 'admin' where user_name = 'admin'")
  })

  test('the list is filtered and paged in the query', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = accountPage.parse(
        (await api.as('admin', { url: `/v1/accounts?limit=3${cursor && `&cursor=${cursor}`}` })).json(),
      )
      seen.push(...page.items.map(({ userName }) => userName))
      cursor = page.nextCursor
    }
    const all = await api.rows('select user_name from account')
    expect(seen.toSorted()).toEqual(all.map((row) => row.user_name).toSorted())
    const finance = accountPage.parse((await api.as('admin', { url: '/v1/accounts?role=finance' })).json())
    expect(finance.items.map(({ userName }) => userName)).toEqual(['finance'])
    for (const bad of ['role=x', 'active=perhaps', 'cursor=x', 'surprise=1'])
      expect([bad, (await api.as('admin', { url: `/v1/accounts?${bad}` })).statusCode]).toEqual([bad, 400])
  })
})

describe('a password that somebody else chose', () => {
  test('opens nothing but the way to another one, and the way out', async () => {
    const { userName } = await make({ role: 'ops' })
    const cookie = cookieOf(await signIn(userName, FIRST))
    expect((await whoAmI(cookie)).json()).toMatchObject({ userName, mustChangePassword: true })
    for (const url of ['/v1/orders', '/v1/stock', '/v1/session/second-factor', '/v1/console', '/metrics']) {
      const refused = await asPerson(cookie, 'GET', url)
      expect([url, refused.statusCode, refused.json().code]).toEqual([url, 403, 'password-change-required'])
    }
    // The same once more would still be known to two.
    const change = (password: string) =>
      asPerson(cookie, 'POST', '/v1/session/password', { current: FIRST, password })
    expect((await change(FIRST)).json()).toMatchObject({
      code: 'invalid-request',
      errors: [{ field: 'password' }],
    })
    expect((await asPerson(cookie, 'DELETE', '/v1/session')).statusCode).toBe(204)
    const own = await takeOwnPassword(userName)
    expect((await whoAmI(own)).json()).toMatchObject({ userName, mustChangePassword: false })
    expect((await asPerson(own, 'GET', '/v1/orders')).statusCode).toBe(200)
  })

  test('is also the one that an administrator has set anew', async () => {
    const { userName } = await make({ role: 'ops' })
    await takeOwnPassword(userName)
    await change(userName, { password: 'another long password' })
    const cookie = cookieOf(await signIn(userName, 'another long password'))
    expect((await asPerson(cookie, 'GET', '/v1/orders')).json().code).toBe('password-change-required')
  })
})

describe('one’s own password', () => {
  const mine = (current: string, password: string) =>
    send('POST', '/v1/session/password', { current, password }, 'finance')

  test('is changed by whoever knows it, and guesses at it count as at signing in', async () => {
    expect((await mine('wrong', 'my new long password')).json().code).toBe('wrong-password')
    expect(await api.rows("select failed_sign_ins from account where user_name = 'finance'")).toEqual([
      { failed_sign_ins: 1 },
    ])
    expect((await mine(PASSWORD, 'short')).statusCode).toBe(400)
    expect((await mine(PASSWORD, 'my new long password')).statusCode).toBe(204)
    expect((await signIn('finance', PASSWORD)).statusCode).toBe(401)
    expect((await signIn('finance', 'my new long password')).statusCode).toBe(200)
    // The session that did it ended, too.
    expect((await whoAmI(await api.signIn('finance'))).statusCode).toBe(401)
  })
})

describe('keys of other systems', () => {
  const makeKey = (payload: object) => send('POST', '/v1/api-keys', payload)
  const call = async (secret: string) => {
    api.clock.advance(5_001)
    const headers = { authorization: `Bearer ${secret}` }
    return (await api.app.inject({ url: '/v1/session', headers })).statusCode
  }

  test('a secret is said once, opens what it is for, and is kept nowhere', async () => {
    const made = await makeKey({ name: 'shop-a', system: 'mall', storeIds: ['ST-1'] })
    expect([made.statusCode, made.headers['cache-control']]).toEqual([201, 'no-store'])
    const { secret, keyId } = newApiKeyView.parse(made.json())
    expect(await call(secret)).toBe(200)
    const list = await api.as('admin', { url: '/v1/api-keys?system=mall' })
    expect(apiKeyPage.parse(list.json()).items.map((key) => key.keyId)).toContain(keyId)
    const kept = JSON.stringify([
      await api.rows('select * from audit_entry'),
      await api.rows('select response from idempotency_key'),
      await api.rows("select encode(key_hash, 'escape') from api_key"),
    ])
    for (const text of [list.body, kept, ...api.log]) expect(text).not.toContain(secret)
  })

  test('a rotated key opens by its new secret alone, a revoked one by none, and does not come back', async () => {
    const first = newApiKeyView.parse((await makeKey({ name: 'rotated', system: 'warehouse' })).json())
    const second = newApiKeyView.parse((await send('POST', `/v1/api-keys/${first.keyId}/rotation`)).json())
    expect([await call(first.secret), await call(second.secret)]).toEqual([401, 200])
    for (let time = 0; time < 2; time += 1) {
      const revoked = await send('POST', `/v1/api-keys/${first.keyId}/revocation`)
      expect([revoked.statusCode, revoked.json().active]).toEqual([200, false])
    }
    expect(await call(second.secret)).toBe(401)
    const refused = await send('POST', `/v1/api-keys/${first.keyId}/rotation`)
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'api-key-revoked'])
    expect(
      await api.rows('select action from audit_entry where subject_id = $1 order by id', [first.keyId]),
    ).toEqual([{ action: 'api_key.created' }, { action: 'api_key.rotated' }, { action: 'api_key.revoked' }])
  })

  test.each<[object, number, string]>([
    [{ name: 'shop-a', system: 'mall' }, 409, 'already-exists'],
    [{ name: 'x y', system: 'mall' }, 400, 'invalid-request'],
    [{ name: 'x', system: 'king' }, 400, 'invalid-request'],
    [{ name: 'x', system: 'ops', storeIds: ['ST-1'] }, 400, 'invalid-request'],
    [{ name: 'x', system: 'mall', storeIds: ['NO'] }, 422, 'unknown-store'],
  ])('%o makes no key', async (payload, status, code) => {
    const refused = await makeKey(payload)
    expect([refused.statusCode, refused.json().code]).toEqual([status, code])
  })
})
