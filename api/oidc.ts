import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { Config } from '../contracts/config.ts'

/** What a sign-in that has begun must be finished by. Kept in the session, which only the same browser has. */
export type OidcFlow = { state: string; nonce: string; verifier: string; returnTo: string }

/** Who the provider says has signed in. */
type OidcPerson = { issuer: string; subject: string; userName: string | null }

/**
 * The provider did not answer (`unavailable`), or what came from it or from the browser was not to be believed (`refused`). Its
 * cause goes to the log alone.
 */
export class OidcError extends Error {
  override readonly name = 'OidcError'
  readonly why: 'refused' | 'unavailable'

  constructor(why: 'refused' | 'unavailable', cause: unknown) {
    super(`a sign-in at the OpenID provider was ${why}`, { cause })
    this.why = why
  }
}

/** Of one call: somebody looks at an empty page meanwhile. */
const TIMEOUT_SECONDS = 10
const MOST_SUBJECT = 255
const SCOPE = 'openid profile'
/** Of the library: no answer in time, or one that is no answer of a provider, such as a gateway's page. */
const NO_ANSWER = ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']

/**
 * Signing in at the company's own provider (OpenID Connect, authorization code with PKCE). The library checks state, nonce,
 * signature, issuer, audience and times.
 */
export class OidcProvider {
  readonly #settings: { issuer: URL; clientId: string; secret: string; redirectUrl: string; claim: string }
  #found: Promise<Configuration> | null = null

  private constructor(settings: {
    issuer: URL
    clientId: string
    secret: string
    redirectUrl: string
    claim: string
  }) {
    this.#settings = settings
  }

  /** Null where none is configured. */
  static from(config: Config): OidcProvider | null {
    const { OIDC_ISSUER_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_REDIRECT_URL } = config
    if (!OIDC_ISSUER_URL || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET || !OIDC_REDIRECT_URL) return null
    return new OidcProvider({
      issuer: new URL(OIDC_ISSUER_URL),
      clientId: OIDC_CLIENT_ID,
      secret: OIDC_CLIENT_SECRET,
      redirectUrl: OIDC_REDIRECT_URL,
      claim: config.OIDC_USER_CLAIM,
    })
  }

  /**
   * Where a browser goes to sign in, and what the sign-in is finished by.
   *
   * @throws OidcError `unavailable`
   */
  async begin(returnTo: string): Promise<{ url: string; flow: OidcFlow }> {
    const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), returnTo }
    const url = buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#settings.redirectUrl,
      scope: SCOPE,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, flow }
  }

  /**
   * @param query of the address to which the provider sent the browser back
   * @throws OidcError
   */
  async finish(query: string, { state, nonce, verifier }: OidcFlow): Promise<OidcPerson> {
    const configuration = await this.#configuration()
    const came = new URL(this.#settings.redirectUrl)
    came.search = query
    try {
      const tokens = await authorizationCodeGrant(configuration, came, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new Error('the provider sent no id token')
      // The standard bounds it; the library only asks for a text.
      if (claims.sub === '' || claims.sub.length > MOST_SUBJECT) throw new Error('the id token names nobody')
      const name = claims[this.#settings.claim]
      return {
        issuer: claims.iss,
        subject: claims.sub,
        userName: typeof name === 'string' ? name.toLowerCase() : null,
      }
    } catch (error) {
      throw new OidcError(isNoAnswer(error) ? 'unavailable' : 'refused', error)
    }
  }

  /**
   * Where a browser ends its session at the provider, too, and is sent back to the console.
   *
   * @returns null where the provider has no such place
   * @throws OidcError `unavailable`
   */
  async signOutUrl(): Promise<string | null> {
    const configuration = await this.#configuration()
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null
    const firstPage = new URL('/', this.#settings.redirectUrl).href
    return buildEndSessionUrl(configuration, { post_logout_redirect_uri: firstPage }).href
  }

  /** Asked once; after a failure, with the next sign-in. */
  async #configuration(): Promise<Configuration> {
    const { issuer, clientId, secret } = this.#settings
    this.#found ??= discovery(issuer, clientId, undefined, authenticate(secret), {
      timeout: TIMEOUT_SECONDS,
      // Signatures are looked at although the token comes straight from the provider; without TLS only where somebody has
      // configured it so: a provider beside the hub.
      execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
    })
    try {
      return await this.#found
    } catch (error) {
      this.#found = null
      throw new OidcError('unavailable', error)
    }
  }
}

/** As the provider says that it takes the secret; one that says nothing takes it in a header, by the standard. */
function authenticate(secret: string): ClientAuth {
  const inBody = ClientSecretPost(secret)
  const inHeader = ClientSecretBasic(secret)
  return (server, client, body, headers) => {
    const takesBody = server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
    return (takesBody ? inBody : inHeader)(server, client, body, headers)
  }
}

/** Whether it was the network or a provider that is out of order; anything else was said by somebody. */
function isNoAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  // What `fetch` throws where there is nobody to ask.
  if (error instanceof TypeError) return code === undefined
  return NO_ANSWER.some((each) => each === code)
}
