import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, required, type TestDatabase } from '../support/database.ts'

/** Signed in as the application, as the owner, and as somebody who may do nothing but connect. */
let database: TestDatabase
let app: pg.Client
let owner: pg.Client
let stranger: pg.Client
const strangerName = `hub_stranger_${randomBytes(4).toString('hex')}`

beforeAll(async () => {
  database = await createTestDatabase()
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query(`create role ${strangerName} login password 'stranger'`)
  app = new pg.Client({ connectionString: database.appUrl })
  const strangerUrl = new URL(database.ownerUrl)
  strangerUrl.username = strangerName
  strangerUrl.password = 'stranger'
  stranger = new pg.Client({ connectionString: strangerUrl.href })
  await Promise.all([app.connect(), stranger.connect()])
})
afterAll(async () => {
  await Promise.all([app.end(), stranger.end()])
  await owner.query(`drop role ${strangerName}`)
  await owner.end()
  await database.destroy()
})

const DENIED = '42501'
const deniedTo = (client: () => pg.Client, statement: string) =>
  expect(client().query(statement), statement).rejects.toMatchObject({ code: DENIED })

const TABLES = [
  'change_anomaly',
  'change_anomaly_move',
  'change_statistic',
  'working_day',
  'complaint',
  'customer',
  'customer_identity',
  'customer_order',
  'customer_due',
  'customer_state',
  'health_target',
  'health_outcome',
  'health_figure',
  'health_due',
  'health_due_hour',
  'health_state',
  'reconciliation_run',
  'reconciliation_line',
  'reconciliation_difference',
  'reconciliation_move',
  'reconciliation_period',
  'settlement_file',
  'settlement_line',
  'flow_edge',
  'flow_minute',
  'flow_state',
  'flow_incident',
  'inspection_due',
  'inspection',
  'inspection_photo',
  'inspection_part',
  'sku',
  'warehouse',
  'store',
  'policy',
  'account',
  'audit_entry',
  'audit_seal',
  'audit_chain',
  'audit_head',
  'export_job',
  'api_key',
  'session',
  'idempotency_key',
  'contact',
  'orders',
  'order_line',
  'order_snapshot',
  'payment',
  'refund',
  'order_check',
  'order_finding',
  'order_return',
  'stock_level',
  'reservation',
  'allocation_decision',
  'presale',
  'presale_hold',
  'presale_ledger',
  'promotion',
  'promotion_quota',
  'stock_operation',
  'stock_ledger',
  'stock_cursor',
  'stock_alert',
  'stock_count',
  'stock_count_line',
  'pick_task',
  'pick_task_event',
  'parcel',
  'courier_subscription',
  'tracking_event',
  'inbox',
  'inbox_body',
  'relay_lease',
  'delivery',
  'operation_log',
  'transfer',
  'transfer_leg',
  'transfer_event',
  'attachment',
  'change_number',
  'change_request',
  'change_request_version',
  'change_event',
  'change_approver',
  'change_decision',
  'change_delegation',
  'outbound_event',
  'announced_event',
  'event_feed',
  'subscription',
  'subscription_secret',
  'event_delivery',
  'event_attempt',
  'event_replay',
  'work_item',
  'wms_connection',
  'warehouse_freshness',
  'wms_level',
  'listing_sku',
  'listing',
  'counted_hour',
  'order_day',
  'sales_day',
  'sales_line',
  'shop',
  'channel_feed',
  'notification',
  'notification_feed',
  'wecom_member',
  'wecom_token',
  'wecom_turn',
  'wecom_card',
  'wecom_click',
  'mobile_link',
  'address_seen',
  'sku_mapping',
  'channel_order',
  'stock_wait',
  'stock_wait_line',
  'demand_progress',
  'demand_level',
  'demand_day',
  'sku_supply',
  'replenishment_run',
  'replenishment',
  'purchase_number',
  'purchase_list',
  'purchase_line',
  'purchase_event',
  'purchase_receipt',
  'second_factor',
  'recovery_code',
  'saved_view',
  'oidc_identity',
]
const APPEND_ONLY = [
  'change_anomaly_move',
  'audit_entry',
  'stock_ledger',
  'stock_operation',
  'operation_log',
  'inbox_body',
  'tracking_event',
  'pick_task_event',
  'transfer_event',
  'change_request_version',
  'change_event',
  'change_decision',
  'counted_hour',
  'outbound_event',
  'event_attempt',
  'wecom_click',
  'purchase_event',
  'purchase_receipt',
]
const DELETABLE = [
  'reconciliation_line',
  'settlement_line',
  // Counted from the requests, and said otherwise than the official calendar: both may be taken back.
  'change_statistic',
  'working_day',
  // Made from what stays, and made again.
  'health_target',
  'health_outcome',
  'health_figure',
  'health_due',
  'health_due_hour',
  'customer_due',
  'flow_edge',
  'flow_minute',
  // Taken when they are decided on, or when they make a picture.
  'inspection_due',
  'inspection_part',
  // Taken when they become events.
  'announced_event',
  'session',
  'idempotency_key',
  'relay_lease',
  'stock_count_line',
  'mobile_link',
  // Worked out anew every night; a draft's lines are written anew.
  'replenishment',
  'purchase_line',
  'address_seen',
  // Drafts; one of a request stays, see below.
  'attachment',
  // What somebody set up for themselves.
  'second_factor',
  'saved_view',
  // An account may become another person's.
  'oidc_identity',
]

describe('the application role', () => {
  test('the list of tables here is the schema: a new table must say what the application may do to it', async () => {
    const { rows } = await owner.query<{ name: string }>(`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and not relispartition and relname not like 'kysely%'`)
    expect(rows.map((row) => row.name).sort()).toEqual([...TABLES].sort())
  })

  test.each([
    'create table mine (id int)',
    'alter table orders add column mine int',
    'drop table orders',
    'create index mine on orders (id)',
    'create schema mine',
    'create function mine() returns int language sql as $$ select 1 $$',
    'create role mine',
    'create extension if not exists dblink',
    'alter table stock_level drop constraint stock_level_never_oversold',
    'alter table stock_ledger disable trigger all',
    'select * from kysely_migration',
  ])('cannot change the schema: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|42704|0A000)$/),
    })
  })

  test('owns nothing and is neither superuser nor able to make roles or databases', async () => {
    const { rows } = await owner.query(`
      select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
        (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
      from pg_roles where rolname = 'hub_app'`)
    expect(rows).toEqual([
      { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, owned: 0 },
    ])
  })

  test.each(APPEND_ONLY)('can add to %s but never change or remove what is there', async (table) => {
    const { rows } = await owner.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 2',
      [table],
    )
    await deniedTo(() => app, `update ${table} set ${rows[0]?.name} = null`)
    await deniedTo(() => app, `delete from ${table}`)
    await deniedTo(() => app, `truncate ${table}`)
    // One column alone may be granted, too.
    const anyColumn = await owner.query(
      "select has_any_column_privilege('hub_app', $1, 'update') as granted",
      [table],
    )
    expect(anyColumn.rows).toEqual([{ granted: false }])
  })

  test('cannot reach an append-only table through one of its partitions', async () => {
    const { rows } = await owner.query<{ name: string }>(`
      select relid::regclass::text as name from pg_partition_tree('operation_log') where level = 1
      union all select relid::regclass::text from pg_partition_tree('inbox_body') where level = 1`)
    expect(rows.length).toBeGreaterThan(0)
    for (const { name } of rows) await deniedTo(() => app, `delete from ${name}`)
  })

  test.each(TABLES.filter((table) => !DELETABLE.includes(table)))('cannot delete from %s', (table) =>
    deniedTo(() => app, `delete from ${table}`),
  )

  test.each([
    'update orders set amount_cents = 1',
    'update orders set freight_cents = 1',
    'update orders set contact_id = gen_random_uuid()',
    "update orders set division_code = '110101'",
    "update orders set store_id = 'OTHER'",
    'update order_line set quantity = 1',
    'update order_line set unit_price_cents = 0',
    "update order_line set sku_id = 'OTHER'",
  ])('cannot edit an order: %s', (statement) => deniedTo(() => app, statement))

  test('writes of an order what its workflow has come to, never what it sells, costs and goes to', async () => {
    const { rows } = await owner.query<{ name: string }>(`
      select table_name || '.' || column_name as name from information_schema.column_privileges
      where grantee = 'hub_app' and privilege_type = 'UPDATE' and table_name in ('orders', 'order_line') order by 1`)
    expect(rows.map(({ name }) => name.replace('orders.', ''))).toEqual([
      ...['closed_at', 'event_count', 'needs_attention', 'paid_cents', 'refunded_cents', 'run_id', 'status'],
      ...['supplement_cents', 'supplement_since', 'updated_at', 'version'],
    ])
  })

  test('changes an order only by a change that has a number, and of an order that is there', async () => {
    const change = (number: string) =>
      app.query("select hub_change_order(gen_random_uuid(), $1, '[]', 0, 0, null, null)", [number])
    await expect(change('')).rejects.toThrow('authorised change')
    await expect(change('CR-20261122-0001')).rejects.toThrow('there is no order')
    await deniedTo(
      () => stranger,
      "select hub_change_order(gen_random_uuid(), 'CR-1', '[]', 0, 0, null, null)",
    )
  })

  test.each([
    "update attachment set sha256 = sha256('')",
    "update attachment set original_sha256 = sha256('')",
    "update attachment set uploaded_by = 'somebody else'",
    "update attachment set owner = 'somebody else'",
  ])('cannot say that an attachment is another one: %s', (statement) => deniedTo(() => app, statement))

  test.each([
    'update inspection set order_id = gen_random_uuid()',
    "update inspection set drawn_by = '{}'",
    "update inspection set checklist = '{}'",
    'update inspection set created_at = now()',
    'update inspection_photo set inspection_id = gen_random_uuid()',
    'update inspection_photo set taken_at = now()',
  ])('cannot say that an inspection was another one: %s', (statement) => deniedTo(() => app, statement))

  test.each(TABLES)('cannot truncate %s', (table) => deniedTo(() => app, `truncate ${table}`))

  test('makes month partitions ahead, as often as it likes, also several processes at once', async () => {
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString: database.appUrl })
        await client.connect()
        return client
      }),
    )
    await Promise.all(clients.map((client) => client.query('select hub_ensure_partitions(9)')))
    await Promise.all(clients.map((client) => client.end()))
    const { rows } = await owner.query<{ months: number }>(`
      select count(*)::int as months from pg_partition_tree('inbox_body') where level = 1`)
    expect(rows[0]?.months).toBe(11)
  })

  test.each([-1, 25, 1_000_000])('cannot ask for %i months of partitions', (months) =>
    expect(app.query('select hub_ensure_partitions($1)', [months])).rejects.toThrow('must be 0 to 24'),
  )

  test.each([1, 0, -5])('cannot ask for bodies to be kept for %i months: two are always kept', (kept) =>
    expect(app.query('select hub_drop_inbox_bodies($1)', [kept])).rejects.toThrow('at least two months'),
  )

  test.each([6, 0, -5])('cannot have events dropped after %i days: seven are always kept', (kept) =>
    expect(app.query('select hub_drop_old_events($1)', [kept])).rejects.toThrow('at least seven days'),
  )

  test.each([
    "insert into audit_seal values (1, 1, sha256(''), sha256(''))",
    'update audit_seal set hash = previous_hash',
    'delete from audit_seal',
    'update audit_chain set sequence = 0',
    "insert into audit_head values (now(), 1, sha256(''))",
    'update audit_head set sequence = 0',
  ])('cannot touch the audit chain but through the functions that go on with it: %s', (statement) =>
    deniedTo(() => app, statement),
  )

  test.each(['id', 'at', 'transaction_id'])('cannot choose the %s of an audit entry', (column) =>
    deniedTo(
      () => app,
      `insert into audit_entry (actor, action, subject_kind, subject_id, source, ${column})
       overriding system value values ('a', 'a.b', 'a', 'a', 'api', null)`,
    ),
  )

  test('cannot ask which bodies are needed but through the function that drops them', () =>
    deniedTo(() => app, 'select hub_needed_bodies(now(), now())'))

  test('cannot lead the maintenance functions to tables of its own', async () => {
    // Their search path is fixed, so that a temporary table of the same name is not found.
    await app.query('create temp table inbox_body (id int)')
    const result = await app.query('select * from hub_drop_inbox_bodies(2)')
    expect(result.rows).toEqual([])
    await app.query('drop table pg_temp.inbox_body')
  })
})

describe('anybody else', () => {
  test.each(TABLES)('sees nothing of %s', (table) => deniedTo(() => stranger, `select * from ${table}`))

  test.each([
    'hub_ensure_partitions(1)',
    'hub_drop_inbox_bodies(2)',
    'hub_drop_old_events(30)',
    "hub_seal_audit(0, '{}', '{}', '1', 0)",
    'hub_keep_audit_head(now()::date)',
  ])('may not call %s', (call) => deniedTo(() => stranger, `select ${call}`))

  test('cannot create anything in the schema', () => deniedTo(() => stranger, 'create table mine (id int)'))

  test('the server of the tests is reached by password', () => {
    expect(new URL(required('TEST_DATABASE_OWNER_URL')).password).not.toBe('')
  })
})
