import type { Logger } from 'pino'
import { createGroupRobot } from '../connectors/wecom/robot.ts'
import type { Config } from '../contracts/config.ts'
import type { Db } from '../store/database.ts'
import { Loop } from './loop.ts'
import { RobotAlerts } from './robot-alerts.ts'

const IDLE_MS = 1_000

/** What goes to WeCom, as far as it is configured. Each loop may run in any number of processes. */
export function createWecomLoops({ db, config, logger }: { db: Db; config: Config; logger: Logger }): Loop[] {
  const { WECOM_ROBOT_KEY: key, WECOM_URL: gatewayUrl } = config
  if (!key) return []
  const alerts = new RobotAlerts({ db, robot: createGroupRobot({ gatewayUrl, key }), logger })
  return [new Loop('wecom-robot', { round: () => alerts.runOnce(), idleMs: IDLE_MS, logger })]
}
