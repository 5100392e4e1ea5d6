import type { Scan } from '../story.ts'
import type { CourierAccounts } from './courier-accounts.ts'
import { createDoudian } from './doudian/index.ts'
import { createJd } from './jd/index.ts'
import { createKuaidi100Platform } from './kuaidi100/index.ts'
import { createMall } from './mall/index.ts'
import type { Market } from './market.ts'
import type { Mischief } from './mischief.ts'
import type { OidcAccount } from './oidc/account.ts'
import { createOidc } from './oidc/index.ts'
import { createPinduoduo } from './pinduoduo/index.ts'
import type { OutsidePlatform } from './platform.ts'
import { createSfPlatform } from './sf/index.ts'
import { createAliyunSmsPlatform } from './sms/aliyun.ts'
import { createTencentSmsPlatform } from './sms/tencent.ts'
import { createTaobao } from './taobao/index.ts'
import { createWechat } from './wechat/index.ts'
import type { WecomAccount } from './wecom/account.ts'
import { createWecom } from './wecom/index.ts'

export type PlatformOptions = {
  market: Market
  mischiefOf: (name: string) => Mischief
  seed: string
  now: () => number
  log: (line: string) => void
  /** What the couriers know of a parcel. */
  parcel: (waybillNumber: string) => Scan[] | 'unreachable' | undefined
  courierAccounts: CourierAccounts
  wecomAccount: WecomAccount
  oidcAccount: OidcAccount
  courierPushes?: { lookEveryMs: number; retryAfterMs: number }
  /** Where platforms push to; without it they push nothing over HTTP. */
  hubApi?: string
  /** What ends the address that SMS providers report to; without it they are only asked. */
  smsReportSecret?: string
  /** After how long a message over a long connection is sent again when it is not confirmed; each platform has its own. */
  redeliverAfterMs?: number
}

/** Every platform, courier and messenger outside; each has a file or a folder of its own here. */
export function createPlatforms(options: PlatformOptions): OutsidePlatform[] {
  return [
    createTaobao(options),
    createDoudian(options),
    createJd(options),
    createPinduoduo(options),
    createKuaidi100Platform(options),
    createSfPlatform(options),
    createMall(options),
    createWechat(options),
    createWecom(options),
    createOidc(options),
    createAliyunSmsPlatform(options),
    createTencentSmsPlatform(options),
  ]
}
