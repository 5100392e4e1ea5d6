import type { Platform } from '../../domain/channel-order.ts'
import { RateLimitedError, RefusedError, TokenExpiredError, UnreachableError } from '../outside-errors.ts'
import type { CallLimits } from '../rate-limit.ts'
import type {
  ChannelClient,
  ChannelConnector,
  ChannelConnectors,
  Credentials,
  ShopAccount,
} from './channel.ts'

/** A shop's account, and which version of its credentials this is. */
export type VersionedAccount = ShopAccount & { credentialsVersion: number }

/** Where tokens are kept, for all processes together. */
export type TokenStore<Account extends VersionedAccount> = {
  /** Whether this process is the one that asks for new tokens in the place of this version. */
  claim: (shop: Account) => Promise<boolean>
  /** False: somebody else has replaced them meanwhile. */
  save: (shop: Account, credentials: Credentials) => Promise<boolean>
  giveUp: (shop: Account) => Promise<void>
  /** As it is now; null when the shop is gone. */
  current: (shopId: string) => Promise<Account | null>
}

/** Another process gets so long to bring the new tokens. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 100

/**
 * Calls a platform for a shop. Is the token expired, it is refreshed once, by one of all processes, and the call made
 * again.
 *
 * @throws TokenExpiredError when a fresh token is refused as well, or there is no way to a fresh one; otherwise what
 *   the call throws
 */
export async function callShop<Account extends VersionedAccount, Result>(
  connector: ChannelConnector,
  shop: Account,
  tokens: TokenStore<Account>,
  call: (client: ChannelClient, shop: Account) => Promise<Result>,
): Promise<Result> {
  try {
    return await call(connector.client(shop), shop)
  } catch (error) {
    if (!(error instanceof TokenExpiredError)) throw error
    const refreshed = await freshAccount(connector, shop, tokens)
    if (!refreshed) throw error
    return call(connector.client(refreshed), refreshed)
  }
}

/** Whoever waits for a turn longer than this gives its place to another shop. */
const TURN_PATIENCE_MS = 3_000
export type TurnLimits = Pick<CallLimits, 'take'>

/**
 * Waits for a shop's turn to call its platform: what the platform allows is counted for all processes together.
 *
 * @throws RateLimitedError when none comes soon
 */
export function takeTurn(
  limits: TurnLimits,
  { limits: own }: ChannelConnector,
  shopId: string,
): Promise<void> {
  return limits.take(turnName(shopId), own.callsPerSecond, TURN_PATIENCE_MS)
}

/** The platform asks for patience: nobody calls it for this shop until then. */
export function pauseTurns(
  limits: Pick<CallLimits, 'pause'>,
  { limits: own }: ChannelConnector,
  { shopId, milliseconds }: { shopId: string; milliseconds: number },
): Promise<void> {
  return limits.pause(turnName(shopId), own.callsPerSecond, milliseconds)
}

function turnName(shopId: string): string {
  return `shop/${shopId}`
}

/** The account with newer credentials than these, or null when there are none. */
async function freshAccount<Account extends VersionedAccount>(
  connector: ChannelConnector,
  shop: Account,
  tokens: TokenStore<Account>,
): Promise<Account | null> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const current = await tokens.current(shop.shopId)
    if (!current) return null
    if (current.credentialsVersion !== shop.credentialsVersion) return current
    if (await tokens.claim(shop)) return refresh(connector, shop, tokens)
    if (performance.now() > deadlineMs) return null
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

async function refresh<Account extends VersionedAccount>(
  connector: ChannelConnector,
  shop: Account,
  tokens: TokenStore<Account>,
): Promise<Account | null> {
  const { refreshToken } = connector.client(shop)
  if (!refreshToken) {
    await tokens.giveUp(shop)
    return null
  }
  let credentials: Credentials
  try {
    credentials = await refreshToken()
  } catch (error) {
    await tokens.giveUp(shop)
    // What is refused is the shop's way to new tokens, not what the call had to say: that can be said again later.
    throw error instanceof RefusedError ? new TokenExpiredError(`no new tokens: ${error.message}`) : error
  }
  await tokens.save(shop, credentials)
  return tokens.current(shop.shopId)
}

/** What a push is expected to keep: the design's own figure for every platform that pushes. */
const PUSH_TARGET_SECONDS = 60

/** A connector that this version does not have: what its shops' rows say is still shown. */
const NO_CONNECTOR = { push: null, pull: 24 * 60 * 60 }

/** Where people want other targets than the connectors have: the policy `health-score`. In seconds, by platform. */
export type OwnLagTargets = Readonly<
  Record<string, { push?: number | undefined; pull?: number | undefined } | undefined>
>

/**
 * What the feeds of each platform are expected to keep, in seconds; `push` is null where it pushes nothing. A pull is
 * never fresher than its delay and interval, unless somebody wants it to be. The lag of feeds and the timeliness of
 * what they bring are both judged by this.
 */
export function lagTargetsOf(connectors: ChannelConnectors, own: OwnLagTargets = {}) {
  return (platform: Platform): { push: number | null; pull: number } => {
    const connector = connectors[platform]
    if (!connector) return NO_CONNECTOR
    const { limits, receivePush, listen } = connector
    const { lagTargetSeconds, pullDelaySeconds, pullEverySeconds } = limits
    const isWithinReach = pullDelaySeconds + pullEverySeconds < lagTargetSeconds
    const pull = isWithinReach ? lagTargetSeconds : pullDelaySeconds + 2 * pullEverySeconds
    const wanted = own[platform]
    const push = receivePush || listen ? (wanted?.push ?? PUSH_TARGET_SECONDS) : null
    return { push, pull: wanted?.pull ?? pull }
  }
}

/** The same for every platform that there is a connector of. */
export function feedTargetsOf(connectors: ChannelConnectors, own: OwnLagTargets) {
  const targets = lagTargetsOf(connectors, own)
  return Object.fromEntries(Object.keys(connectors).map((platform) => [platform, targets(platform)]))
}

/** What a call came to, for those who only show it. Anything that is no error of the outside was not readable. */
export function callOutcome(
  error: unknown,
): 'unreachable' | 'refused' | 'token-expired' | 'rate-limited' | 'unreadable' {
  if (error instanceof UnreachableError) return 'unreachable'
  if (error instanceof RefusedError) return 'refused'
  if (error instanceof TokenExpiredError) return 'token-expired'
  return error instanceof RateLimitedError ? 'rate-limited' : 'unreadable'
}
