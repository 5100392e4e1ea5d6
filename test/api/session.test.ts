import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, PASSWORD, signInAs, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const signIn = (name: string, password: string) =>
  api.app.inject({ method: 'POST', url: '/v1/session', payload: { userName: name, password } })
const whoAmI = (cookie: string) => api.app.inject({ url: '/v1/session', headers: { cookie } })

test('signing in answers who one is and sets a cookie that scripts and other sites cannot use', async () => {
  const response = await signIn('clerk', PASSWORD)
  expect(response.json()).toMatchObject({
    kind: 'person',
    userName: 'clerk',
    role: 'clerk',
    storeIds: ['ST-1'],
  })
  expect(response.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  const cookie = await signInAs(api.app, 'clerk')
  expect((await whoAmI(cookie)).json().userName).toBe('clerk')
})

test('an unknown user, a wrong password and a locked account are told the same', async () => {
  const unknown = await signIn('nobody', PASSWORD)
  const wrong = await signIn('finance', 'wrong')
  expect(unknown.statusCode).toBe(401)
  expect(unknown.json()).toEqual(wrong.json())
})

test('five failures lock the account for 15 minutes, even for the right password', async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect((await signIn('admin', `wrong ${attempt}`)).statusCode).toBe(401)
  }
  expect((await signIn('admin', PASSWORD)).statusCode).toBe(401)
  api.clock.advance(15 * 60_000 + 1_000)
  expect((await signIn('admin', PASSWORD)).statusCode).toBe(200)
})

test('guesses sent at once are counted: five of twenty are looked at', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => signIn('store-manager', `guess ${index}`)))
  expect(await api.rows("select failed_sign_ins from account where user_name = 'store-manager'")).toEqual([
    { failed_sign_ins: 5 },
  ])
})

test('a success forgets the failures before it', async () => {
  for (let round = 0; round < 3; round += 1) {
    for (let attempt = 0; attempt < 3; attempt += 1) await signIn('team-lead', 'wrong')
    expect((await signIn('team-lead', PASSWORD)).statusCode).toBe(200)
  }
})

test('signing out ends the session in the database', async () => {
  const cookie = await signInAs(api.app, 'clerk')
  const out = await api.app.inject({
    method: 'DELETE',
    url: '/v1/session',
    headers: { cookie, 'x-order-hub': '1' },
  })
  expect(out.statusCode).toBe(204)
  expect((await whoAmI(cookie)).statusCode).toBe(401)
})

test('who comes with a key has no session, whatever cookie is sent along, and none to end; signing in begins one all the same', async () => {
  const cookie = await signInAs(api.app, 'clerk')
  const headers = { authorization: `Bearer ${api.keys.ops}`, cookie }
  const asked = await api.app.inject({ url: '/v1/session', headers })
  expect([asked.json().kind, asked.headers['set-cookie']]).toEqual(['system', undefined])
  expect((await api.app.inject({ method: 'DELETE', url: '/v1/session', headers })).statusCode).toBe(204)
  expect((await whoAmI(cookie)).statusCode).toBe(200)
  const payload = { userName: 'clerk', password: PASSWORD }
  const again = await api.app.inject({ method: 'POST', url: '/v1/session', headers, payload })
  const [begun] = again.cookies
  expect(again.statusCode).toBe(200)
  expect((await whoAmI(`${begun?.name}=${encodeURIComponent(begun?.value ?? '')}`)).json().userName).toBe(
    'clerk',
  )
})

test('a disabled account is out at once', async () => {
  const cookie = await signInAs(api.app, 'finance')
  await api.rows("update account set disabled = true where user_name = 'finance'")
  expect((await whoAmI(cookie)).statusCode).toBe(401)
})

test('a session ends after twelve hours', async () => {
  const cookie = await signInAs(api.app, 'clerk')
  api.clock.advance(12 * 3_600_000 + 1_000)
  expect((await whoAmI(cookie)).statusCode).toBe(401)
})

test('the database holds no session id that a reader could use', async () => {
  const cookie = decodeURIComponent((await signInAs(api.app, 'clerk')).split('=').slice(1).join('='))
  const stored = JSON.stringify(await api.rows("select encode(id_hash, 'escape') as id, data from session"))
  expect(stored).not.toContain(cookie.split('.')[0])
})

test('a forged request of another site is refused, one with our header or origin is not', async () => {
  const cookie = await signInAs(api.app, 'clerk')
  const ask = async (headers: Record<string, string>) =>
    (
      await api.app.inject({
        method: 'POST',
        url: '/v1/orders',
        headers: { cookie, host: 'hub.example', ...headers },
        payload: {},
      })
    ).json().code
  expect(await ask({})).toBe('forbidden')
  expect(await ask({ origin: 'http://evil.example' })).toBe('forbidden')
  expect(await ask({ origin: 'http://hub.example' })).toBe('invalid-request')
  expect(await ask({ 'x-order-hub': '1' })).toBe('invalid-request')
})

test('a cookie with a changed signature is nobody', async () => {
  const cookie = await signInAs(api.app, 'clerk')
  expect((await whoAmI(`${cookie}x`)).statusCode).toBe(401)
})
