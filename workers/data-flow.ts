import type { Logger } from 'pino'
import { lagTargetsOf } from '../connectors/channels/calls.ts'
import type { ChannelConnectors } from '../connectors/channels/channel.ts'
import { reconciledWith } from '../connectors/counterparts.ts'
import type { Config } from '../contracts/config.ts'
import { STATEMENT_GIVERS } from '../domain/flow-map.ts'
import type { Db } from '../store/database.ts'
import type { OutsideSystems } from '../store/flow-configuration.ts'
import { dueWatch, watchFlows } from '../store/flow-watch.ts'
import type { Policies } from '../store/policy-cache.ts'
import { Loop } from './loop.ts'

/** How fresh the map is. A round reads what waits, what was settled since, and nothing of the past. */
const EVERY_SECONDS = 15
/** A process asks more often whether it is its turn, so that one that dies leaves no gap. */
const IDLE_MS = 5_000

type Deps = { db: Db; config: Config; connectors: ChannelConnectors; policies: Policies; logger: Logger }

/** Looks at what flows between the systems. May run in any number of processes; one at a time looks. */
export function createDataFlowLoop({ db, config, connectors, policies, logger }: Deps): Loop {
  return new Loop('data-flow', {
    round: async () => {
      const now = await dueWatch(db, EVERY_SECONDS)
      if (!now) return 0
      const { document } = await policies.current(db, 'health-score')
      await watchFlows(db, {
        outside: outsideSystemsOf(config, connectors, document.syncTargetSeconds),
        policy: await policies.current(db, 'data-flow'),
        now,
      })
      return 0
    },
    idleMs: IDLE_MS,
    logger,
  })
}

/** What the settings and the connectors say of the systems around the hub. */
export function outsideSystemsOf(
  config: Config,
  connectors: ChannelConnectors,
  ownTargets: Parameters<typeof lagTargetsOf>[1],
): OutsideSystems {
  const targets = lagTargetsOf(connectors, ownTargets)
  return {
    feedOf: (platform) => {
      const connector = connectors[platform]
      if (!connector) return null
      const { push, pull } = targets(platform)
      return {
        channel: connector.channel,
        pushTargetSeconds: push,
        pullTargetSeconds: pull,
        pullIntervalSeconds: connector.limits.pullEverySeconds,
      }
    },
    listingChannels: config.MALL_URL ? ['mall'] : [],
    courierPushSources: config.KUAIDI100_CALLBACK_URL ? ['kuaidi100'] : [],
    statementsOf: STATEMENT_GIVERS.filter((giver) => reconciledWith(config).includes(giver)),
    messageWays: [
      ...(config.SMS_PROVIDER ? ['sms'] : []),
      ...(config.WECHAT_APP_ID ? ['wechat'] : []),
      ...(config.WECHAT_OFFICIAL_APP_ID ? ['wechat_template'] : []),
    ],
    hasErp: config.ERP_KIND !== undefined,
    sendsAlerts: config.WECOM_ROBOT_KEY !== undefined,
    sendsCards: config.WECOM_CORP_ID !== undefined,
  }
}
