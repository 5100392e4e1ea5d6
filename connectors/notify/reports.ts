import { z } from 'zod'
import type { DeliveryReport } from '../../domain/notification.ts'

/** A provider that pushes what operators report: in its own words, and answered in them. */
export type ReportReader = {
  /** Null: it is no such list. What is in it of other systems' messages is left out. */
  read: (body: Buffer) => DeliveryReport[] | null
  /** What it takes for a yes; anything else makes it push again. */
  accepted: object
  refused: object
}

/** Far more than a provider puts into one push. */
const MAX_REPORTS = 1_000

const aliyun = z
  .array(
    z.looseObject({
      success: z.boolean(),
      err_code: z.string().nullish(),
      biz_id: z.string().nullish(),
      out_id: z.string().nullish(),
    }),
  )
  .max(MAX_REPORTS)
const tencent = z
  .array(
    z.looseObject({
      sid: z.string().min(1).max(200),
      report_status: z.enum(['SUCCESS', 'FAIL']),
      errmsg: z.string().nullish(),
    }),
  )
  .max(MAX_REPORTS)
const messageId = z.uuid()

/**
 * The two providers' pushes. Neither is signed, and neither bears a name of its own: a report that comes again is the same report.
 * Aliyun's says `out_id`, the hub's own id (https://help.aliyun.com/document_detail/101867.html); Tencent's only `sid`, which the
 * answer to the sending call gave (https://cloud.tencent.com/document/api/382/5807).
 */
export const REPORT_READERS: Readonly<Record<string, ReportReader>> = {
  aliyun: {
    read: (body) => {
      const reports = aliyun.safeParse(parse(body)).data
      if (!reports) return null
      return reports.flatMap(({ out_id: id, success, err_code: reason }) =>
        messageId.safeParse(id).success && id
          ? [{ message: { id }, wasDelivered: success, reason: reason ?? null }]
          : [],
      )
    },
    accepted: { code: 0, msg: '接收成功' },
    refused: { code: 1, msg: 'not understood' },
  },
  tencent: {
    read: (body) => {
      const reports = tencent.safeParse(parse(body)).data
      return (
        reports?.map(({ sid, report_status: status, errmsg }) => ({
          message: { providerId: sid },
          wasDelivered: status === 'SUCCESS',
          reason: errmsg ?? null,
        })) ?? null
      )
    },
    accepted: { result: 0, errmsg: 'OK' },
    refused: { result: 1, errmsg: 'not understood' },
  },
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined // which neither schema takes
  }
}
