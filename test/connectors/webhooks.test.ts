import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  AddressRefusedError,
  checkReceiverUrl,
  parseAllowedTargets,
} from '../../connectors/webhooks/address.ts'
import { createWebhookSender } from '../../connectors/webhooks/sender.ts'
import { startReceiver, verifies } from '../support/webhook-receiver.ts'

const secretOf = (letter: string) => `whsec_${Buffer.alloc(32, letter).toString('base64')}`
const LOOPBACK = parseAllowedTargets('127.0.0.0/8')
const NOTHING = parseAllowedTargets('')

let receiver: Awaited<ReturnType<typeof startReceiver>>
let url: string
beforeAll(async () => {
  receiver = await startReceiver()
  url = `${receiver.url}/hook`
})
afterAll(() => receiver.close())
beforeEach(() => receiver.reset())

const message = { id: 'evt_1', body: '{"type":"order.paid","名":"中文"}', secrets: [secretOf('a')] }

describe('a webhook', () => {
  const sender = createWebhookSender({ allowed: LOOPBACK, timeoutMs: 400 })
  afterAll(() => sender.close())

  test('arrives as JSON with id, time and a signature that a receiver verifies with code of its own', async () => {
    expect(await sender.send({ ...message, url })).toMatchObject({ status: 204, error: null })
    const [first] = receiver.heard
    expect(first?.body).toBe(message.body)
    expect(first?.headers).toMatchObject({ 'webhook-id': 'evt_1', 'content-type': 'application/json' })
    expect(Math.abs(Number(first?.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5)
    expect(first && verifies(first, secretOf('a'))).toBe(true)
    expect(first && verifies(first, secretOf('b'))).toBe(false)
    expect(first && verifies({ ...first, body: `${first.body} ` }, secretOf('a'))).toBe(false)
  })

  test('is signed with every secret of a rotation, so that a receiver with either one accepts it', async () => {
    await sender.send({ ...message, url, secrets: [secretOf('n'), secretOf('o')] })
    const [first] = receiver.heard
    expect(first && [verifies(first, secretOf('n')), verifies(first, secretOf('o'))]).toEqual([true, true])
  })

  test('does not follow a redirection', async () => {
    receiver.answer = ({ path }, response) =>
      path === '/hook' ? response.writeHead(307, { location: '/other' }).end() : response.end()
    expect(await sender.send({ ...message, url })).toMatchObject({ status: 307, error: 'answered 307' })
    expect(receiver.heard).toHaveLength(1)
  })

  test.each([
    ['17', 17],
    [new Date(Date.now() + 100_000).toUTCString(), 100],
    [new Date(Date.now() - 100_000).toUTCString(), 0],
    ['soon', null],
    ['-5', null],
  ])('reads Retry-After %s', async (header, seconds) => {
    receiver.answer = (_heard, response) => response.writeHead(429, { 'retry-after': header }).end()
    const { retryAfterSeconds } = await sender.send({ ...message, url })
    if (seconds === null) expect(retryAfterSeconds).toBeNull()
    else expect(Math.abs((retryAfterSeconds ?? -9) - seconds)).toBeLessThanOrEqual(2)
  })

  test('that nobody answers ends at the time limit', async () => {
    receiver.answer = () => undefined
    expect(await sender.send({ ...message, url })).toMatchObject({
      status: null,
      error: 'no answer within 0.4 s',
    })
  })

  test.each([
    ['never ends', (response: ServerResponse) => void response.writeHead(200).write('a')],
    ['is a megabyte', (response: ServerResponse) => void response.writeHead(200).end('x'.repeat(1_048_576))],
    [
      'breaks off',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '10' }).write('a')
        response.socket?.destroySoon()
      },
    ],
  ])('counts by its status where the body of the answer %s', async (_, reply) => {
    receiver.answer = (_heard, response) => reply(response)
    const { status, milliseconds } = await sender.send({ ...message, url })
    expect(status).toBe(200)
    expect(milliseconds).toBeLessThan(2_000)
  })

  test('is sent once more when a kept connection was closed just then', async () => {
    await sender.send({ ...message, url })
    let dropped = false
    receiver.answer = (_heard, response, request) => {
      if (dropped) return response.writeHead(204).end()
      dropped = true
      return request.socket.resetAndDestroy()
    }
    expect(await sender.send({ ...message, url })).toMatchObject({ status: 204 })
  })
})

describe('an address that is not public', () => {
  test.each([
    'http://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://192.0.2.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd12:3456::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001::1]/',
    'https://[ff02::1]/',
    'http://8.8.8.8/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'https://user:secret@8.8.8.8/',
    'https://8.8.8.8/#part',
    'not a URL',
  ])('%s is refused', (text) => {
    expect(() => checkReceiverUrl(text, NOTHING)).toThrow(AddressRefusedError)
  })

  test.each(['https://8.8.8.8/hook', 'https://[2400:3200::1]:8443/hook', 'https://erp.example.com/'])(
    '%s is not one',
    (text) => expect(checkReceiverUrl(text, NOTHING).href).toBe(text),
  )

  test('is called where configuration names its range or its host, over http too', () => {
    expect(() => checkReceiverUrl('http://127.0.0.1:1/', LOOPBACK)).not.toThrow()
    expect(() => checkReceiverUrl('http://[::ffff:127.0.0.1]/', LOOPBACK)).not.toThrow()
    expect(() => checkReceiverUrl('http://10.0.0.1/', LOOPBACK)).toThrow()
    expect(() => checkReceiverUrl('http://[fd00::7]/', parseAllowedTargets('fd00::/8'))).not.toThrow()
  })

  test.each(['1.2.3.4.5/8', '10.0.0.0/33', 'a b', 'http://erp', '*'])('%s is no entry of the list', (entry) =>
    expect(() => parseAllowedTargets(`127.0.0.1,${entry}`)).toThrow('neither'),
  )

  test('behind a public name is not called, and nothing is sent to it', async () => {
    const name = new URL(url)
    name.hostname = 'erp.example.com'
    const sender = createWebhookSender({
      allowed: NOTHING,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    expect(await sender.send({ ...message, url: name.href })).toMatchObject({
      status: null,
      error: 'erp.example.com is not a public address (loopback)',
    })
    expect(receiver.heard).toEqual([])
    sender.close()
  })

  test('among several of one name keeps all of them from being called', async () => {
    const sender = createWebhookSender({
      allowed: NOTHING,
      resolve: async () => [
        { address: '8.8.8.8', family: 4 },
        { address: '::1', family: 6 },
      ],
    })
    const { error } = await sender.send({ ...message, url: 'https://erp.example.com/' })
    expect(error).toContain('is not a public address')
    sender.close()
  })

  test('cannot be slipped in by a second look-up: the address that was judged is the one that is called', async () => {
    const name = new URL(url)
    name.hostname = 'erp.example.com'
    let lookups = 0
    const sender = createWebhookSender({
      allowed: parseAllowedTargets('127.0.0.0/8'),
      // A name server that turns around: allowed the first time, something else ever after.
      resolve: async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '10.255.255.1', family: 4 }],
    })
    expect(await sender.send({ ...message, url: name.href })).toMatchObject({ status: 204 })
    expect(lookups).toBe(1)
    sender.close()
  })

  test('of a host that configuration names is called by that name only', async () => {
    const options = {
      allowed: parseAllowedTargets('erp.internal'),
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    }
    const sender = createWebhookSender(options)
    const named = new URL(url)
    named.hostname = 'erp.internal'
    expect(await sender.send({ ...message, url: named.href })).toMatchObject({ status: 204 })
    named.hostname = 'evil.internal'
    expect(await sender.send({ ...message, url: named.href })).toMatchObject({ status: null })
    sender.close()
  })
})
