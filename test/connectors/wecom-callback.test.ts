import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buttonReply, openEvent, openVerification } from '../../connectors/wecom/callback.ts'
import { sealCallback, signCallback } from '../../connectors/wecom/crypto.ts'
import { readXml, UnreadableXmlError } from '../../connectors/wecom/xml.ts'
import { unseal } from '../../simulator/platforms/wecom/seal.ts'
import { callbackApp as app, callbackOf, clickXml, WECOM } from '../support/wecom.ts'

const now = new Date('2026-11-28T03:00:00Z')
const seconds = now.getTime() / 1_000
const open = (xml: string, change: Partial<Parameters<typeof callbackOf>[1]> = {}) => {
  const { query, body } = callbackOf(xml, { seconds, ...change })
  return openEvent(query, Buffer.from(body), app, now)
}

describe('a callback of WeCom', () => {
  it('that is genuine says who pressed which button of which card', () => {
    expect(open(clickXml({ seconds }))).toEqual({
      kind: 'click',
      click: {
        taskId: 'card_1',
        memberId: 'wang.fang',
        buttonKey: 'approve',
        clickedAtSeconds: seconds,
        responseCode: 'CODE-1',
      },
    })
  })

  it('with any byte of its body changed is refused', () => {
    const { query, body } = callbackOf(clickXml({ seconds }), { seconds })
    const bytes = Buffer.from(body)
    const start = bytes.indexOf('<Encrypt>') + '<Encrypt><![CDATA['.length
    const end = bytes.indexOf(']]></Encrypt>')
    fc.assert(
      fc.property(fc.integer({ min: start, max: end - 1 }), fc.integer({ min: 33, max: 126 }), (at, byte) => {
        fc.pre(bytes[at] !== byte)
        const altered = Buffer.from(bytes)
        altered[at] = byte
        expect(openEvent(query, altered, app, now).kind).toBe('refused')
      }),
    )
  })

  it.each([
    ['signed with another token', { token: 'other' }],
    ['sealed for another corp', { receiveId: 'ww0000' }],
    ['of five minutes and a second ago', { seconds: seconds - 301 }],
    ['of five minutes and a second ahead', { seconds: seconds + 301 }],
  ])('that is %s is refused', (_, change) => {
    expect(open(clickXml({ seconds }), change)).toMatchObject({ kind: 'refused' })
  })

  it.each([
    ['an old event under a new signature', clickXml({ seconds: seconds - 301 })],
    ['another corp', clickXml({ seconds, corpId: 'ww0000' })],
    ['another app of the corp', clickXml({ seconds, agentId: '1000003' })],
    ['a task id that nobody gave', clickXml({ seconds, taskId: "card_1' or 1=1" })],
    [
      'a member with two names',
      clickXml({ seconds }).replace('<FromUserName>', '<FromUserName>x</FromUserName><FromUserName>'),
    ],
    ['no member', clickXml({ seconds, memberId: '' })],
    ['no time', clickXml({ seconds }).replace(/<CreateTime>.*<\/CreateTime>/, '')],
    ['a document type', `<!DOCTYPE xml [<!ENTITY a "approve">]>${clickXml({ seconds })}`],
    ['an entity', clickXml({ seconds }).replace('<![CDATA[approve]]>', '&approve;')],
    ['a number of a character', clickXml({ seconds }).replace('<![CDATA[approve]]>', '&#97;pprove')],
    ['no XML', 'approve'],
    ['nothing', ''],
  ])('whose message has %s is refused', (_, xml) => {
    expect(open(xml)).toMatchObject({ kind: 'refused' })
  })

  it.each([
    ['nothing', ''],
    ['no XML', '{"Encrypt": "x"}'],
    ['no envelope', '<xml><a>1</a></xml>'],
    [
      'an entity that grows',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
    ],
    [
      'a file of ours',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    ],
    ['a comment', '<xml><!-- x --><Encrypt>x</Encrypt></xml>'],
    ['a prototype', '<xml><__proto__>1</__proto__><Encrypt>x</Encrypt></xml>'],
    ['deep nesting', `<xml>${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}</xml>`],
    ['more than anybody sends', `<xml><Encrypt>${'A'.repeat(70_000)}</Encrypt></xml>`],
  ])('whose body is %s is refused', (_, body) => {
    const { query } = callbackOf(clickXml({ seconds }), { seconds })
    expect(openEvent(query, Buffer.from(body), app, now)).toMatchObject({ kind: 'refused' })
  })

  it('with a broken query or broken UTF-8 is refused', () => {
    const { query, body } = callbackOf(clickXml({ seconds }), { seconds })
    for (const broken of [null, {}, { ...query, nonce: ['a', 'b'] }, { ...query, timestamp: 'now' }])
      expect(openEvent(broken, Buffer.from(body), app, now)).toMatchObject({ kind: 'refused' })
    expect(openEvent(query, Buffer.from([0xff, 0xfe]), app, now)).toMatchObject({ kind: 'refused' })
  })

  it('of another event is genuine, and nothing to do', () => {
    const xml = clickXml({ seconds }).replace('template_card_event', 'enter_agent')
    expect(open(xml)).toEqual({ kind: 'other', what: 'event enter_agent' })
  })

  it('is answered in a form that WeCom can open, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (text) => {
        const read = (xml: string) => readXml(xml) as Record<string, string>
        const reply = read(buttonReply({ memberId: 'wang.fang', text }, app, now))
        const { Encrypt = '', TimeStamp = '', Nonce = '', MsgSignature } = reply
        expect(signCallback([app.token, TimeStamp, Nonce, Encrypt])).toBe(MsgSignature)
        const inner = unseal(Encrypt, WECOM) ?? ''
        expect(inner).toContain('<MsgType><![CDATA[update_button]]></MsgType>')
        expect(inner).toContain(`<ReplaceName><![CDATA[${text.replaceAll(']]>', ']] >')}]]></ReplaceName>`)
      }),
    )
  })
})

describe('the check of the callback’s address', () => {
  const verification = (change: object = {}) => {
    const echostr = sealCallback('1616140317555161061', app)
    const [timestamp, nonce] = [String(seconds), 'n']
    const signature = signCallback([app.token, timestamp, nonce, echostr])
    return { msg_signature: signature, timestamp, nonce, echostr, ...change }
  }

  it('gets the text that it sealed', () => {
    expect(openVerification(verification(), app, now)).toEqual({
      kind: 'verified',
      echo: '1616140317555161061',
    })
  })

  it('gets nothing when it is altered, old or incomplete', () => {
    for (const change of [
      { echostr: sealCallback('other', app) },
      { timestamp: String(seconds + 1) },
      { msg_signature: '0'.repeat(40) },
      { echostr: '' },
      { nonce: undefined },
    ])
      expect(openVerification(verification(change), app, now)).toMatchObject({ kind: 'refused' })
    const later = new Date(now.getTime() + 301_000)
    expect(openVerification(verification(), app, later)).toMatchObject({ kind: 'refused' })
  })
})

describe('XML of WeCom', () => {
  it('is read as it stands: text is text, also where it looks like a number or a tag', () => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><xml><A>007</A><B><![CDATA[<b>&amp;</b>]]></B><C></C></xml>'
    expect(readXml(xml)).toEqual({ A: '007', B: '<b>&amp;</b>', C: '' })
  })

  it('never ends in anything but an object or a refusal', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '<',
            '>',
            '/',
            'xml',
            '<xml>',
            '</xml>',
            '![CDATA[',
            ']]>',
            '&',
            ';',
            'a',
            ' ',
            '?',
            '"',
            '=',
          ),
        }),
        (text) => {
          try {
            expect(typeof readXml(text)).toBe('object')
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableXmlError)
          }
        },
      ),
    )
  })
})
