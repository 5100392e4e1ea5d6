import { describe, expect, test } from 'vitest'
import { REPORT_READERS } from '../../connectors/notify/reports.ts'

const ID = '01900000-0000-7000-8000-000000000001'
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const aliyunReport = {
  phone_number: '13800138000',
  success: true,
  err_code: 'DELIVERED',
  biz_id: '9^0',
  out_id: ID,
}
const tencentReport = { mobile: '13800138000', report_status: 'SUCCESS', errmsg: 'DELIVRD', sid: '2019:7' }

test('Aliyun’s reports are found by the hub’s own id; those of other systems’ messages are left out', () => {
  const failed = { ...aliyunReport, success: false, err_code: 'MOBILE_NOT_ON_SERVICE' }
  const others = [
    { ...aliyunReport, out_id: 'login-7' },
    { ...aliyunReport, out_id: undefined },
  ]
  expect(REPORT_READERS.aliyun?.read(bytes([aliyunReport, failed, ...others]))).toEqual([
    { message: { id: ID }, wasDelivered: true, reason: 'DELIVERED' },
    { message: { id: ID }, wasDelivered: false, reason: 'MOBILE_NOT_ON_SERVICE' },
  ])
})

test('Tencent’s reports are found by the id that Tencent gave', () => {
  const failed = { ...tencentReport, report_status: 'FAIL', errmsg: 'MK:0001' }
  expect(REPORT_READERS.tencent?.read(bytes([tencentReport, failed]))).toEqual([
    { message: { providerId: '2019:7' }, wasDelivered: true, reason: 'DELIVRD' },
    { message: { providerId: '2019:7' }, wasDelivered: false, reason: 'MK:0001' },
  ])
})

describe.each([
  ['aliyun', aliyunReport],
  ['tencent', tencentReport],
] as const)('what is no list of reports is refused as a whole: %s', (provider, report) => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no JSON', Buffer.from('phone=1')],
    ['one report without its list', bytes(report)],
    ['something else', bytes([report, 7])],
    ['an unknown outcome', bytes([{ ...report, success: 'yes', report_status: 'MAYBE' }])],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from('["'), Buffer.from([0xff, 0xfe]), Buffer.from('"]')]),
    ],
    ['10,000 levels', Buffer.from('['.repeat(10_000) + ']'.repeat(10_000))],
    ['too many', bytes(Array.from({ length: 1_001 }, () => report))],
  ])('%s', (_, body) => {
    expect(REPORT_READERS[provider]?.read(body)).toBeNull()
  })
})
