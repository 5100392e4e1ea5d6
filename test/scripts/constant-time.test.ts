import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const sources = ['api', 'connectors'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
)

/** What somebody outside would have to guess, by the end of its name. */
const SECRET = /(sign|signature|signOf|secret|token|hmac|hash|digest|sha256|password)$/i
/** A name with its members, or a call: `account.token`, `signOf(body, secret)`, `hash.digest('hex')`. */
const CALL = String.raw`\((?:[^()]|\([^()]*\))*\)`
const OPERAND = String.raw`[\w$]+(?:${CALL})?(?:\??\.[\w$]+(?:${CALL})?)*`
const COMPARED = [
  new RegExp(String.raw`(${OPERAND})\s*[!=]==?\s*(${OPERAND})`, 'g'),
  new RegExp(String.raw`(${OPERAND})\.(?:equals|localeCompare)\((${OPERAND})\)`, 'g'),
]

/** Named for a secret anywhere but inside a call's brackets. */
const isSecret = (operand: string) =>
  operand
    .replace(new RegExp(CALL, 'g'), '')
    .split(/\??\./)
    .some((name) => SECRET.test(name))
/** Whether something is there at all, or is a constant of the code, tells nobody anything. */
const isOpen = (operand: string) => /^(undefined|null|true|false|typeof|\d+|[A-Z][A-Z\d_]*)$/.test(operand)

function comparisonsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return COMPARED.flatMap((pattern) => [...code.matchAll(pattern)]).flatMap(([all, left = '', right = '']) =>
    (isSecret(left) || isSecret(right)) && !isOpen(left) && !isOpen(right) ? [all] : [],
  )
}

test('secrets and signatures are compared in constant time: by timingSafeEqual, never by ===', () => {
  const found = sources.flatMap((name) =>
    comparisonsOf(readFileSync(join(root, name), 'utf8')).map((comparison) => `${name}: ${comparison}`),
  )
  expect(found.toSorted()).toEqual([
    // Of a photograph, which says whether it is the same file: whoever sends it has it.
    "api/routes/inspection-photos.ts: createHash('sha256').update(file).digest('hex') === sha256",
    'api/routes/inspection-photos.ts: sent.originalSha256 !== sha256',
    // The hub's own token and the one that it used: nobody outside gives either.
    'connectors/wechat/token.ts: held?.token !== token',
    'connectors/wecom/token.ts: known.token !== refused',
  ])
})

test.each([
  'if (signature === expected) accept()',
  'return given == signOf(body, secretOf(shop))',
  "accepted = createHmac('sha256', key).update(body).digest('hex') !== given",
  'headers.sign.equals(expected)',
  'account.accessToken !== request.headers.get(name)',
])('which is seen in: %s', (code) => {
  expect(comparisonsOf(code)).toHaveLength(1)
})

test.each([
  'if (token === undefined) return',
  'secret !== null && names.length === 3',
  'timingSafeEqual(digest(secret), digest(given))',
  'code === SESSION_TOKEN',
])('and not in: %s', (code) => {
  expect(comparisonsOf(code)).toEqual([])
})
