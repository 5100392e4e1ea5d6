/** What the hub calls the couriers' interfaces with. */
export type CourierAccounts = {
  kuaidi100: { customer: string; key: string }
  sf: { partnerId: string; checkWord: string }
}

/** Unless others are given. */
export const COURIER_ACCOUNTS: CourierAccounts = {
  kuaidi100: { customer: 'SIMULATED-CUSTOMER', key: 'simulated-key-of-kuaidi100' },
  sf: { partnerId: 'SIMULATED-PARTNER', checkWord: 'simulated-check-word' },
}
