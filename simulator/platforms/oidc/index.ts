import { createHash, createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Answer, type Call, refusal, withBody } from '../../http.ts'
import { underFate } from '../fate.ts'
import { readForm } from '../form.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { signInPage } from './page.ts'
import { newSigner } from './signer.ts'

const TOKEN_SECONDS = 300
const CALLBACK = '/v1/session/oidc/callback'

/** Who signs in under a name from now on, and what their token says besides, be it a lie. */
const personBody = z.strictObject({
  userName: z.string().min(1),
  /** The provider's own number of them; without one it follows from the name. */
  subject: z.string().min(1).optional(),
  claims: z.record(z.string(), z.unknown()).default({}),
  /** Their token is signed by a key that is not the provider's. */
  isForged: z.boolean().default(false),
})
type Person = z.output<typeof personBody>
const metadataBody = z.record(z.string(), z.unknown())

const authorization = z.object({
  client_id: z.string(),
  response_type: z.literal('code'),
  redirect_uri: z.url({ protocol: /^https?$/ }).refine((url) => new URL(url).pathname === CALLBACK),
  scope: z.string().refine((scope) => scope.split(' ').includes('openid')),
  state: z.string().min(1),
  nonce: z.string().min(1),
  code_challenge: z.string().length(43),
  code_challenge_method: z.literal('S256'),
})
type Authorization = z.output<typeof authorization>
type Grant = { person: Person; wanted: Authorization }

/**
 * The company's own sign-in under `/oidc`: OpenID Connect with the authorization code flow and PKCE. Everybody has an account, under
 * any name, with the company's one password. `/control/platforms/oidc/people` says who somebody is.
 */
export function createOidc(options: PlatformOptions): OutsidePlatform {
  const { oidcAccount: account, now } = options
  const mischief = options.mischiefOf('oidc')
  const [signer, forger] = [newSigner(), newSigner()]
  const people = new Map<string, Person>()
  const grants = new Map<string, Grant>()
  let moreMetadata: object = {}

  /** The form, or what was typed into it. */
  const authorize = (call: Call): Answer => {
    const { searchParams } = new URL(call.path, 'http://oidc')
    const wanted = authorization.safeParse(Object.fromEntries(searchParams)).data
    if (!wanted || wanted.client_id !== account.clientId) return refusal(400, 'invalid_request')
    if (call.method === 'GET') return signInPage('')
    const form = readForm(call.body)
    const userName = form?.get('userName') ?? ''
    if (userName === '' || form?.get('password') !== account.password) return signInPage('用户名或密码错误')
    const code = randomUUID()
    const person = people.get(userName) ?? { userName, claims: {}, isForged: false }
    grants.set(code, { person, wanted })
    const back = new URL(wanted.redirect_uri)
    back.search = new URLSearchParams({ code, state: wanted.state, iss: issuerOf(call) }).toString()
    return { status: 303, location: back.href }
  }

  const token = (call: Call): Answer => {
    const form = readForm(call.body)
    const field = (name: string) => form?.get(name) ?? ''
    const inBody = `${field('client_id')}:${field('client_secret')}`
    const given = basicOf(call.header('authorization')) ?? inBody
    if (given !== `${account.clientId}:${account.clientSecret}`) return refusal(401, 'invalid_client')
    const grant = grants.get(field('code'))
    // Whatever comes of it: a code is good once.
    grants.delete(field('code'))
    const challenge = createHash('sha256').update(field('code_verifier')).digest('base64url')
    const isGood =
      grant?.wanted.code_challenge === challenge && grant.wanted.redirect_uri === field('redirect_uri')
    if (!grant || !isGood || field('grant_type') !== 'authorization_code')
      return refusal(400, 'invalid_grant')
    const { person, wanted } = grant
    const issuedAt = Math.floor(now() / 1_000)
    const claims = {
      ...{ iss: issuerOf(call), aud: account.clientId, sub: person.subject ?? subjectOf(person.userName) },
      ...{ iat: issuedAt, exp: issuedAt + TOKEN_SECONDS, nonce: wanted.nonce },
      ...{ preferred_username: person.userName, ...person.claims },
    }
    // A forger's token claims to be signed by the provider's key.
    const idToken = (person.isForged ? forger : signer).sign(claims, signer.keyId)
    const more = { token_type: 'Bearer', expires_in: TOKEN_SECONDS }
    return { status: 200, body: { access_token: randomUUID(), id_token: idToken, ...more } }
  }

  const answer = (call: Call): Answer => {
    switch (`${call.method} /${call.segments.slice(1).join('/')}`) {
      case 'GET /.well-known/openid-configuration':
        return { status: 200, body: { ...metadataOf(issuerOf(call)), ...moreMetadata } }
      case 'GET /jwks':
        return { status: 200, body: { keys: [signer.publicKey] } }
      case 'GET /authorize':
      case 'POST /authorize':
        return authorize(call)
      case 'POST /token':
        return token(call)
      case 'GET /sign-out':
        return signOut(call)
      default:
        return refusal(404, 'there is no such thing here')
    }
  }

  return {
    name: 'oidc',
    answer: (call) => underFate(mischief.nextCall(), mischief.rates, () => answer(call)),
    control: (call, what) => {
      const ok: Answer = { status: 200, body: { ok: true } }
      if (call.method !== 'POST') return null
      if (what === 'people')
        return withBody(call, personBody, (person) => {
          people.set(person.userName, person)
          return ok
        })
      if (what === 'metadata')
        return withBody(call, metadataBody, (metadata) => {
          moreMetadata = metadata
          return ok
        })
      return null
    },
    close: async () => undefined,
  }
}

/** As it was called: the simulator may have any port. */
function issuerOf(call: Call): string {
  return `http://${call.header('host')}/oidc`
}

function subjectOf(userName: string): string {
  return createHmac('sha256', 'people').update(userName).digest('hex').slice(0, 24)
}

function signOut(call: Call): Answer {
  const { searchParams } = new URL(call.path, 'http://oidc')
  const back = searchParams.get('post_logout_redirect_uri') ?? ''
  return URL.canParse(back) ? { status: 303, location: back } : refusal(400, 'invalid_request')
}

/** `name:secret` of a header, each part decoded as forms are. */
function basicOf(header: string | undefined): string | null {
  const [, encoded] = /^Basic (.+)$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return null
  return decodeURIComponent(Buffer.from(encoded, 'base64').toString('utf8').replaceAll('+', '%20'))
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/sign-out`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }
}
