/** `taobao.logistics.companies.get`: the hub's code, the platform's, and the name by which orders show the company. */
const CARRIERS = [
  ['sf', 'SF', '顺丰速运'],
  ['yto', 'YTO', '圆通速递'],
  ['zto', 'ZTO', '中通快递'],
  ['sto', 'STO', '申通快递'],
  ['yunda', 'YUNDA', '韵达快递'],
  ['ems', 'EMS', 'EMS'],
  ['deppon', 'DBKD', '德邦快递'],
  ['jd', 'JD', '京东快递'],
] as const

/** Undefined: the platform has no such company, as far as the hub knows. */
export function companyCodeOf(courier: string): string | undefined {
  return CARRIERS.find(([own]) => own === courier)?.[1]
}

/** The hub's code of a company, by the platform's code or name; what is not known stays as it is. */
export function courierOf(company: string): string {
  return CARRIERS.find(([, code, name]) => code === company || name === company)?.[0] ?? company
}
