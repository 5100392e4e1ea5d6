import { createHash } from 'node:crypto'
import type { Scan } from '../../story.ts'
import { beijing } from '../values.ts'

/** As the demo programs sign: MD5 of the texts one after the other, in capital hex. */
export function md5Of(...texts: string[]): string {
  return createHash('md5').update(texts.join(''), 'utf8').digest('hex').toUpperCase()
}

type Row = { time: string; ftime: string; context: string; status: string; statusCode: string }

const WORDS: Record<Scan['state'], { state: string; statusCode: string; status: string }> = {
  shipped: { state: '1', statusCode: '103', status: '揽收' },
  in_transit: { state: '0', statusCode: '1002', status: '在途' },
  refused: { state: '14', statusCode: '14', status: '拒签' },
  delivered: { state: '3', statusCode: '301', status: '签收' },
  returned: { state: '6', statusCode: '6', status: '退回' },
  lost: { state: '2', statusCode: '2', status: '疑难' },
}

/** The whole way of a parcel, newest first, as it is told each time. */
export function resultOf(company: string, waybillNumber: string, scans: Scan[], withCodes: boolean): object {
  const inOrder = scans.toSorted((a, b) => Date.parse(b.occurredAt) - Date.parse(a.occurredAt))
  const [newest] = inOrder
  const data = inOrder.map((scan) => rowOf(scan, withCodes))
  const state = newest ? WORDS[newest.state].state : '0'
  const ischeck = newest?.state === 'delivered' ? '1' : '0'
  return {
    message: 'ok',
    nu: waybillNumber,
    com: company,
    status: '200',
    condition: 'F00',
    ischeck,
    state,
    data,
  }
}

function rowOf(scan: Scan, withCodes: boolean): Row | Omit<Row, 'status' | 'statusCode'> {
  const time = beijing(Date.parse(scan.occurredAt))
  const bare = { time, ftime: time, context: scan.description }
  const { status, statusCode } = WORDS[scan.state]
  return withCodes ? { ...bare, status, statusCode } : bare
}
