import { z } from 'zod'
import { ROLES } from '../domain/role.ts'
import { code, instant, page, pageQuery, text, userName } from './common.ts'

/** People who sign in, and systems that call by a key. */

/** More than any person stands for. */
const storeIds = z.array(code).max(500)
const region = text(64).nullable()
/** Long enough that guessing is hopeless at the rate that lock-outs leave; what argon2 is given is bounded, too. */
const password = z.string().min(12).max(200)

export const accountView = z.object({
  accountId: z.uuid(),
  userName: z.string(),
  displayName: z.string(),
  role: z.enum(ROLES),
  storeIds: z.array(z.string()),
  region: z.string().nullable(),
  active: z.boolean(),
  lockedUntil: instant.nullable().describe('after too many wrong passwords; null: not locked'),
  secondFactor: z.boolean().describe('whether a code is asked for at signing in'),
  oidc: z.boolean().describe('whether it is bound to somebody of the company’s OpenID provider'),
  createdAt: instant,
})
export type AccountView = z.output<typeof accountView>

export const createAccountBody = z
  .strictObject({
    userName,
    displayName: text(100),
    role: z.enum(ROLES),
    storeIds: storeIds.default([]),
    region: region.default(null),
    password,
  })
  .meta({
    examples: [
      {
        ...{ userName: 'wang.fang', displayName: '王芳', role: 'clerk', storeIds: ['ST-MALL-EAST'] },
        password: 'a long first password',
      },
    ],
  })
export type CreateAccountBody = z.output<typeof createAccountBody>

export const changeAccountBody = z
  .strictObject({
    displayName: text(100).optional(),
    role: z.enum(ROLES).optional(),
    storeIds: storeIds.optional(),
    region: region.optional(),
    /** An account that is not cannot sign in, and is out at once. */
    active: z.boolean().optional(),
    /** A new one ends every session of the account. */
    password: password.optional(),
    unlock: z.literal(true).optional(),
    /** Of whoever lost device and recovery codes: no code is asked for until they set one up anew. */
    resetSecondFactor: z.literal(true).optional(),
    /** Of whoever is another person at the OpenID provider now: the next who signs in there by this name is bound. Ends sessions. */
    releaseOidc: z.literal(true).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'changes nothing')
export type ChangeAccountBody = z.output<typeof changeAccountBody>

export const listAccountsQuery = pageQuery.extend({
  role: z.enum(ROLES).optional(),
  active: z.stringbool().optional(),
  /** Part of the user name or the display name, in any case. */
  text: text(64).optional(),
  sort: z.enum(['userName', '-userName']).default('userName'),
})
export type ListAccountsQuery = z.output<typeof listAccountsQuery>
export const accountPage = page(accountView)

export const changePasswordBody = z
  .strictObject({ current: z.string().min(1).max(200), password })
  .refine((body) => body.password !== body.current, { path: ['password'], message: 'must be another one' })

const SYSTEM_NAMES = ['mall', 'payments', 'warehouse', 'ops'] as const
const keyName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes, underscores')

export const apiKeyView = z.object({
  keyId: z.uuid(),
  name: z.string(),
  system: z.enum(SYSTEM_NAMES),
  storeIds: z.array(z.string()).describe('of a mall: the stores that it sees; empty: all'),
  active: z.boolean(),
  createdAt: instant,
  lastUsedAt: instant.nullable().describe('to the minute'),
})
export type ApiKeyView = z.output<typeof apiKeyView>

/** With the secret, which is stored nowhere and shown this once. */
export const newApiKeyView = apiKeyView.extend({ secret: z.string() })

export const createApiKeyBody = z
  .strictObject({ name: keyName, system: z.enum(SYSTEM_NAMES), storeIds: storeIds.default([]) })
  .refine(({ system, storeIds: stores }) => system === 'mall' || stores.length === 0, {
    message: 'only a mall’s key is narrowed to stores',
    path: ['storeIds'],
  })
export type CreateApiKeyBody = z.output<typeof createApiKeyBody>

export const listApiKeysQuery = pageQuery.extend({
  system: z.enum(SYSTEM_NAMES).optional(),
  active: z.stringbool().optional(),
  sort: z.enum(['name', '-name']).default('name'),
})
export type ListApiKeysQuery = z.output<typeof listApiKeysQuery>
export const apiKeyPage = page(apiKeyView)
