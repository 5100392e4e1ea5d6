/** The hub's code, and the platform's number. */
const CARRIERS = [
  ['sf', '467'],
  ['yto', '463'],
  ['sto', '470'],
  ['zto', '1499'],
  ['yunda', '1327'],
  ['ems', '465'],
  ['deppon', '3046'],
  ['jd', '2087'],
] as const

/** Undefined: the platform has no such carrier, as far as the hub knows. */
export function carrierIdOf(courier: string): string | undefined {
  return CARRIERS.find(([own]) => own === courier)?.[1]
}

/** The hub's code of a carrier; what is not known stays as it is. */
export function courierOf(carrierId: string): string {
  return CARRIERS.find(([, id]) => id === carrierId)?.[0] ?? carrierId
}
