/**
 * Writes the tables in docs/ that repeat what the code says: `npx tsx scripts/generate-docs.ts`.
 * test/contracts/docs.test.ts fails while a table and the code differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type Config, configSchema } from '../contracts/config.ts'
import { FLOW_TEXT, flowAnchor } from '../contracts/data-flow.ts'
import { ERRORS } from '../contracts/errors.ts'
import { OUTBOUND_EVENTS } from '../contracts/outbound-events.ts'
import {
  ABNORMAL_CONDITIONS,
  CHANGE_CONDITIONS,
  type DescribedFacts,
  ORDER_CONDITIONS,
} from '../contracts/policies/facts.ts'
import { POLICIES, POLICY_KINDS, type PolicyKind } from '../contracts/policies/index.ts'
import { WORK_ITEM_TEXT } from '../contracts/work-items.ts'
import type { HandlerChoice } from '../domain/abnormal-order.ts'
import {
  CHANGE_REQUEST_MEANING,
  CHANGE_REQUEST_STATUSES,
  CHANGE_REQUEST_TRANSITIONS,
} from '../domain/change-request-state.ts'
import { type FactType, inWords } from '../domain/conditions.ts'
import { FLOWS } from '../domain/flow-map.ts'
import { INSPECTION_STATE_MEANING, INSPECTION_STATES, INSPECTION_TRANSITIONS } from '../domain/inspection.ts'
import { WORK_ITEM_KINDS, type WorkItemKind } from '../domain/order.ts'
import {
  isFinal,
  ORDER_STATUS_MEANING,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  PARCEL_STATES,
  PARCEL_TRANSITIONS,
} from '../domain/order-state.ts'
import { PRESALE_STATE_MEANING, PRESALE_STATES } from '../domain/presale.ts'
import { PROMOTION_STATE_MEANING, PROMOTION_STATES, PROMOTION_TRANSITIONS } from '../domain/promotion.ts'
import { PURCHASE_STATUS_MEANING, PURCHASE_STATUSES, PURCHASE_TRANSITIONS } from '../domain/purchase-state.ts'
import { TRANSFER_STATUS_MEANING, TRANSFER_STATUSES, TRANSFER_TRANSITIONS } from '../domain/transfer-state.ts'

const docsFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs')

const EVERY_PROCESS = 'API, worker, relay, channels'
/** Who reads a setting and what it does; the type makes a forgotten one an error. */
const SETTINGS: Record<keyof Config, [readBy: string, meaning: string]> = {
  DATABASE_URL: [EVERY_PROCESS, 'PostgreSQL 18 or newer, as the role `hub_app`.'],
  DATABASE_POOL_SIZE: [
    EVERY_PROCESS,
    'Connections per process, 2 to 100. A larger pool only moves the queue into the database.',
  ],
  REDIS_URL: [
    'API, worker, channels',
    'Redis 6.2 or newer. Without it, each process counts rate limits by itself, and pushes have no overflow. It takes overflow only with `appendonly yes`, `appendfsync always` and `maxmemory-policy noeviction`.',
  ],
  TEMPORAL_ADDRESS: [EVERY_PROCESS, '`host:port` of the frontend, Temporal 1.28 or newer.'],
  TEMPORAL_TLS_CA: [
    EVERY_PROCESS,
    'Path of a PEM file: whom to trust as Temporal’s server. Any of these five settings turns TLS on. See [the runbook](runbook.md#tls-to-temporal).',
  ],
  TEMPORAL_TLS_CERT: [
    EVERY_PROCESS,
    'Path of a PEM file: the certificate that the hub shows to Temporal; with `TEMPORAL_TLS_KEY`.',
  ],
  TEMPORAL_TLS_KEY: [EVERY_PROCESS, 'Path of a PEM file: its private key.'],
  TEMPORAL_TLS_SERVER_NAME: [
    EVERY_PROCESS,
    'The name in the server’s certificate, where it is not that of `TEMPORAL_ADDRESS`.',
  ],
  TEMPORAL_API_KEY: [EVERY_PROCESS, 'Sent to Temporal as a bearer token, over TLS only.'],
  TEMPORAL_NAMESPACE: [EVERY_PROCESS, 'Must exist, with the search attributes registered.'],
  TEMPORAL_TASK_QUEUE: ['worker, relay', 'The queue of orders; the same for both.'],
  WORKFLOW_BUNDLE: ['worker', 'Path of `dist/workflow-bundle.js`. The worker does not start without it.'],
  API_HOST: ['API', 'Address to listen on.'],
  API_PORT: ['API', 'Port to listen on; 0 takes any free one.'],
  DATA_KEYS: [
    EVERY_PROCESS,
    'Keys that seal contacts, attachments, the passwords of WMS connections and the secrets of subscriptions: `id:base64 of 32 bytes`, newest first, older ones after commas. See [the runbook](runbook.md#keys-and-secrets).',
  ],
  PAYLOAD_KEYS: [EVERY_PROCESS, 'Keys that seal what Temporal stores, in the same form.'],
  SESSION_SECRET: ['API', 'At least 32 characters; signs session cookies.'],
  OIDC_ISSUER_URL: [
    'API',
    'The company’s OpenID provider, at which people [sign in](sign-in.md), exactly as it names itself; with `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `OIDC_REDIRECT_URL`. Absent: by password alone.',
  ],
  OIDC_CLIENT_ID: ['API', 'What the hub is called at the provider.'],
  OIDC_CLIENT_SECRET: ['API', 'Its secret there.'],
  OIDC_REDIRECT_URL: [
    'API',
    'Where browsers come back to, as registered there: the console’s address with `/v1/session/oidc/callback`.',
  ],
  OIDC_USER_CLAIM: [
    'API',
    'The claim that names the account at somebody’s first sign-in; from then on the provider’s `sub` does.',
  ],
  COOKIE_SECURE: ['API', '`true` behind TLS: the cookie never travels in clear, and HSTS is sent.'],
  TRUST_TEMPORAL_CLI: [
    'worker',
    '`true` only where whoever reaches Temporal may decide on changes of orders: a `decision` signal that only types a name then counts. For demonstrations.',
  ],
  TRUST_PROXY: [
    'API',
    '`true` behind a proxy that sets `X-Forwarded-*`; otherwise callers could forge them.',
  ],
  RATE_LIMIT_PER_MINUTE: ['API', 'Requests per caller and minute.'],
  LOG_LEVEL: [EVERY_PROCESS, '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.'],
  PDA_URL: ['relay', 'The PDA gateway; only scheme, host and port count.'],
  PAYMENT_URL: ['worker', 'The payment provider; only scheme, host and port count.'],
  COURIER_URL: [
    'worker, relay',
    'The courier gateway, asked about couriers that nobody below follows; only scheme, host and port count.',
  ],
  KUAIDI100_URL: ['worker', 'Where Kuaidi100 (快递100) is called. See [couriers](couriers.md).'],
  KUAIDI100_CUSTOMER: [
    'worker',
    'The account’s `customer`; with `KUAIDI100_KEY`. Absent: Kuaidi100 is not used.',
  ],
  KUAIDI100_KEY: ['worker', 'The account’s `key`.'],
  KUAIDI100_QUERIES_PER_SECOND: ['worker', 'What the account may ask in a second, all workers together.'],
  KUAIDI100_CALLBACK_URL: [
    'worker',
    'The public address of `/v1/webhooks/couriers/kuaidi100`. Absent: parcels are polled, not subscribed.',
  ],
  KUAIDI100_SALT_KEYS: [
    'API, worker',
    'At least 32 characters each, newest first, older ones after commas: what the salts of subscriptions are made from.',
  ],
  SF_URL: ['worker', 'Where SF’s own interface (丰桥) is called.'],
  SF_PARTNER_ID: [
    'worker',
    'The partner (顾客编码); with `SF_CHECK_WORD`. Absent: SF’s parcels go to Kuaidi100 or the gateway.',
  ],
  SF_CHECK_WORD: ['worker', 'The partner’s check word (校验码).'],
  SENDER_PHONE_TAIL: [
    'worker',
    'Last four digits of the phone that parcels are sent with, which SF wants as a proof. Absent: those of the receiver.',
  ],
  MALL_URL: [
    'relay',
    'The own mall, which is told what its stores show; only scheme, host and port count. Absent: listings are decided, not sent.',
  ],
  OUTSIDE_SECRET: ['worker, relay', 'At least 32 characters; signs every call to the four above.'],
  ERP_KIND: [
    'worker, relay',
    '`http` or `erpnext`: the ERP that is told of approved changes. Absent: none is. See [the ERP](erp.md).',
  ],
  ERP_URL: ['worker, relay', 'Where it is called, perhaps with a path; needed with `ERP_KIND`.'],
  ERP_SECRET: ['worker, relay', 'At least 32 characters; signs every call. Needed with `ERP_KIND=http`.'],
  ERP_API_KEY: [
    'worker, relay',
    'The API key of the user that the hub is at ERPNext; needed with `ERP_KIND=erpnext`.',
  ],
  ERP_API_SECRET: ['worker, relay', 'Its secret; needed with `ERP_KIND=erpnext`.'],
  ERP_CALLS_PER_SECOND: ['worker, relay', 'What the ERP may be asked in a second, all workers together.'],
  FINANCE_URL: [
    'worker, relay',
    'The finance system, asked for what was settled, perhaps with a path. Absent: only uploaded statements are [compared](reconciliation.md).',
  ],
  FINANCE_SECRET: ['worker, relay', 'At least 32 characters; signs every call. Needed with `FINANCE_URL`.'],
  CRM_URL: [
    'worker, relay',
    'The CRM, asked whose orders are whose, perhaps with a path. Absent: it is not [compared](reconciliation.md).',
  ],
  CRM_SECRET: [
    'worker, relay',
    'At least 32 characters; signs every call, and is what both sides make the names of customers from. Needed with `CRM_URL`.',
  ],
  SMS_PROVIDER: [
    'relay',
    '`aliyun` or `tencent`: who carries text messages to customers. Absent: none are sent. See [messages to customers](notifications.md).',
  ],
  SMS_URL: ['relay', 'Where the provider is called. Absent: at its own address.'],
  SMS_KEY_ID: ['relay', 'The account’s key (AccessKey ID, SecretId); needed with `SMS_PROVIDER`.'],
  SMS_KEY_SECRET: ['relay', 'Its secret; needed with `SMS_PROVIDER`.'],
  SMS_SIGN_NAME: ['relay', 'The approved signature (签名) of the texts; needed with `SMS_PROVIDER`.'],
  SMS_APP_ID: ['relay', 'Tencent’s SmsSdkAppId; needed with `SMS_PROVIDER=tencent`.'],
  SMS_REGION: ['relay', 'The region of Tencent’s that is called.'],
  SMS_REPORT_SECRETS: [
    'API',
    'What ends the address of the operators’ reports, the newest first, after commas, 32 characters or more each. Absent: reports are only asked for. See [messages to customers](notifications.md#what-operators-report).',
  ],
  SMS_REPORT_SOURCES: [
    'API',
    'Addresses and ranges that reports are taken from, after commas. Absent: from anywhere.',
  ],
  WECHAT_URL: ['relay', 'Where WeChat is called.'],
  WECHAT_APP_ID: [
    'relay',
    'The mini-program whose buyers get subscribe messages; with `WECHAT_APP_SECRET`. Absent: none are sent.',
  ],
  WECHAT_APP_SECRET: ['relay', 'Its AppSecret.'],
  WECHAT_OFFICIAL_APP_ID: [
    'relay',
    'The official account (公众号) whose followers get template messages; with `WECHAT_OFFICIAL_APP_SECRET`. Absent: none are sent.',
  ],
  WECHAT_OFFICIAL_APP_SECRET: ['relay', 'Its AppSecret.'],
  WECOM_URL: ['relay', 'Where WeCom (企业微信) is called. See [WeCom](wecom.md).'],
  WECOM_CORP_ID: [
    'API, relay',
    'The corp (企业ID) whose app sends approvers their cards; with the next four. Absent: no cards.',
  ],
  WECOM_AGENT_ID: ['API, relay', 'The app’s AgentId.'],
  WECOM_SECRET: ['relay', 'The app’s Secret.'],
  WECOM_CALLBACK_TOKEN: ['API', 'The Token of the app’s “接收消息” settings; it signs callbacks.'],
  WECOM_CALLBACK_AES_KEY: ['API', 'The EncodingAESKey of the same settings; it seals callbacks.'],
  WECOM_ROBOT_KEY: [
    'relay',
    'The `key` in the webhook of a group’s robot, which says what runs out. Absent: stock alerts wait.',
  ],
  WECOM_PAGE_URL: [
    'relay',
    'The address of the mobile page, with `{token}` where a link’s token goes; the console’s is `https://…/link#{token}`. Absent: cards have no link.',
  ],
  TEMPORAL_WEB_ORIGIN: ['API', 'The one origin whose pages may ask the codec endpoint with a session.'],
  OTEL_EXPORTER_OTLP_ENDPOINT: [
    EVERY_PROCESS,
    'Base URL of an OTLP collector; without it, no traces are sent.',
  ],
  TEMPORAL_METRICS_ADDRESS: [
    'worker',
    'host:port where the metrics of Temporal’s core are served; absent: not at all.',
  ],
  EVENT_ALLOWED_TARGETS: [
    'API, relay',
    'Private networks and hosts that [events](events.md#where-events-may-go) may be sent to: addresses, ranges and names, after commas. Absent: public addresses over https only.',
  ],
  FILES_DIR: [
    'API, relay',
    'Folder of attachments, and of the exports that were made in the background. Both must see the same one: a shared volume.',
  ],
  FILES_S3_BUCKET: [
    'API, relay',
    'A bucket of S3, or of whoever speaks like it (OSS, COS, MinIO), for the same files. Needs key id and secret; `FILES_DIR` then holds only what is on its way, and need not be shared.',
  ],
  FILES_S3_KEY_ID: [
    'API, relay',
    'Of a user who may put, get, list and delete in that bucket and nothing else.',
  ],
  FILES_S3_KEY_SECRET: ['API, relay', 'Its secret.'],
  FILES_S3_ENDPOINT: [
    'API, relay',
    'Where the bucket is, for example `https://oss-cn-hangzhou.aliyuncs.com`. Absent: at AWS, in the region.',
  ],
  FILES_S3_REGION: ['API, relay', 'The bucket’s region, which calls are signed for.'],
  FILES_S3_PATH_STYLE: [
    'API, relay',
    'The bucket’s name stands in the path. `false`: in front of the host’s name, as OSS and COS want it.',
  ],
  ATTACHMENT_MEBIBYTES: ['API', 'How large an attachment of a change request may be.'],
  INSPECTION_PHOTO_MEBIBYTES: ['API', 'How large a photograph of an [inspection](inspection.md) may be.'],
  ATTACHMENTS_PER_REQUEST: ['API', 'How many a request may have.'],
  ATTACHMENT_RETENTION_DAYS: [
    'relay',
    'How long the files of a change request or inspection stay after it has ended. Three years are what the E-Commerce Law (art. 31) wants of a trade’s records. Hash and names of who attached what stay.',
  ],
  EVENT_RETENTION_DAYS: [
    'relay',
    'Days for which events and their delivery log are kept, at least 7: so far back can be replayed.',
  ],
  INBOX_BODY_MONTHS: [
    'relay',
    'Whole months for which bodies of messages are kept, 2 to 120; then they are dropped a month at a time.',
  ],
  METRICS_HOST: ['worker, relay, channels', 'Address for `/metrics`, `/healthz` and `/readyz`.'],
  METRICS_PORT: ['worker, relay, channels', 'Their port; 0 takes any free one.'],
}

/** What has happened already when a person reads the item, and what "replay" does, if anything. */
const WORK_ITEM_NOTES: Record<WorkItemKind, [background: string, replay: string]> = {
  unmatched_payment: [
    'The payment is kept with the order id that it named; its message waits ten minutes for that order.',
    'delivers the message again',
  ],
  late_payment: ['Nothing was refunded: a closed order is never revived.', ''],
  payment_mismatch: ['The first report counts; the second was refused with `payment-mismatch`.', ''],
  awaiting_stock: [
    'Nothing is reserved for it. When stock comes the oldest paid order is served first, among those whose customers have the same priority; the item then closes itself. It shows what [can be decided](channel-orders.md#when-stock-is-missing).',
    '',
  ],
  channel_order_held: [
    'The platform’s order is kept; it is placed as soon as the reason is gone.',
    'tries it again',
  ],
  channel_change: ['The order goes on as it is; what the platform says now is shown beside it.', ''],
  short_pick: [
    'The missing units left the stock record; the hub looked for them in other warehouses and refunds the rest.',
    '',
  ],
  courier_unreachable: [
    'Tracking goes on; the item resolves itself when the courier answers or pushes news.',
    '',
  ],
  tracking_stopped: ['No decisive scan in 30 days; tracking begins anew.', ''],
  parcel_stuck: [
    'No scan for `parcelSilenceSeconds` of the policy `order-life`, or the courier’s push service gave up. Tracking goes on.',
    '',
  ],
  waybill_unknown: [
    'The push was verified, acknowledged and kept in the inbox; it moved nothing.',
    'reads it again',
  ],
  parcel_lost: ['The units are refunded.', ''],
  parcel_returned: ['An approved return was opened for the parcel; receiving and inspecting it refunds.', ''],
  refund_failed: [
    'The provider refused it, or could not be reached for 24 hours. The order stays open until it is done.',
    'asks the provider again',
  ],
  late_message: ['It is in the inbox as `late`; the order did not change.', ''],
  unknown_message: ['The order logged it and did not change.', ''],
  contradiction: ['The order kept what it knew; the contradiction is in its log.', ''],
  message_set_aside: [
    'It failed eight times, or its body does not fit its type. Later messages of the order went on.',
    'delivers it again',
  ],
  order_not_found: ['It waited ten minutes for its order.', 'delivers it again'],
  delivery_failed: [
    'Refused by the other system, or twenty attempts in about an hour. Later messages of the same task go on.',
    'sends it again',
  ],
  delisting_failed: [
    'A change that lowers what a store shows was refused or did not arrive. Unless refused, it is tried on. Other stores do not get the units meanwhile.',
    'decides the listing anew and sends it',
  ],
  workflow_left_over: [
    'Reconcile found a running workflow whose order closed more than a minute ago, or that no order has: mostly one whose worker died or fell behind just before its end. It harms nothing, and the item closes itself when it has ended.',
    '',
  ],
  workflow_missing: ['The order goes on from its last commit and has heard all its messages again.', ''],
  stock_shortfall: [
    'No reservation on this SKU in this warehouse succeeds until receipts or releases lift it.',
    '',
  ],
  transfer_overdue: [
    'A request that nobody decided on was cancelled; held or travelling units stay where they are.',
    '',
  ],
  transfer_sold_out: [
    'Nothing is held. The transfer waits with a new proposal, or is closed as `unsourced` where there is none.',
    '',
  ],
  change_no_approver: ['', ''],
  change_apply_failed: [
    'Its order is as it was, and free for nobody else until this is settled.',
    '`POST …/retry` applies the change anew, `POST …/abandonment` gives it up. The item closes by itself.',
  ],
  change_undo_failed: [
    'The ERP may have booked what the order does not have.',
    '`POST …/retry` takes it back once more.',
  ],
  transfer_loss: ['The units are no stock anywhere; the ledger has them as `write_off`.', ''],
  inspection_failed: ['One item an inspection. Nothing was done about the order.', ''],
  inspection_overdue: ['Its time was over; it stays open, and its result is taken whenever it comes.', ''],
  inspection_unassigned: [
    'One item a region. Its inspections are there and are assigned as soon as there is somebody.',
    '',
  ],
  subscription_disabled: [
    'It answered 410, took nothing for five days, or its secret cannot be opened with `DATA_KEYS`. Nothing more is sent to it; its events wait as long as events are kept.',
    '',
  ],
  events_exhausted: [
    'Later events went on. The delivery log of the subscription shows each with its errors.',
    'sends all of them again',
  ],
  abnormal_order: [
    'Nothing goes to a warehouse meanwhile; goods and money stay with the order. The item closes itself when the order goes on or ends. [Which rules](abnormal-orders.md).',
    '',
  ],
  wecom_refused: [
    'Stock alerts wait and are tried again every quarter of an hour; the item resolves itself when one goes out.',
    '',
  ],
  supplement_unpaid: [
    'Its goods are held, and no warehouse may pack them, since `supplement_since` of the order; raised after `supplementWithinSeconds` of policy `approval-route`.',
    '',
  ],
  purchase_overdue: [
    'The day on which it was expected is over. What comes is booked with `POST /v1/purchase-lists/{id}/receipts`; what does not come any more is given up with `…/closing`.',
    '',
  ],
  purchase_refused: [
    'The list stays approved, and nothing is ordered. `POST /v1/purchase-lists/{id}/erp-retry` tells the ERP again.',
    '',
  ],
  holidays_unknown: [
    'From December on, of the next year: until then it has weekends only, and requests on holidays count as made in [working hours](change-reports.md#working-days).',
    '',
  ],
  reconciliation_differences: [
    'One item for each [other system](reconciliation.md) while a threshold of the policy `reconciliation` is reached; it counts the runs.',
    '',
  ],
  reconciliation_failed: [
    'The other system refused, could not be reached eight times, or is not configured. What was found so far stays.',
    '',
  ],
  notification_refused: [
    'One item a template. Its messages are tried again every quarter of an hour until they expire; the item resolves itself when one goes out.',
    '',
  ],
  notification_unknown: [
    'The call was cut off and the provider could not say afterwards what became of it. It is not sent again: the customer may have it.',
    '',
  ],
  bodies_kept: [
    'The month named by its key is older than `INBOX_BODY_MONTHS`, but holds messages that wait or were set aside (`unsettled`) or the creation of open orders without a snapshot (`unstarted`). Looked at again every hour; the item resolves itself when the month has gone.',
    '',
  ],
  unknown_shop: [
    'One item a platform and type; every message is kept and was acknowledged. Orders of a shop that is made later come with its first pull.',
    '',
  ],
  unknown_channel_message: [
    'One item a shop and type; every message is kept and was acknowledged. One that names an order had it fetched.',
    '',
  ],
  channel_order_unread: [
    'The order was fetched eight times, and each time the platform refused or what came could not be read. Other orders went on; a later message about this one fetches it anew.',
    'fetches the order again',
  ],
  shop_refused: [
    'Its messages wait without limit, and its pulls stand still; nothing of it is lost. The item resolves itself when the platform answers.',
    '',
  ],
  stock_drift: ['Nothing was changed. Raised by the check that compares counters with live holds.', ''],
  wms_unreachable: [
    'The warehouse’s stock stays as it was last read; other warehouses go on. Closed by the next reading that succeeds.',
    '',
  ],
  wms_bad_rows: [
    'Rows with text, NULL, negatives or duplicates were left out, all others applied. Closed by the next clean full compare.',
    '',
  ],
  wms_jump: [
    'The level stays as it was. `approve` takes the number over, judged by what has moved since; `dismiss` keeps it out for good.',
    '',
  ],
  promotion_not_held: [
    'Nothing is held, nobody draws from it, and the start is tried again until it succeeds or the end comes. The item resolves itself when it succeeds.',
    '',
  ],
  presale_goods_in_stock: [
    'The paid order that has waited longest could be served from one warehouse. The units stay on sale until somebody decides; the item resolves itself when it is no longer so.',
    '',
  ],
}

type Cell = string | number

function table(header: string[], rows: Cell[][]): string {
  const line = (cells: Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

function orderStatuses(): string {
  return table(
    ['status', '', 'meaning', 'can become', 'ends?'],
    ORDER_STATUSES.map((status) => [
      `\`${status}\``,
      ORDER_STATUS_MEANING[status].zh,
      ORDER_STATUS_MEANING[status].en,
      quoted(ORDER_TRANSITIONS[status]) || '–',
      isFinal(status) ? 'yes' : '',
    ]),
  )
}

function orderDiagram(): string {
  const moves = ORDER_STATUSES.flatMap((from) => ORDER_TRANSITIONS[from].map((to) => `  ${from} --> ${to}`))
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> reserved', ...moves, '```'].join('\n')
}

function parcelStates(): string {
  return table(
    ['parcel', 'can become'],
    PARCEL_STATES.map((state) => [`\`${state}\``, quoted(PARCEL_TRANSITIONS[state]) || '–']),
  )
}

function presaleStates(): string {
  return table(
    ['state', '', 'meaning'],
    PRESALE_STATES.map((state) => [
      `\`${state}\``,
      PRESALE_STATE_MEANING[state].zh,
      PRESALE_STATE_MEANING[state].en,
    ]),
  )
}

function inspectionStates(): string {
  return table(
    ['state', '', 'meaning', 'can become'],
    INSPECTION_STATES.map((state) => [
      `\`${state}\``,
      INSPECTION_STATE_MEANING[state].zh,
      INSPECTION_STATE_MEANING[state].en,
      quoted(INSPECTION_TRANSITIONS[state]) || '–',
    ]),
  )
}

function promotionStates(): string {
  return table(
    ['state', '', 'meaning', 'can become'],
    PROMOTION_STATES.map((state) => [
      `\`${state}\``,
      PROMOTION_STATE_MEANING[state].zh,
      PROMOTION_STATE_MEANING[state].en,
      quoted(PROMOTION_TRANSITIONS[state]) || '–',
    ]),
  )
}

function errors(): string {
  return table(
    ['status', 'code', 'meaning', '', 'what to do'],
    Object.entries(ERRORS).map(([code, { status, en, zh, todo }]) => [status, `\`${code}\``, en, zh, todo]),
  )
}

function settings(): string {
  const names = Object.keys(configSchema.shape).filter(isSetting)
  return table(
    ['variable', 'default', 'read by', 'meaning'],
    names.map((name) => [`\`${name}\``, defaultOf(name), ...SETTINGS[name]]),
  )
}

function isSetting(name: string): name is keyof Config {
  return Object.hasOwn(SETTINGS, name)
}

function defaultOf(name: keyof Config): string {
  const absent = configSchema.shape[name].safeParse(undefined)
  if (!absent.success) return '**required**'
  return absent.data === undefined ? '–' : `\`${absent.data}\``
}

function workItems(): string {
  return table(
    ['kind', 'what it says', '', 'what has happened', 'what to do', 'replay'],
    WORK_ITEM_KINDS.map((kind) => {
      const { en, zh, nextEn } = WORK_ITEM_TEXT[kind]
      const [background, replay] = WORK_ITEM_NOTES[kind]
      return [`\`${kind}\``, en, zh, background, `${nextEn}.`, replay || '–']
    }),
  )
}

function transferStatuses(): string {
  return table(
    ['status', '', 'meaning', 'can become'],
    TRANSFER_STATUSES.map((status) => [
      `\`${status}\``,
      TRANSFER_STATUS_MEANING[status].zh,
      TRANSFER_STATUS_MEANING[status].en,
      quoted(TRANSFER_TRANSITIONS[status]) || '–',
    ]),
  )
}

function purchaseStatuses(): string {
  return table(
    ['status', '', 'meaning', 'can become'],
    PURCHASE_STATUSES.map((status) => [
      `\`${status}\``,
      PURCHASE_STATUS_MEANING[status].zh,
      PURCHASE_STATUS_MEANING[status].en,
      quoted(PURCHASE_TRANSITIONS[status].filter((to) => to !== status)) || '–',
    ]),
  )
}

function changeStatuses(): string {
  return table(
    ['status', '', 'meaning', 'can become'],
    CHANGE_REQUEST_STATUSES.map((status) => [
      `\`${status}\``,
      CHANGE_REQUEST_MEANING[status].zh,
      CHANGE_REQUEST_MEANING[status].en,
      quoted(CHANGE_REQUEST_TRANSITIONS[status]) || '–',
    ]),
  )
}

const NO_TRIAL = 'nothing: it decides only on what comes'
const TRIED_ON: Record<PolicyKind, string> = {
  'order-life': 'orders: until when returns and late money are taken, and what of both came later',
  reservation: 'orders: until when stock is held, and whether the payment came in time',
  allocation: 'orders: which warehouse sends what, over the stock of today',
  'safety-stock': 'stock levels of today: whether they count as low',
  promotion: NO_TRIAL,
  'wms-mapping': NO_TRIAL,
  'erp-mapping': NO_TRIAL,
  'change-anomaly': NO_TRIAL,
  transfer: 'transfers: who had to approve them',
  notification: NO_TRIAL,
  'approval-route': 'change requests: which way they take, and who decides',
  'combined-shipping': NO_TRIAL,
  'health-score': 'days as they were counted: how healthy they would have been',
  reconciliation: 'differences that were found: whether they would be any',
  replenishment: 'levels of last night: when and how much would be bought',
  'abnormal-order': 'orders: what the rules find in them, by the facts that were kept at their first check',
  'sensitive-words': NO_TRIAL,
  'customer-segments': 'customers who ordered lately: their segment, and what they would be given',
  'data-flow': 'flows as they stand now: which would count as broken',
  inspection: 'orders that arrived: who of them somebody would have gone to see',
}

function policyKinds(): string {
  return table(
    ['kind', 'what it rules', '', 'what a dry run tries it on'],
    POLICY_KINDS.map((kind) => [
      `\`${kind}\``,
      POLICIES[kind].title.en,
      POLICIES[kind].title.zh,
      TRIED_ON[kind],
    ]),
  )
}

const flows = (): string =>
  table(
    ['flow', '', 'what flows', 'when it is broken', ''],
    FLOWS.map((flow) => {
      const { en, zh, nextEn, nextZh } = FLOW_TEXT[flow]
      return [`<a id="${flowAnchor(flow)}"></a>\`${flow}\``, zh, en, nextEn, nextZh]
    }),
  )

const factsTable = ({ vocabulary, titles }: DescribedFacts): string => {
  const typeOf = (type: FactType) =>
    typeof type === 'string' ? type : `list of ${quoted(Object.keys(type.itemsOf))}`
  return table(
    ['fact', 'type', 'is', ''],
    Object.entries<FactType>(vocabulary).map(([name, type]) => [
      `\`${name}\``,
      typeOf(type),
      titles[name]?.en ?? '',
      titles[name]?.zh ?? '',
    ]),
  )
}
const orderFacts = () => factsTable(ORDER_CONDITIONS)
const abnormalFacts = () => factsTable(ABNORMAL_CONDITIONS)
/** The built-in rules in words. */
const abnormalRules = () =>
  table(
    ['rule', 'finds', 'severity', 'action', 'handler'],
    POLICIES['abnormal-order'].initial.rules.map(({ name, condition, tag, severity, action, handler }) => [
      `\`${name}\` ${tag}`,
      `\`${inWords(condition).replaceAll('|', '\\|')}\``,
      severity,
      action,
      handlerInWords(handler),
    ]),
  )
function handlerInWords(handler: HandlerChoice | null): string {
  if (handler === null) return '–'
  if (handler.kind === 'person') return handler.account
  if (handler.kind === 'role') return handler.role
  const { among } = handler
  return `${handler.kind}, ${'role' in among ? among.role : among.accounts.join(', ')}`
}
const changeFacts = () => factsTable(CHANGE_CONDITIONS)

function outboundEvents(): string {
  const members = (data: z.ZodType) => {
    const { properties } = z.toJSONSchema(data)
    return quoted(Object.keys(properties ?? {}))
  }
  return table(
    ['type', '', 'what has happened', '`data`'],
    Object.entries(OUTBOUND_EVENTS).map(([type, { en, zh, data }]) => [`\`${type}\``, zh, en, members(data)]),
  )
}

/** Which document holds which generated parts. */
export const GENERATED: Record<string, Record<string, () => string>> = {
  'abnormal-orders.md': { 'abnormal rules': abnormalRules, 'abnormal facts': abnormalFacts },
  'order-life.md': {
    'order statuses': orderStatuses,
    'order diagram': orderDiagram,
    'parcel states': parcelStates,
  },
  'presale.md': { 'presale states': presaleStates },
  'promotions.md': { 'promotion states': promotionStates },
  'inspection.md': { 'inspection states': inspectionStates },
  'change-requests.md': { 'change request statuses': changeStatuses, 'change facts': changeFacts },
  'transfers.md': { 'transfer statuses': transferStatuses },
  'replenishment.md': { 'purchase statuses': purchaseStatuses },
  'errors.md': { errors },
  'configuration.md': { settings },
  'events.md': { 'outbound events': outboundEvents },
  'policies.md': { 'policy kinds': policyKinds, 'order facts': orderFacts },
  'runbook.md': { 'work items': workItems, flows },
}

/** A document with its generated parts made anew; what stands around the marks stays as it is. */
export function regenerate(text: string, parts: Record<string, () => string>): string {
  let result = text
  for (const [name, render] of Object.entries(parts)) {
    const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`]
    const [before, rest, ...more] = result.split(start)
    const after = rest?.split(end)[1]
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`the document must have "${start}" and "${end}" exactly once`)
    }
    result = `${before}${start}\n${render()}\n${end}${after}`
  }
  return result
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  for (const [name, parts] of Object.entries(GENERATED)) {
    const file = join(docsFolder, name)
    writeFileSync(file, regenerate(readFileSync(file, 'utf8'), parts))
    console.log(`Wrote docs/${name}`)
  }
}
