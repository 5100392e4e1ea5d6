import { createHmac } from 'node:crypto'

/** What the hub is at the company's sign-in, and what people sign in with there: one password for all of them. */
export type OidcAccount = { clientId: string; clientSecret: string; password: string }

/** The account that follows from a secret, so that whoever directs the play knows it, too. */
export function oidcAccountOf(secret: string): OidcAccount {
  const of = (what: string) => createHmac('sha256', secret).update(`oidc/${what}`).digest('base64url')
  return { clientId: 'order-hub', clientSecret: of('client'), password: of('people').slice(0, 16) }
}
