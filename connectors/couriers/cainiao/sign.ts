import { createHash } from 'node:crypto'

/** `data_digest` of Cainiao Link, for calls and pushes alike: base64 of the raw MD5(logistics_interface + secretKey). */
export function signCainiao(logisticsInterface: string, secretKey: string): string {
  return createHash('md5')
    .update(logisticsInterface + secretKey, 'utf8')
    .digest('base64')
}
