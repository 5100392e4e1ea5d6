/** `company_code`s that merchants may ship with, and the courier of each. */
export const COMPANIES: Readonly<Record<string, string>> = {
  shunfeng: 'sf',
  yuantong: 'yto',
  zhongtong: 'zto',
  shentong: 'sto',
  yunda: 'yunda',
  jd: 'jd',
  ems: 'ems',
  debangwuliu: 'deppon',
}
