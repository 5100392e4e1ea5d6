/**
 * How the twelve warehouses keep their stock: three systems that nobody would have built alike, and steps at which the
 * units leave the number.
 */
type WmsShape = 'sku' | 'bins' | 'log'
export type WmsStep = 'pick' | 'pack' | 'dispatch'
export type Statement = { sql: string; values: (string | number)[] }

export const WMS_WAREHOUSES: Record<string, { database: string; shape: WmsShape; fallsAt: WmsStep }> = {
  'WH-HZ': { database: 'wms_hz', shape: 'sku', fallsAt: 'pack' },
  'WH-SH': { database: 'wms_sh', shape: 'bins', fallsAt: 'pick' },
  'WH-GZ': { database: 'wms_gz', shape: 'log', fallsAt: 'pack' },
  'WH-FS': { database: 'wms_fs', shape: 'sku', fallsAt: 'pick' },
  'WH-BJ': { database: 'wms_bj', shape: 'bins', fallsAt: 'pack' },
  'WH-TJ': { database: 'wms_tj', shape: 'log', fallsAt: 'pick' },
  'WH-WH': { database: 'wms_wh', shape: 'sku', fallsAt: 'dispatch' },
  'WH-ZZ': { database: 'wms_zz', shape: 'bins', fallsAt: 'pack' },
  'WH-CD': { database: 'wms_cd', shape: 'log', fallsAt: 'dispatch' },
  'WH-CQ': { database: 'wms_cq', shape: 'sku', fallsAt: 'pack' },
  'WH-XA': { database: 'wms_xa', shape: 'bins', fallsAt: 'pick' },
  'WH-SY': { database: 'wms_sy', shape: 'log', fallsAt: 'pack' },
}

/** Every step that was booked, so that one that is told twice is booked once. */
const STEPS =
  'CREATE TABLE IF NOT EXISTS booked_step (step_key VARCHAR(190) PRIMARY KEY, booked_at DATETIME(3))'

const TABLES: Record<WmsShape, string[]> = {
  sku: [
    `CREATE TABLE IF NOT EXISTS inventory (sku_code VARCHAR(64) PRIMARY KEY, sku_name VARCHAR(200), on_hand INT NOT NULL,
      updated_at DATETIME(3) NOT NULL, KEY (updated_at))`,
  ],
  bins: [
    `CREATE TABLE IF NOT EXISTS kucun (huowei VARCHAR(20), shangpin VARCHAR(64), keyong DECIMAL(14,4) NOT NULL,
      yifenpei DECIMAL(14,4) NOT NULL, gmt_modified DATETIME NOT NULL, PRIMARY KEY (huowei, shangpin), KEY (shangpin),
      KEY (gmt_modified)) CHARACTER SET gbk`,
  ],
  log: [
    `CREATE TABLE IF NOT EXISTS stock_movement (seq BIGINT AUTO_INCREMENT PRIMARY KEY, item_no VARCHAR(64) NOT NULL,
      move_qty INT NOT NULL, balance INT NOT NULL, remark VARCHAR(60), moved_at_ms BIGINT NOT NULL, KEY (item_no, seq))`,
    `CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_stock_log AS
      SELECT seq, item_no, balance, moved_at_ms FROM stock_movement`,
  ],
}
/** Bins that a SKU's units lie in: the first is picked from until it is empty. */
const BINS = ['A-01-01', 'B-02-03', '高架-07']

export function createStatements(shape: WmsShape): string[] {
  return [STEPS, ...TABLES[shape]]
}

/** The rows of a SKU that has not been there before. */
export function fillStatements(shape: WmsShape, skuId: string, units: number): Statement[] {
  switch (shape) {
    case 'sku':
      return [
        {
          sql: 'INSERT INTO inventory VALUES (?, ?, ?, NOW(3)) ON DUPLICATE KEY UPDATE on_hand = VALUES(on_hand)',
          values: [skuId, skuId, units],
        },
      ]
    case 'bins': {
      const share = Math.max(0, Math.floor(units / BINS.length))
      return BINS.map((bin, index) => ({
        sql: 'REPLACE INTO kucun VALUES (?, ?, ?, 0, NOW())',
        values: [bin, skuId, index === 0 ? units - share * (BINS.length - 1) : share],
      }))
    }
    case 'log':
      return [
        {
          sql: 'INSERT INTO stock_movement (item_no, move_qty, balance, remark, moved_at_ms) VALUES (?, ?, ?, ?, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))',
          values: [skuId, units, units, '期初'],
        },
      ]
  }
}

/** Whether a SKU has ever been here. */
export function knownStatement(shape: WmsShape, skuId: string): Statement {
  const sql = {
    sku: 'SELECT 1 FROM inventory WHERE sku_code = ? LIMIT 1',
    bins: 'SELECT 1 FROM kucun WHERE shangpin = ? LIMIT 1',
    log: 'SELECT 1 FROM stock_movement WHERE item_no = ? LIMIT 1',
  }
  return { sql: sql[shape], values: [skuId] }
}

/** Units that come (positive) or go. Below nothing where the office enters late what was picked already. */
export function moveStatements(shape: WmsShape, skuId: string, delta: number): Statement[] {
  switch (shape) {
    case 'sku':
      return [
        {
          sql: 'UPDATE inventory SET on_hand = on_hand + ?, updated_at = NOW(3) WHERE sku_code = ?',
          values: [delta, skuId],
        },
      ]
    case 'bins':
      return delta > 0
        ? [
            {
              sql: 'UPDATE kucun SET keyong = keyong + ?, gmt_modified = NOW() WHERE shangpin = ? AND huowei = ?',
              values: [delta, skuId, BINS[0] ?? ''],
            },
          ]
        : takeFromBins(skuId, -delta)
    case 'log':
      return [
        {
          sql: `INSERT INTO stock_movement (item_no, move_qty, balance, remark, moved_at_ms)
            SELECT item_no, ?, balance + ?, ?, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) FROM stock_movement
            WHERE item_no = ? ORDER BY seq DESC LIMIT 1`,
          values: [delta, delta, delta > 0 ? '入库' : '出库', skuId],
        },
      ]
  }
}

/** One bin after the other, each as far as it goes. */
function takeFromBins(skuId: string, units: number): Statement[] {
  const start: Statement = { sql: 'SET @rest = ?', values: [units] }
  const take = BINS.flatMap((bin): Statement[] => [
    {
      sql: 'SET @taken = GREATEST(0, LEAST(@rest, COALESCE((SELECT keyong FROM kucun WHERE shangpin = ? AND huowei = ?), 0)))',
      values: [skuId, bin],
    },
    {
      sql: 'UPDATE kucun SET keyong = keyong - @taken, gmt_modified = NOW() WHERE shangpin = ? AND huowei = ? AND @taken > 0',
      values: [skuId, bin],
    },
    { sql: 'SET @rest = @rest - @taken', values: [] },
  ])
  const owe: Statement = {
    sql: 'UPDATE kucun SET keyong = keyong - @rest, gmt_modified = NOW() WHERE shangpin = ? AND huowei = ? AND @rest > 0',
    values: [skuId, BINS[0] ?? ''],
  }
  return [start, ...take, owe]
}
