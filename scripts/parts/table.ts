import type { RunInfo } from './run-file.ts'

/** A store and an article of the seed catalogue. */
const sampleOrder = { storeId: 'ST-MALL-EAST', channel: 'mall' }

/** The few lines that `npm start` ends with. */
export function startTable(info: RunInfo, took: string): string {
  const ops = info.accounts.find(({ role }) => role === 'ops')
  const rows: [string, string][] = [
    ['Console', info.console],
    ['API', info.api],
    ['API docs', info.docs],
    ['Temporal Web', info.temporalWeb ?? `(of the server at ${info.temporal})`],
    ['Codec endpoint', `${info.api}/codec   (for Temporal Web to read orders: README.md, "Temporal Web")`],
    ['Sign in', ops ? `${ops.user} / ${ops.password}   (all accounts and keys: .data/run.json)` : ''],
    ['', ops ? `or with the company account: ${ops.user} / ${info.companyPassword}` : ''],
    ['API key (mall)', info.apiKeys.mall],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    '',
    `Order Hub is ready (${took})`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'A first order:',
    '',
    firstOrder(info),
    '',
    'Ctrl-C stops everything. Data stays in .data/.',
  ].join('\n')
}

/** A line that works when pasted, as often as one likes: each paste is an order of its own. */
export function firstOrder({ api, apiKeys }: RunInfo): string {
  const body = {
    storeId: sampleOrder.storeId,
    channel: sampleOrder.channel,
    contact: {
      name: '王小明',
      phone: '13800138000',
      divisionCode: '310115',
      address: '世纪大道100号',
    },
    lines: [{ skuId: 'SKU-0001', quantity: 1, unitPriceCents: 3990 }],
  }
  return `curl -sS ${api}/v1/orders -H 'Authorization: Bearer ${apiKeys.mall}' -H "Idempotency-Key: $(date +%s%N)" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
}
