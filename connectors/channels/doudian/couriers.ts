/** `company_code` of `order.logisticsCompanyList`, by the hub's code of the courier. */
const COMPANY_CODES: Readonly<Record<string, string>> = {
  sf: 'shunfeng',
  yto: 'yuantong',
  zto: 'zhongtong',
  sto: 'shentong',
  yunda: 'yunda',
  jd: 'jd',
  ems: 'ems',
  deppon: 'debangwuliu',
}
const COURIERS = new Map(Object.entries(COMPANY_CODES).map(([courier, code]) => [code, courier]))

/** The platform's code of a courier; one that has none in the table is sent as it is. */
export function companyCodeOf(courier: string): string {
  return COMPANY_CODES[courier] ?? courier
}

/** The hub's code of one of the platform's couriers. */
export function courierOf(companyCode: string): string {
  return COURIERS.get(companyCode) ?? companyCode
}
