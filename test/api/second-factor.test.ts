import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recoveryCodes, secondFactorSecret } from '../../contracts/second-factor.ts'
import type { Role } from '../../domain/role.ts'
import { createTestApi, PASSWORD, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const PERIOD_MS = 30_000
const one = '/v1/session/second-factor'
const post = (as: Role, url: string, payload: object) => api.as(as, { method: 'POST', url, payload })
const signIn = (userName: string, code?: string, password = PASSWORD) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/session',
    payload: { userName, password, ...(code === undefined ? {} : { code }) },
  })
const told = (answer: Awaited<ReturnType<typeof signIn>>) =>
  answer.statusCode === 200 ? 'in' : String(answer.json().code)
const failures = async (userName: string) =>
  (await api.rows('select failed_sign_ins as n from account where user_name = $1', [userName]))[0]?.n

/** The device's code of now; the next call's is another, because time goes on. */
function codeOf(secret: string): string {
  api.clock.advance(PERIOD_MS)
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: api.clock.now().getTime() })
}

async function switchOn(as: Role): Promise<{ secret: string; recovery: string[] }> {
  const { secret } = secondFactorSecret.parse((await post(as, one, { password: PASSWORD })).json())
  const confirmed = await post(as, `${one}/confirmation`, { code: codeOf(secret) })
  expect(confirmed.headers['cache-control']).toBe('no-store')
  return { secret, recovery: recoveryCodes.parse(confirmed.json()).recoveryCodes }
}

test('a secret that nobody confirmed is asked for by nobody; once it is, no code opens twice', async () => {
  const begun = await post('clerk', one, { password: PASSWORD })
  expect([begun.statusCode, begun.headers['cache-control']]).toEqual([201, 'no-store'])
  expect(begun.json().uri).toMatch(/^otpauth:\/\/totp\/.*clerk/)
  expect(told(await signIn('clerk'))).toBe('in')
  expect((await post('clerk', `${one}/confirmation`, { code: '000000' })).json().code).toBe('wrong-code')
  const { secret } = await switchOn('clerk')
  expect(told(await signIn('clerk'))).toBe('second-factor-needed')
  const code = codeOf(secret)
  expect(told(await signIn('clerk', code))).toBe('in')
  expect(told(await signIn('clerk', code))).toBe('wrong-code')
  // Neither does the one before it, which the clock would still forgive.
  const earlier = new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: api.clock.now().getTime() - PERIOD_MS,
  })
  expect(told(await signIn('clerk', earlier))).toBe('wrong-code')
  expect(told(await signIn('clerk', codeOf(secret)))).toBe('in')
})

test('of two who come with one code at once, one is let in', async () => {
  const { secret } = await switchOn('team_lead')
  const code = codeOf(secret)
  const answers = await Promise.all([1, 2, 3].map(() => signIn('team-lead', code)))
  expect(answers.map(told).sort()).toEqual(['in', 'wrong-code', 'wrong-code'])
})

test('wrong codes lock the account, and a right password without one does not wipe them out', async () => {
  const { secret } = await switchOn('store_manager')
  for (let guess = 0; guess < 4; guess += 1) {
    expect(told(await signIn('store-manager', `00000${guess}`))).toBe('wrong-code')
    expect(told(await signIn('store-manager'))).toBe('second-factor-needed')
    expect(await failures('store-manager')).toBe(guess + 1)
  }
  expect(told(await signIn('store-manager', '000009'))).toBe('wrong-code')
  expect(told(await signIn('store-manager', codeOf(secret)))).toBe('wrong-credentials')
  api.clock.advance(15 * 60_000 + 1_000)
  expect(told(await signIn('store-manager', codeOf(secret)))).toBe('in')
  expect(await failures('store-manager')).toBe(0)
})

test('a wrong password says nothing of a second factor, and a code is not looked at', async () => {
  const { secret } = await switchOn('regional_director')
  const code = codeOf(secret)
  expect(told(await signIn('regional-director', code, 'wrong'))).toBe('wrong-credentials')
  expect(told(await signIn('regional-director', code))).toBe('in')
})

test('a recovery code opens once, however it is typed, and its use is on record', async () => {
  const { recovery } = await switchOn('finance')
  expect(new Set(recovery).size).toBe(10)
  const typed = String(recovery[0]).toLowerCase().replaceAll('-', ' ')
  expect(told(await signIn('finance', typed))).toBe('in')
  expect(told(await signIn('finance', recovery[0]))).toBe('wrong-code')
  expect((await api.as('finance', { url: one })).json()).toMatchObject({ state: 'on', recoveryCodesLeft: 9 })
  expect(
    await api.rows("select actor from audit_entry where action = 'second_factor.recovery_used'"),
  ).toEqual([{ actor: 'finance' }])
})

test('it is switched off by password and code together, by neither alone', async () => {
  const { secret, recovery } = await switchOn('admin')
  const off = (payload: object) => post('admin', `${one}/removal`, payload)
  expect((await off({ password: 'wrong', code: codeOf(secret) })).json().code).toBe('wrong-password')
  expect((await off({ password: PASSWORD, code: '000000' })).json().code).toBe('wrong-code')
  expect(await failures('admin')).toBe(2)
  expect((await off({ password: PASSWORD })).statusCode).toBe(400)
  expect((await post('admin', one, { password: PASSWORD })).json().code).toBe('second-factor-on')
  expect((await off({ password: PASSWORD, code: recovery[3] })).statusCode).toBe(204)
  expect(told(await signIn('admin'))).toBe('in')
})

test('an administrator takes it off whoever lost their device, and not off themselves', async () => {
  await switchOn('inspector')
  const patch = (userName: string) =>
    api.as('admin', {
      ...{ method: 'PATCH', url: `/v1/accounts/${userName}`, payload: { resetSecondFactor: true } },
    })
  expect((await patch('inspector')).json()).toMatchObject({ secondFactor: false })
  expect(told(await signIn('inspector'))).toBe('in')
  expect((await patch('admin')).json().code).toBe('own-account')
})

test('the database and the log hold neither secrets nor recovery codes', async () => {
  const { secret, recovery } = await switchOn('admin')
  const kept = JSON.stringify([
    await api.rows("select encode(sealed, 'escape') from second_factor"),
    await api.rows("select encode(code_hash, 'escape') from recovery_code"),
    await api.rows('select * from audit_entry'),
    await api.rows('select response from idempotency_key'),
  ])
  for (const text of [secret, ...recovery])
    for (const place of [kept, ...api.log]) expect(place).not.toContain(text)
})
