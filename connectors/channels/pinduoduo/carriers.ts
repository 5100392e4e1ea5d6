/** `pdd.logistics.companies.get`: the hub's code, and the platform's number. */
const CARRIERS = [
  ['sf', '44'],
  ['yto', '85'],
  ['zto', '115'],
  ['sto', '1'],
  ['yunda', '121'],
  ['ems', '118'],
  ['deppon', '131'],
  ['jd', '120'],
] as const

/** Undefined: the platform has no such company, as far as the hub knows. */
export function logisticsIdOf(courier: string): string | undefined {
  return CARRIERS.find(([own]) => own === courier)?.[1]
}

/** The hub's code of a company; what is not known stays as it is. */
export function courierOf(logisticsId: string): string {
  return CARRIERS.find(([, id]) => id === logisticsId)?.[0] ?? logisticsId
}
