import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { RunInfo } from './run-file.ts'

/** Where the hub is and how to be let in. */
export type HubAccess = Pick<RunInfo, 'accounts'> & {
  api: string
  apiKeys: Pick<RunInfo['apiKeys'], 'mall' | 'payments' | 'ops'>
}

/** A system by its key, or a person who may decide about returns. */
export type HubCaller = keyof HubAccess['apiKeys'] | 'reviewer'

export interface HubRequest<Answer> {
  as: HubCaller
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** From the root: `/v1/orders`. */
  path: string
  /** An object goes as JSON, a string as CSV. */
  body?: object | string
  /** The same on every repetition of one operation. */
  idempotencyKey?: string
  answer: z.ZodType<Answer>
  signal?: AbortSignal
}

export interface HubClient {
  /** The parsed answer; throws a HubRefusal for an answer that is not 2xx and not worth repeating. */
  send: <Answer>(request: HubRequest<Answer>) => Promise<Answer>
}

/** The hub said no: what and why, in its own words. */
export class HubRefusal extends Error {
  override readonly name = 'HubRefusal'
  readonly status: number
  readonly code: string

  constructor(
    request: Pick<HubRequest<unknown>, 'method' | 'path'>,
    status: number,
    code: string,
    detail: string,
  ) {
    super(`${request.method} ${request.path} was answered ${status} ${code}: ${detail}`)
    this.status = status
    this.code = code
  }
}

const problem = z.object({ code: z.string(), detail: z.string().optional(), title: z.string().optional() })

/** A restart of the API or the database takes seconds; after this many tries something else is wrong. */
const maxTries = 12
const firstPauseMs = 200
const maxPauseMs = 5_000
/** An answer takes milliseconds; a socket that says nothing for this long is dead. */
const answerWithinMs = 30_000

/**
 * Speaks to the hub as the systems around it do. A lost connection, a full hub (503, 429) and a request that is
 * still in flight are tried again with the same idempotency key, so nothing happens twice.
 */
export function createHubClient(access: HubAccess): HubClient {
  const credentials = createCredentials(access)
  return {
    send: async (request) => {
      for (let tries = 1; ; tries += 1) {
        const response = await attempt(access.api, credentials, request, tries)
        if (response?.ok) return request.answer.parse(await response.json())
        const refusal = response && (await refusalOf(request, response))
        // A session ends some day; whoever signs in anew and is still refused has no business here.
        const isSessionOver = request.as === 'reviewer' && refusal?.status === 401 && tries === 1
        if (isSessionOver) credentials.forget()
        else if (refusal && !isWorthRepeating(refusal)) throw refusal
        if (tries === maxTries) throw refusal ?? new Error(`${request.path}: the hub does not answer`)
        await delay(pauseMs(tries, response), undefined, request.signal && { signal: request.signal })
      }
    },
  }
}

type Headers = Record<string, string>
interface Credentials {
  of: (caller: HubCaller) => Promise<Headers>
  /** The session is over: the next request of the reviewer signs in again. */
  forget: () => void
}

/** Headers that say who is calling; the reviewer signs in once, when first needed. */
function createCredentials({ api, apiKeys, accounts }: HubAccess): Credentials {
  let session: Promise<Headers> | undefined
  const forget = () => {
    session = undefined
  }
  return {
    forget,
    of: async (caller) => {
      if (caller !== 'reviewer') return { authorization: `Bearer ${apiKeys[caller]}` }
      session ??= signIn(api, accounts).catch((error: unknown) => {
        forget()
        throw error
      })
      return session
    },
  }
}

/** An admin sees every store, also the one that this run creates. */
const reviewerRole = 'admin'

const session = { method: 'POST', path: '/v1/session' } as const

async function signIn(api: string, accounts: HubAccess['accounts']): Promise<Headers> {
  const account = accounts.find(({ role }) => role === reviewerRole)
  if (!account) throw new Error(`.data/run.json names no account with the role ${reviewerRole}`)
  const response = await fetch(new URL(session.path, api), {
    method: session.method,
    headers: { 'content-type': 'application/json', 'x-order-hub': '1' },
    body: JSON.stringify({ userName: account.user, password: account.password }),
  })
  if (!response.ok) throw await refusalOf(session, response)
  const cookie = response.headers
    .getSetCookie()
    .map((entry) => entry.split(';')[0])
    .join('; ')
  // The header is what another site's form cannot send along with the cookie.
  return { cookie, 'x-order-hub': '1' }
}

/** The response, or undefined when the connection failed. */
async function attempt(
  api: string,
  credentials: Credentials,
  { as, method, path, body, idempotencyKey, signal }: HubRequest<unknown>,
  tries: number,
): Promise<Response | undefined> {
  const timeout = AbortSignal.timeout(answerWithinMs)
  const headers: Headers = {}
  if (body !== undefined) headers['content-type'] = typeof body === 'string' ? 'text/csv' : 'application/json'
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
  try {
    Object.assign(headers, await credentials.of(as))
    return await fetch(new URL(path, api), {
      method,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  } catch (error) {
    if (error instanceof HubRefusal && !isWorthRepeating(error)) throw error
    if (signal?.aborted || tries === maxTries) throw error
    return undefined
  }
}

async function refusalOf(
  request: Pick<HubRequest<unknown>, 'method' | 'path'>,
  response: Response,
): Promise<HubRefusal> {
  const parsed = problem.safeParse(await response.json().catch(() => undefined))
  const { code, detail, title } = parsed.data ?? { code: 'no-problem-document' }
  return new HubRefusal(request, response.status, code, detail ?? title ?? response.statusText)
}

function isWorthRepeating({ status, code }: HubRefusal): boolean {
  return status === 429 || status >= 500 || code === 'request-in-flight'
}

/** What the hub asked for, or a pause that doubles. */
function pauseMs(tries: number, response: Response | undefined): number {
  const retryAfterSeconds = Number(response?.headers.get('retry-after') ?? Number.NaN)
  const own = Math.min(firstPauseMs * 2 ** (tries - 1), maxPauseMs)
  return Number.isFinite(retryAfterSeconds) ? Math.max(own, Math.min(retryAfterSeconds * 1_000, 60_000)) : own
}
