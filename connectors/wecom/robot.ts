import { httpCall } from '../http-call.ts'
import { readWecomAnswer } from './answer.ts'

export type GroupRobot = {
  /**
   * Says something in the robot's group. The robot knows no message again: a call whose answer was lost may have been heard.
   *
   * @throws UnreachableError, RateLimitedError (20 messages a minute), RefusedError
   */
  say: (markdown: string) => Promise<void>
}

/** A group's robot, named by the key of its webhook. https://developer.work.weixin.qq.com/document/path/91770 */
export function createGroupRobot({ gatewayUrl, key }: { gatewayUrl: string; key: string }): GroupRobot {
  const method = 'webhook/send'
  return {
    say: async (markdown) => {
      const url = new URL(`${gatewayUrl.replace(/\/$/, '')}/cgi-bin/webhook/send`)
      url.searchParams.set('key', key)
      const http = await httpCall(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ msgtype: 'markdown', markdown: { content: markdown } }),
      })
      readWecomAnswer(method, http)
    },
  }
}
