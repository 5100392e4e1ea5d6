import { courierAccountsOf, readSimulatorConfig, wmsOf } from './config.ts'
import { startSimulator } from './server.ts'

const config = readSimulatorConfig(process.env)
const wms = wmsOf(config)
const simulator = await startSimulator({
  host: config.SIMULATOR_HOST,
  port: config.SIMULATOR_PORT,
  secret: config.OUTSIDE_SECRET,
  seed: config.SIMULATOR_SEED,
  redeliverAfterMs: config.SIMULATOR_REDELIVER_SECONDS * 1000,
  pickingSeconds: config.SIMULATOR_PICKING_SECONDS,
  deliverySeconds: config.SIMULATOR_DELIVERY_SECONDS,
  couriers: config.SIMULATOR_COURIERS.split(','),
  courierAccounts: courierAccountsOf(config),
  ...(config.SIMULATOR_ERP_SECRET === undefined ? {} : { erpSecret: config.SIMULATOR_ERP_SECRET }),
  ...(config.SIMULATOR_FINANCE_SECRET === undefined
    ? {}
    : { financeSecret: config.SIMULATOR_FINANCE_SECRET }),
  ...(config.SIMULATOR_CRM_SECRET === undefined ? {} : { crmSecret: config.SIMULATOR_CRM_SECRET }),
  ...(config.SIMULATOR_WECOM_SECRET === undefined ? {} : { wecomSecret: config.SIMULATOR_WECOM_SECRET }),
  ...(config.SIMULATOR_OIDC_SECRET === undefined ? {} : { oidcSecret: config.SIMULATOR_OIDC_SECRET }),
  ...(config.SIMULATOR_SMS_REPORT_SECRET === undefined
    ? {}
    : { smsReportSecret: config.SIMULATOR_SMS_REPORT_SECRET }),
  log: (line) => console.log(`${new Date().toISOString()} ${line}`),
  ...(config.HUB_API === undefined ? {} : { hubApi: config.HUB_API }),
  ...(config.SIMULATOR_STATE === undefined ? {} : { stateFile: config.SIMULATOR_STATE }),
  ...(config.SIMULATOR_WAREHOUSE === 'auto' && config.HUB_API && config.HUB_WAREHOUSE_KEY
    ? { warehouse: { hubApi: config.HUB_API, apiKey: config.HUB_WAREHOUSE_KEY } }
    : {}),
  ...(wms === undefined ? {} : { wms }),
})
console.log(`The simulated outside world listens on ${simulator.url}`)

async function stop(): Promise<void> {
  await simulator.close()
  process.exit(0)
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
