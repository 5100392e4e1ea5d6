import type { Db } from './database.ts'
import type { KeyRing } from './keyring.ts'
import {
  claimTokenRefresh,
  findOpenShop,
  giveUpTokenRefresh,
  type OpenShop,
  saveRefreshedCredentials,
} from './shops.ts'

/** The tokens of all shops, as whoever calls a platform needs them. */
export function tokenStore(db: Db, keyRing: KeyRing) {
  return {
    claim: (shop: OpenShop) => claimTokenRefresh(db, shop.shopId, shop.credentialsVersion),
    save: (shop: OpenShop, credentials: OpenShop['credentials']) =>
      saveRefreshedCredentials(db, keyRing, shop, credentials),
    giveUp: (shop: OpenShop) => giveUpTokenRefresh(db, shop.shopId, shop.credentialsVersion),
    current: (shopId: string) => findOpenShop(db, keyRing, shopId),
  }
}
