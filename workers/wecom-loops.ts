import type { Logger } from 'pino'
import { createWecomClient } from '../connectors/wecom/app.ts'
import { createGroupRobot } from '../connectors/wecom/robot.ts'
import { createWecomToken, type WecomApp } from '../connectors/wecom/token.ts'
import type { Config } from '../contracts/config.ts'
import { syncChangeCards } from '../store/change-cards.ts'
import type { Db } from '../store/database.ts'
import { queueInspectionNotes } from '../store/inspection-notes.ts'
import type { KeyRing } from '../store/keyring.ts'
import { MobileLinks } from '../store/mobile-links.ts'
import { wecomTokenShelf } from '../store/wecom-token.ts'
import { DeliverySender } from './delivery-sender.ts'
import { Loop } from './loop.ts'
import { RobotAlerts } from './robot-alerts.ts'
import { wecomCardTarget } from './wecom-cards.ts'

const IDLE_MS = 1_000
const CARDS_A_ROUND = 100

type Deps = { db: Db; config: Config; keyRing: KeyRing; logger: Logger }

/** What goes to WeCom, as far as it is configured. Each loop may run in any number of processes. */
export function createWecomLoops(deps: Deps): Loop[] {
  return [robotLoop(deps), ...cardLoops(deps)].filter((loop) => loop !== null)
}

function robotLoop({ db, config, logger }: Deps): Loop | null {
  const { WECOM_ROBOT_KEY: key, WECOM_URL: gatewayUrl } = config
  if (!key) return null
  const alerts = new RobotAlerts({ db, robot: createGroupRobot({ gatewayUrl, key }), logger })
  return new Loop('wecom-robot', { round: () => alerts.runOnce(), idleMs: IDLE_MS, logger })
}

function cardLoops({ db, config, keyRing, logger }: Deps): Loop[] {
  const app = appOf(config)
  if (!app) return []
  const client = createWecomClient(app, createWecomToken(app, wecomTokenShelf(db, keyRing, app)))
  const links = new MobileLinks({ db, secret: config.SESSION_SECRET })
  const target = wecomCardTarget({ client, links, pageUrl: config.WECOM_PAGE_URL })
  const sender = new DeliverySender({ db, target })
  return [
    new Loop('change-cards', { round: () => syncChangeCards(db, CARDS_A_ROUND), idleMs: IDLE_MS, logger }),
    new Loop('inspection-notes', {
      round: () => queueInspectionNotes(db, CARDS_A_ROUND),
      idleMs: IDLE_MS,
      logger,
    }),
    new Loop('wecom-cards', { round: () => sender.runOnce(), idleMs: IDLE_MS, logger }),
  ]
}

function appOf(config: Config): WecomApp | null {
  const {
    WECOM_URL: gatewayUrl,
    WECOM_CORP_ID: corpId,
    WECOM_AGENT_ID: agentId,
    WECOM_SECRET: secret,
  } = config
  return corpId && agentId && secret ? { gatewayUrl, corpId, agentId, secret } : null
}
