import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { OidcProvider } from '../../api/oidc.ts'
import { oidcAccountOf } from '../../simulator/platforms/oidc/account.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { createTestApi, type TestApi } from './support.ts'

const SECRET = 'the company of the tests'
const COMPANY = oidcAccountOf(SECRET)
const PAGE = '/orders?status=paid'
let simulator: Simulator
let api: TestApi
let config: Record<'OIDC_ISSUER_URL' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'OIDC_REDIRECT_URL', string>
beforeAll(async () => {
  simulator = await startSimulator({ secret: 'x'.repeat(32), oidcSecret: SECRET })
  config = {
    OIDC_ISSUER_URL: `${simulator.url}/oidc`,
    OIDC_CLIENT_ID: COMPANY.clientId,
    OIDC_CLIENT_SECRET: COMPANY.clientSecret,
    OIDC_REDIRECT_URL: 'https://hub.example/v1/session/oidc/callback',
  }
  api = await createTestApi({ config })
})
afterAll(async () => {
  await api.close()
  await simulator.close()
})
beforeEach(() => simulator.mischief('oidc', { gatewayTimeout: 0 }))

const cookieOf = (answer: LightMyRequestResponse) =>
  answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
const whereTo = (answer: LightMyRequestResponse) => String(answer.headers.location)
const get = (url: string, cookie = '') => api.app.inject({ url, headers: { cookie } })

/** Who signs in under a name from now on. */
const control = async (what: 'people' | 'metadata', body: object) => {
  const answer = await fetch(`${simulator.url}/control/platforms/oidc/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

/** What somebody does at the provider's page. Answers where its browser is sent back to. */
async function signInThere(location: string, userName: string, password = COMPANY.password): Promise<URL> {
  const answer = await fetch(location, {
    method: 'POST',
    body: new URLSearchParams({ userName, password }),
    redirect: 'manual',
  })
  return new URL(answer.headers.get('location') ?? 'none:')
}
const begin = async (returnTo = PAGE, cookie = '') => {
  const answer = await get(`/v1/session/oidc?returnTo=${encodeURIComponent(returnTo)}`, cookie)
  return { location: whereTo(answer), cookie: cookieOf(answer) }
}
const comeBack = ({ pathname, search }: URL, cookie: string) => get(`${pathname}${search}`, cookie)
const signIn = async (userName: string, returnTo = PAGE) => {
  const { location, cookie } = await begin(returnTo)
  return comeBack(await signInThere(location, userName), cookie)
}
const whoAmI = async (cookie: string) => (await get('/v1/session', cookie)).json().userName
const sessionsOfPeople = async () =>
  (await api.rows('select count(*)::int as n from session where account_id is not null'))[0]?.n
const trailOf = (action: string) =>
  api.rows('select actor, new_value from audit_entry where action = $1 order by id', [action])

test('somebody whom the provider has signed in is in, where they wanted to be, under a new session', async () => {
  expect((await get('/v1/session/ways')).json()).toEqual({ oidc: true })
  const { location, cookie } = await begin()
  const asked = new URL(location).searchParams
  expect([asked.get('client_id'), asked.get('code_challenge_method')]).toEqual([COMPANY.clientId, 'S256'])
  const back = await signInThere(location, 'clerk')
  const answer = await comeBack(back, cookie)
  expect([answer.statusCode, whereTo(answer)]).toEqual([302, PAGE])
  expect(await whoAmI(cookieOf(answer))).toBe('clerk')
  expect(await whoAmI(cookie)).toBeUndefined()
  // The same address again, as from a history, opens nothing, with the old session and with the new one.
  for (const each of [cookie, cookieOf(answer)])
    expect(whereTo(await comeBack(back, each))).toBe('/?signIn=refused')
  expect(await trailOf('account.oidc_bound')).toMatchObject([
    { actor: 'clerk', new_value: { issuer: config.OIDC_ISSUER_URL } },
  ])
  expect(await trailOf('session.signed_in')).toMatchObject([
    { actor: 'clerk', new_value: { oidc: config.OIDC_ISSUER_URL } },
  ])
})

test('whoever comes by the provider has used no password, and is not stopped by one that is not their own', async () => {
  await api.rows("update account set must_change_password = true where user_name = 'finance'")
  const cookie = cookieOf(await signIn('finance'))
  expect((await get('/v1/session', cookie)).json()).toMatchObject({ mustChangePassword: false })
  expect((await get('/v1/orders', cookie)).statusCode).toBe(200)
})

test('whoever signs out ends the session here, and is led to the provider’s end of it and back', async () => {
  const cookie = cookieOf(await signIn('clerk'))
  const answer = await api.app.inject({
    ...{ method: 'DELETE', url: '/v1/session' },
    headers: { cookie, 'x-order-hub': '1' },
  })
  expect([answer.statusCode, answer.json()]).toEqual([200, { continueAt: '/v1/session/oidc/sign-out' }])
  expect(await whoAmI(cookie)).toBeUndefined()
  const there = await fetch(whereTo(await get('/v1/session/oidc/sign-out')), { redirect: 'manual' })
  expect(there.headers.get('location')).toBe('https://hub.example/')
})

test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/v1/session'])(
  'a link that wants to lead to %s leads to the first page',
  async (returnTo) => {
    expect(whereTo(await signIn('clerk', returnTo))).toBe('/')
  },
)

test('a link signs nobody out, nor over to somebody else: whoever is signed in stays who they are', async () => {
  const cookie = await api.signIn('ops')
  const { location } = await begin(PAGE, cookie)
  expect(location).toBe(PAGE)
  expect(await whoAmI(cookie)).toBe('ops')
})

test('an account belongs to the one whom it was first, whatever the provider calls them later', async () => {
  await control('people', { userName: 'Team-Lead', subject: 'p-lead' })
  expect(whereTo(await signIn('Team-Lead'))).toBe(PAGE)
  // Somebody else has got the name there.
  await control('people', { userName: 'team-lead', subject: 'p-new' })
  expect(whereTo(await signIn('team-lead'))).toBe(`${PAGE}&signIn=unknown`)
  await control('people', { userName: 'renamed', subject: 'p-lead' })
  expect(await whoAmI(cookieOf(await signIn('renamed')))).toBe('team-lead')
})

test('an admin releases an account, which ends its sessions; the next of its name is bound', async () => {
  await control('people', { userName: 'store-manager', subject: 'p-before' })
  const cookie = cookieOf(await signIn('store-manager'))
  expect(await whoAmI(cookie)).toBe('store-manager')
  const release = (caller: 'admin' | 'finance') =>
    api.as(caller, { method: 'PATCH', url: '/v1/accounts/store-manager', payload: { releaseOidc: true } })
  const shown = await api.as('admin', { url: '/v1/accounts?text=store-manager' })
  expect(shown.json().items).toMatchObject([{ userName: 'store-manager', oidc: true }])
  expect((await release('finance')).statusCode).toBe(403)
  expect((await release('admin')).json()).toMatchObject({ oidc: false })
  expect(await whoAmI(cookie)).toBeUndefined()
  await control('people', { userName: 'store-manager', subject: 'p-after' })
  expect(await whoAmI(cookieOf(await signIn('store-manager')))).toBe('store-manager')
})

test('of two windows of one person who sign in for the first time at once, both are in', async () => {
  const answers = await Promise.all([signIn('regional-director'), signIn('regional-director')])
  expect(answers.map(whereTo)).toEqual([PAGE, PAGE])
})

test('whoever has no account here, or one that is switched off, is not let in, and that is on record', async () => {
  expect(whereTo(await signIn('stranger'))).toBe(`${PAGE}&signIn=unknown`)
  await control('people', { userName: 'nameless', claims: { preferred_username: null } })
  expect(whereTo(await signIn('nameless'))).toBe(`${PAGE}&signIn=unknown`)
  const cookie = cookieOf(await signIn('inspector'))
  await api.rows("update account set disabled = true where user_name = 'inspector'")
  expect(whereTo(await signIn('inspector'))).toBe(`${PAGE}&signIn=unknown`)
  expect(await whoAmI(cookie)).toBeUndefined()
  const trail = await trailOf('session.sign_in_failed')
  expect(trail).toContainEqual({ actor: 'unknown', new_value: { oidc: 'no account' } })
})

test('wrong passwords stay counted when the account’s owner comes by the provider', async () => {
  const guess = () =>
    api.app.inject({
      ...{ method: 'POST', url: '/v1/session' },
      payload: { userName: 'finance', password: 'a guess' },
    })
  await guess()
  await signIn('finance')
  const [account] = await api.rows("select failed_sign_ins from account where user_name = 'finance'")
  expect(account).toEqual({ failed_sign_ins: 1 })
})

test.each<[string, Record<string, unknown>]>([
  ['another audience', { aud: 'somebody-else' }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['another nonce', { nonce: 'not-mine' }],
  ['no nonce', { nonce: null }],
  ['nobody', { sub: '' }],
  ['a time that is over', { exp: Math.floor(Date.now() / 1_000) - 3_600, iat: 1 }],
])('a token of %s is not believed', async (_, claims) => {
  const before = await sessionsOfPeople()
  await control('people', { userName: 'clerk', claims })
  expect(whereTo(await signIn('clerk'))).toBe(`${PAGE}&signIn=refused`)
  expect(await sessionsOfPeople()).toBe(before)
  await control('people', { userName: 'clerk' })
})

test('a token that somebody else signed is not believed', async () => {
  await control('people', { userName: 'clerk', isForged: true })
  expect(whereTo(await signIn('clerk'))).toBe(`${PAGE}&signIn=refused`)
  await control('people', { userName: 'clerk' })
})

test('an answer that another browser began, or that nobody began, signs nobody in', async () => {
  const mine = await begin()
  const theirs = await begin()
  const before = await sessionsOfPeople()
  // The attacker's answer in the victim's browser: the state is another, and so is the verifier.
  const stolen = await signInThere(theirs.location, 'clerk')
  expect(whereTo(await comeBack(stolen, mine.cookie))).toBe(`${PAGE}&signIn=refused`)
  expect(whereTo(await comeBack(stolen, ''))).toBe('/?signIn=refused')
  const again = await begin()
  stolen.searchParams.set('state', new URL(again.location).searchParams.get('state') ?? '')
  expect(whereTo(await comeBack(stolen, again.cookie))).toBe(`${PAGE}&signIn=refused`)
  const refused = new URL(`${config.OIDC_REDIRECT_URL}?error=access_denied`)
  expect(whereTo(await comeBack(refused, (await begin()).cookie))).toBe(`${PAGE}&signIn=refused`)
  expect(await sessionsOfPeople()).toBe(before)
})

test('a sign-in that takes longer than a quarter of an hour is begun anew', async () => {
  const { location, cookie } = await begin()
  const back = await signInThere(location, 'clerk')
  api.clock.advance(15 * 60_000)
  expect(whereTo(await comeBack(back, cookie))).toBe('/?signIn=refused')
})

test('while the provider is away people are told so, and passwords go on; then it is asked anew', async () => {
  const other = await createTestApi({ config })
  try {
    const { location, cookie } = await begin()
    const back = await signInThere(location, 'clerk')
    simulator.mischief('oidc', { gatewayTimeout: 1 })
    // Before it was ever asked, and in the midst of a sign-in.
    const first = await other.app.inject({ url: '/v1/session/oidc?returnTo=/wall' })
    expect(whereTo(first)).toBe('/wall?signIn=unavailable')
    expect(whereTo(await comeBack(back, cookie))).toBe(`${PAGE}&signIn=unavailable`)
    expect(await other.signIn('clerk')).toContain('order_hub_session')
    simulator.mischief('oidc', { gatewayTimeout: 0 })
    expect((await other.app.inject({ url: '/v1/session/oidc' })).headers.location).toContain(
      '/oidc/authorize',
    )
    // What was said between the two is nobody's business: no code, no token, no secret.
    expect([...api.log, ...other.log].join('\n')).not.toMatch(/code=|id_token|eyJ/)
    expect([...api.log, ...other.log].join('\n')).not.toContain(COMPANY.clientSecret)
  } finally {
    await other.close()
  }
})

test('without a configured provider there is no such way in', async () => {
  const other = await createTestApi()
  const at = (url: string) => other.app.inject({ url })
  try {
    expect((await at('/v1/session/ways')).json()).toEqual({ oidc: false })
    expect((await at('/v1/session/oidc')).statusCode).toBe(404)
    expect(whereTo(await at('/v1/session/oidc/callback?code=x'))).toBe('/?signIn=refused')
    expect(whereTo(await at('/v1/session/oidc/sign-out'))).toBe('/')
  } finally {
    await other.close()
  }
})

test('a provider that takes the secret in the body alone gets it there', async () => {
  await control('metadata', { token_endpoint_auth_methods_supported: ['client_secret_post'] })
  const provider = OidcProvider.from({ ...api.deps.config, ...config })
  if (!provider) throw new Error('no provider is configured')
  const { url, flow } = await provider.begin('/')
  const { search } = await signInThere(url, 'clerk')
  expect(await provider.finish(search, flow)).toMatchObject({
    issuer: config.OIDC_ISSUER_URL,
    userName: 'clerk',
  })
})
