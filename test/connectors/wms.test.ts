import { createServer } from 'node:net'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WmsConnection, WmsReader } from '../../connectors/wms/reader.ts'
import { type WmsMapping, wmsMappingEntry } from '../../contracts/policies/wms-mapping.ts'
import { createWmsDatabase, type WmsDatabase } from '../support/mariadb.ts'

let wms: WmsDatabase
let reader: WmsReader
const limits = { rows: 1_000, seconds: 1, megabytes: 1 }

beforeAll(async () => {
  wms = await createWmsDatabase()
  reader = new WmsReader()
  await wms.run(`
    CREATE TABLE stock (sku VARCHAR(40), qty INT, updated_at DATETIME(3));
    INSERT INTO stock VALUES ('SKU-1', 5, '2026-11-23 10:00:00.250'), ('SKU-2', 7, '2026-11-23 11:00:00');
    CREATE TABLE bin_stock (sku_code VARCHAR(40), bin VARCHAR(10), available DECIMAL(12,3), allocated DECIMAL(12,3),
      staged DECIMAL(12,3), gmt_modified DATETIME, PRIMARY KEY (bin, sku_code)) CHARACTER SET gbk;
    INSERT INTO bin_stock VALUES ('SKU-1', 'A-01', 5.000, 2.000, 1.000, '2026-11-23 10:00:00'),
      ('SKU-1', '甲-02', 3.000, 0.000, 0.000, '2026-11-23 12:00:00'), ('商品-甲', 'A-01', 4.000, 0, 0, '2026-11-23 09:00:00');
    CREATE TABLE movement (seq BIGINT AUTO_INCREMENT PRIMARY KEY, item VARCHAR(40), balance INT, at_epoch BIGINT);
    INSERT INTO movement (item, balance, at_epoch) VALUES ('SKU-1', 9, 1795400000), ('SKU-2', 3, 1795400001), ('SKU-1', 8, 1795400002)`)
})
afterAll(async () => {
  await reader.close()
  await wms.destroy()
})

type Shape = Partial<Omit<WmsMapping, 'columns'>> & { columns?: Partial<WmsMapping['columns']> }
const mappingOf = ({ columns, ...more }: Shape = {}): WmsMapping =>
  wmsMappingEntry.parse({
    connection: 'test',
    source: { table: 'stock' },
    rows: 'one',
    onHandFallsAt: 'pack',
    timeZone: '+08:00',
    columns: {
      sku: 'sku',
      quantity: ['qty'],
      updatedAt: 'updated_at',
      cursor: { column: 'updated_at', type: 'time' },
      ...columns,
    },
    ...more,
  })
const bins = mappingOf({
  source: { table: 'bin_stock' },
  rows: 'sum',
  columns: {
    sku: 'sku_code',
    quantity: ['available', 'allocated'],
    subtract: ['staged'],
    updatedAt: 'gmt_modified',
    cursor: { column: 'gmt_modified', type: 'time' },
  },
})
const log = mappingOf({
  source: { table: 'movement' },
  rows: 'latest',
  timeFormat: 'epoch-seconds',
  columns: {
    sku: 'item',
    quantity: ['balance'],
    updatedAt: 'at_epoch',
    cursor: { column: 'seq', type: 'number' },
  },
})
const read = (
  mapping: WmsMapping,
  more: { cursor?: string; limits?: typeof limits; at?: WmsConnection } = {},
) =>
  reader.read('test', more.at ?? wms.connection, mapping, {
    cursor: more.cursor ?? null,
    limits: more.limits ?? limits,
  })
const at = (text: string) => Date.parse(`${text}+08:00`)
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing failed',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  )

describe('three shapes of tables', () => {
  test('one row a SKU, with its own time in the zone of the warehouse', async () => {
    const { rows, bad, cursor, newestMs, clockSkewMs } = await read(mappingOf())
    expect(rows).toEqual([
      { skuId: 'SKU-1', onHand: 5, asOfMs: at('2026-11-23T10:00:00.250') },
      { skuId: 'SKU-2', onHand: 7, asOfMs: at('2026-11-23T11:00:00') },
    ])
    expect({ bad, cursor, newestMs }).toEqual({
      bad: [],
      cursor: '2026-11-23 11:00:00.000',
      newestMs: at('2026-11-23T11:00:00'),
    })
    expect(Math.abs(clockSkewMs)).toBeLessThan(1_000)
  })

  test('a row a bin, in GBK, with decimals, available and allocated added, staged taken off; the newest time counts', async () => {
    const { rows } = await read(bins)
    expect(rows).toEqual([
      { skuId: 'SKU-1', onHand: 9, asOfMs: at('2026-11-23T12:00:00') },
      { skuId: '商品-甲', onHand: 4, asOfMs: at('2026-11-23T09:00:00') },
    ])
  })

  test('a log of movements with balances: the latest of each SKU', async () => {
    const { rows, cursor } = await read(log)
    expect(rows.toSorted((a, b) => (a.skuId < b.skuId ? -1 : 1))).toEqual([
      { skuId: 'SKU-1', onHand: 8, asOfMs: 1_795_400_002_000 },
      { skuId: 'SKU-2', onHand: 3, asOfMs: 1_795_400_001_000 },
    ])
    expect(cursor).toBe('3')
  })

  test('a query of one’s own', async () => {
    const query =
      "SELECT item AS sku, MIN(balance) AS qty, '2026-11-23 10:00:00' AS updated_at FROM movement GROUP BY item"
    const { rows } = await read(mappingOf({ source: { query } }))
    expect(rows.map(({ skuId, onHand }) => [skuId, onHand])).toEqual([
      ['SKU-1', 8],
      ['SKU-2', 3],
    ])
  })
})

describe('an incremental reading', () => {
  test('brings what changed since the cursor, with an overlap for what was committed late', async () => {
    const { rows } = await read(mappingOf(), { cursor: '2026-11-23 11:01:00.000' })
    expect(rows.map((row) => row.skuId)).toEqual(['SKU-2'])
    expect((await read(mappingOf(), { cursor: '2026-11-23 11:03:00.000' })).rows).toEqual([])
  })

  test('of bins brings all bins of a SKU that changed in one of them', async () => {
    const { rows } = await read(bins, { cursor: '2026-11-23 12:00:00' })
    expect(rows).toEqual([{ skuId: 'SKU-1', onHand: 9, asOfMs: at('2026-11-23T12:00:00') }])
  })

  test('of a log goes on by its number', async () => {
    expect((await read(log, { cursor: '1003' })).rows.map((row) => row.skuId)).toEqual(['SKU-1'])
  })

  test('is not led astray by a row of the year 9999', async () => {
    await wms.run(
      `CREATE TABLE future AS SELECT * FROM stock; INSERT INTO future VALUES ('SKU-3', 1, '9999-12-31 00:00:00')`,
    )
    const { cursor, newestMs } = await read(mappingOf({ source: { table: 'future' } }))
    expect({ cursor, newestMs }).toEqual({
      cursor: '2026-11-23 11:00:00.000',
      newestMs: at('2026-11-23T11:00:00'),
    })
  })
})

describe('bad input', () => {
  test('text, NULL, negatives, fractions, duplicates and nameless rows are set aside, the others are read', async () => {
    await wms.run(`CREATE TABLE dirt (sku VARCHAR(90), qty VARCHAR(40), updated_at DATETIME);
      INSERT INTO dirt VALUES ('TEXT', 'about ten', NOW()), ('NULLED', NULL, NOW()), ('NEGATIVE', '-3', NOW()), ('HALF', '2.5', NOW()),
        ('TWICE', '1', NOW()), ('TWICE', '2', NOW()), (NULL, '4', NOW()), ('HUGE', '99999999999', NOW()), ('EXP', '1e3', NOW()),
        ('NO-TIME', '6', NULL), ('ZERO-TIME', '7', '0000-00-00'), (' GOOD ', '5.000', NOW())`)
    const { rows, bad } = await read(mappingOf({ source: { table: 'dirt' } }))
    expect(rows.map(({ skuId, onHand, asOfMs }) => [skuId, onHand, asOfMs === null])).toEqual([
      ['NO-TIME', 6, true],
      ['ZERO-TIME', 7, true],
      ['GOOD', 5, false],
    ])
    expect(Object.fromEntries(bad.map(({ skuId, problem }) => [skuId, problem]))).toEqual({
      TEXT: 'not-a-number',
      NULLED: 'null',
      NEGATIVE: 'negative',
      HALF: 'fraction',
      TWICE: 'duplicate',
      HUGE: 'too-large',
      EXP: 'not-a-number',
      '': 'no-sku',
    })
  })

  test('one bad bin makes its SKU bad: the others would be a part of its stock', async () => {
    await wms.run(
      `CREATE TABLE dirty_bin AS SELECT * FROM bin_stock; UPDATE dirty_bin SET available = -1 WHERE bin = 'A-01' AND sku_code = 'SKU-1'`,
    )
    const { rows, bad } = await read({ ...bins, source: { table: 'dirty_bin' } })
    expect(rows.map((row) => row.skuId)).toEqual(['商品-甲'])
    expect(bad).toEqual([{ skuId: 'SKU-1', problem: 'negative' }])
  })

  test('a billion rows are cut off at the limit, in rows and in bytes', async () => {
    await wms.run(`CREATE VIEW endless AS SELECT CONCAT('S', seq) AS sku, 1 AS qty, NOW() AS updated_at FROM seq_1_to_1000000000;
      CREATE VIEW wide AS SELECT CONCAT(REPEAT('x', 60000), seq) AS sku, 1 AS qty, NOW() AS updated_at FROM seq_1_to_1000000000`)
    const patient = { ...limits, seconds: 5 }
    expect(await failure(read(mappingOf({ source: { table: 'endless' } }), { limits: patient }))).toMatch(
      /^too-many-rows more than 1000 rows/,
    )
    expect(await failure(read(mappingOf({ source: { table: 'wide' } }), { limits: patient }))).toMatch(
      /^too-many-bytes more than 1 MB/,
    )
  })

  test('a statement that hangs is ended by the server at its time-out, and the next reading works', async () => {
    await wms.run(`CREATE VIEW hanging AS SELECT 'S' AS sku, SLEEP(60) AS qty, NOW() AS updated_at`)
    const began = Date.now()
    expect(await failure(read(mappingOf({ source: { table: 'hanging' } })))).toMatch(/^timeout /)
    expect(Date.now() - began).toBeLessThan(5_000)
    expect((await read(mappingOf())).rows).toHaveLength(2)
  })

  test('a server that accepts and says nothing is given up', async () => {
    const silent = createServer(() => undefined)
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
    const at = { ...wms.connection, port }
    expect(await failure(reader.read('silent', at, mappingOf(), { cursor: null, limits }))).toMatch(
      /^(unreachable|timeout) /,
    )
    silent.close()
  })

  test.each([
    ['no-such-column', mappingOf({ columns: { quantity: ['on_hand'] } }), {}],
    ['no-such-table', mappingOf({ source: { table: 'nowhere' } }), {}],
    ['query-refused', mappingOf({ source: { query: 'SELECT 1 FROM WHERE' } }), {}],
    ['access-denied', mappingOf(), { password: 'wrong' }],
    ['unreachable', mappingOf(), { port: 1 }],
    ['tls', mappingOf(), { certificateAuthority: null }],
  ] as const)('%s is said as such, without a password', async (code, mapping, change) => {
    const at = { ...wms.connection, ...change }
    const said = await failure(reader.read(`bad-${code}`, at, mapping, { cursor: null, limits }))
    expect(said).toMatch(new RegExp(`^${code} `))
    expect(said).not.toContain(wms.connection.password)
  })

  test.each([
    'DELETE FROM stock',
    'SELECT 1; DROP TABLE stock',
    'SELECT sku INTO OUTFILE "/tmp/x" FROM stock',
    'SELECT * FROM stock FOR UPDATE',
    'SELECT * FROM stock -- all of it',
    'SELECT * FROM stock /*! FOR UPDATE */',
    'SELECT 1) AS s UNION SELECT (2',
    "SELECT 'open FROM stock",
  ])('a query that is not one SELECT is refused before it is published: %s', (query) => {
    expect(wmsMappingEntry.safeParse({ ...mappingOf(), source: { query } }).success).toBe(false)
  })

  test('a name cannot end its quotes', () => {
    for (const table of ['stock` WHERE 1; --', 'a.b.c', '', 'x'.repeat(65)])
      expect(wmsMappingEntry.safeParse({ ...mappingOf(), source: { table } }).success, table).toBe(false)
  })

  test('nothing can be written even where the user could: the transaction is read-only', async () => {
    await wms.run(`GRANT ALL ON ${wms.name}.* TO ${wms.name}@'127.0.0.1';
      CREATE FUNCTION take_all() RETURNS INT MODIFIES SQL DATA BEGIN DELETE FROM stock; RETURN 1; END`)
    const query = "SELECT 'S' AS sku, take_all() AS qty, NOW() AS updated_at"
    expect(await failure(read(mappingOf({ source: { query } })))).toMatch(/^query-refused /)
    expect((await reader.sample('test', wms.connection, mappingOf(), limits)).mayWrite).toBe(true)
    await wms.run(
      `REVOKE ALL ON ${wms.name}.* FROM ${wms.name}@'127.0.0.1'; GRANT SELECT ON ${wms.name}.* TO ${wms.name}@'127.0.0.1'`,
    )
    expect((await read(mappingOf())).rows).toHaveLength(2)
  })
})

test('a sample says which columns are missing and which there are', async () => {
  const wrong = mappingOf({ columns: { quantity: ['on_hand'] } })
  expect(await reader.sample('sample', wms.connection, wrong, limits)).toMatchObject({
    columns: ['sku', 'qty', 'updated_at'],
    missingColumns: ['on_hand'],
    rows: [],
  })
  expect((await reader.sample('sample', wms.connection, bins, limits)).rows).toMatchObject([
    { skuId: 'SKU-1', onHand: 6 },
    { skuId: '商品-甲', onHand: 4 },
    { skuId: 'SKU-1', onHand: 3 },
  ])
})

test('a warehouse whose server allows the hub two connections is read by many at once, and none of them is refused', async () => {
  const user = `${wms.name}_two`
  // Of its own, so that nobody else's connections count: the server itself refuses a third.
  await wms.run(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'only-two' WITH MAX_USER_CONNECTIONS 2;
    GRANT SELECT, SHOW VIEW ON ${wms.name}.* TO ${user}@'127.0.0.1'`)
  const busy = new WmsReader()
  const at = { ...wms.connection, user, password: 'only-two' }
  try {
    const readings = Array.from({ length: 10 }, () =>
      busy.read('busy', at, mappingOf(), { cursor: null, limits: { ...limits, seconds: 10 } }),
    )
    expect((await Promise.all(readings)).map(({ rowCount }) => rowCount)).toEqual(Array(10).fill(2))
    const { host, port, password } = at
    const others = await Promise.allSettled(
      Array.from({ length: 3 }, () => createConnection({ host, port, user, password })),
    )
    expect(others.map((each) => (each.status === 'rejected' ? each.reason.code : ''))).toContain(
      'ER_USER_LIMIT_REACHED',
    )
    for (const each of others) if (each.status === 'fulfilled') await each.value.end()
  } finally {
    await busy.close()
    await wms.run(`DROP USER ${user}@'127.0.0.1'`)
  }
})

test('the connection is encrypted', async () => {
  const query =
    "SELECT 'TLS' AS sku, LENGTH(variable_value) AS qty, NOW() AS updated_at FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"
  const { rows } = await read(mappingOf({ source: { query } }))
  expect(rows[0]?.onHand).toBeGreaterThan(5)
})
