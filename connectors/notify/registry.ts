import type { Config } from '../../contracts/config.ts'
import { createAliyunSms } from './aliyun-sms.ts'
import type { Notifier } from './notifier.ts'
import { createTencentSms } from './tencent-sms.ts'
import { createWechatMessages, createWechatTemplates } from './wechat-message.ts'

/** The providers that are configured, one a way at most. */
export function createNotifiers(config: Config): Notifier[] {
  return [smsOf(config), wechatOf(config), wechatTemplateOf(config)].filter((notifier) => notifier !== null)
}

function smsOf(config: Config): Notifier | null {
  const {
    SMS_PROVIDER: provider,
    SMS_KEY_ID: keyId,
    SMS_KEY_SECRET: secret,
    SMS_SIGN_NAME: signName,
  } = config
  if (!provider || !keyId || !secret || !signName) return null
  if (provider === 'tencent') {
    return createTencentSms({
      url: config.SMS_URL ?? 'https://sms.tencentcloudapi.com',
      secretId: keyId,
      secretKey: secret,
      // The configuration is not read without it.
      sdkAppId: config.SMS_APP_ID ?? '',
      signName,
      region: config.SMS_REGION,
    })
  }
  return createAliyunSms({
    url: config.SMS_URL ?? 'https://dysmsapi.aliyuncs.com',
    accessKeyId: keyId,
    accessKeySecret: secret,
    signName,
  })
}

function wechatOf({ WECHAT_URL: gatewayUrl, WECHAT_APP_ID: appId, WECHAT_APP_SECRET: appSecret }: Config) {
  return appId && appSecret ? createWechatMessages({ gatewayUrl, appId, appSecret }) : null
}

function wechatTemplateOf(config: Config): Notifier | null {
  const {
    WECHAT_URL: gatewayUrl,
    WECHAT_OFFICIAL_APP_ID: appId,
    WECHAT_OFFICIAL_APP_SECRET: appSecret,
  } = config
  return appId && appSecret ? createWechatTemplates({ gatewayUrl, appId, appSecret }) : null
}
