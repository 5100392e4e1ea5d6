import { createHash } from 'node:crypto'

/** Gives the apps' secrets and the merchants' tokens, unless another one is set. */
export const SIMULATOR_SEED = 'order-hub'

/** What a platform has given an app: a function of the seed, so that whoever directs the play knows it, too. */
export function appSecretOf(seed: string, platform: string, appKey: string): string {
  return digest(seed, platform, 'app', appKey)
}

type Tokens = { accessToken: string; refreshToken: string }

/** The tokens with which merchants let an app into their shops. A refreshed or expired token is no longer good. */
export class Tokenbook {
  readonly #seed: string
  readonly #platform: string
  /** How often the shop's tokens were replaced. */
  readonly #generations = new Map<string, number>()
  readonly #expired = new Set<string>()

  constructor(seed: string, platform: string) {
    this.#seed = seed
    this.#platform = platform
  }

  /** The shop's tokens as they are now. */
  tokensOf(shopId: string): Tokens {
    return this.#tokens(shopId, this.#generations.get(shopId) ?? 0)
  }

  /** Whose the access token is; null when it is nobody's, or no longer good. */
  shopOf(accessToken: string): string | null {
    const shopId = shopNamed(accessToken)
    if (shopId === null || this.#expired.has(accessToken)) return null
    return this.tokensOf(shopId).accessToken === accessToken ? shopId : null
  }

  /** New tokens for a refresh token; null when it is not the last one. */
  refresh(refreshToken: string): Tokens | null {
    const shopId = shopNamed(refreshToken)
    if (shopId === null || this.tokensOf(shopId).refreshToken !== refreshToken) return null
    this.#generations.set(shopId, (this.#generations.get(shopId) ?? 0) + 1)
    return this.tokensOf(shopId)
  }

  /** From now on the token is refused until the shop's tokens are refreshed. */
  expire(accessToken: string): void {
    this.#expired.add(accessToken)
  }

  #tokens(shopId: string, generation: number): Tokens {
    const of = (kind: string) =>
      `${digest(this.#seed, this.#platform, kind, shopId, String(generation))}.${shopId}`
    return { accessToken: of('access'), refreshToken: of('refresh') }
  }
}

function shopNamed(token: string): string | null {
  return /^[0-9a-f]{32}\.(.+)$/.exec(token)?.[1] ?? null
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
