import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkConformance, readVectors, VectorFileError } from '../../connectors/conformance.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const published = join(root, 'test/connectors/vectors/published.json')
const documented = join(root, 'test/connectors/vectors/documented.json')

describe('vectors of protocols', () => {
  it.each([published, documented])('of %s are what the connectors’ own functions compute', async (file) => {
    const results = readVectors(await readFile(file, 'utf8')).map((entry) => checkConformance(entry))
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(results.length).toBeGreaterThan(1)
  })

  it('fail where one character of what is expected differs', async () => {
    for (const entry of readVectors(await readFile(published, 'utf8'))) {
      const altered = JSON.parse(JSON.stringify(entry).replace(/"expected":("|\{"[^"]+":")(.)/, alter))
      expect(checkConformance(altered)).toMatchObject({ ok: false })
    }
  })

  const seal = {
    system: 'wecom',
    secret: { token: 'QDG6eK', encodingAESKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' },
  }
  const sealed = 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=='

  it.each([
    [
      'a plain text for the plaintext',
      { kind: 'decrypt', input: { encrypt: sealed }, expected: '1616140317555161061' },
    ],
    [
      'another spelling of the names',
      {
        kind: 'decrypt',
        input: { Encrypt: sealed },
        secret: { encoding_aes_key: seal.secret.encodingAESKey },
        expected: { receive_id: 'wx5823bf96d3bd56c7', message: '1616140317555161061' },
      },
    ],
    [
      'another name of the system and the kind',
      {
        system: 'wecom-app',
        kind: 'aes-decrypt',
        input: { encrypt: sealed },
        expected: '1616140317555161061',
      },
    ],
    [
      'a message that was sealed, as WeChat calls it',
      {
        system: 'wechat-mp',
        kind: 'encrypt',
        input: { random: 'aaaabbbbccccdddd', message: '我是中文abcd123', appid: 'wxb11529c136998cb6' },
        secret: { encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
        expected: 'jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==',
      },
    ],
  ])('may say it with %s', (_, vector) => {
    expect(checkConformance({ id: 'a', ...seal, ...vector })).toMatchObject({ ok: true })
  })

  it.each([
    ['no object', 5],
    ['no input', { id: 'a', system: 'wecom', kind: 'decrypt' }],
    ['an unknown system', { id: 'a', system: 'ebay', kind: 'sign', input: {}, expected: '' }],
    ['what its check cannot read', { id: 'a', system: 'wecom', kind: 'decrypt', input: {}, expected: '' }],
  ])('with %s fail and say why', (_, vector) => {
    expect(checkConformance(vector)).toMatchObject({ ok: false, actual: expect.stringMatching(/./) })
  })

  it('are not looked for in what is no file of vectors', () => {
    for (const content of ['', 'no', '5', '{"vectors":5}', '{}']) {
      expect(() => readVectors(content)).toThrow(VectorFileError)
    }
    expect(readVectors('\uFEFF[]')).toEqual([])
  })
})

describe('npm run conformance', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['scripts/conformance.mjs', ...args], { cwd: root })
    const [output, error, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    return { output, error, code }
  }

  it('prints a line for each vector, and fails if one does', async () => {
    expect(await run(documented)).toMatchObject({
      code: 0,
      output: 'ok aliyun-acs3-doc\nok tencent-tc3-doc\nok wechat-mp-encrypted-reply\n',
    })
    const wrong = join(folder, 'wrong.json')
    const [first, second] = readVectors(await readFile(documented, 'utf8'))
    await writeFile(wrong, JSON.stringify([first, { ...Object(second), expected: 'abc' }]))
    const { code, output } = await run(wrong)
    expect(code).toBe(1)
    expect(output).toMatch(
      /^ok aliyun-acs3-doc\nFAIL tencent-tc3-doc expected "abc" got "72e494ea[0-9a-f]+"\n$/,
    )
  })

  it('says what is wrong with a file that it cannot read', async () => {
    expect(await run(join(folder, 'missing.json'))).toMatchObject({ code: 2, output: '' })
    const broken = join(folder, 'broken.json')
    await writeFile(broken, '[{')
    expect(await run(broken)).toMatchObject({ code: 2, error: expect.stringContaining('it is no JSON') })
    expect((await run()).code).toBe(2)
  })

  it('has a line for each of what cannot be meant, and none for what a name pretends', async () => {
    const hostile = join(folder, 'hostile.json')
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    const vectors = [
      `{"id": "a\\nok b", "system": "doudian", "kind": "request-sign", "input": {"param_json": ${deep}}, "secret": "s", "expected": ${deep}}`,
      '{"id": "__proto__", "system": "__proto__", "kind": "constructor", "input": {}, "secret": {}, "expected": {}}',
      '[[]]',
      'null',
    ]
    await writeFile(hostile, `[${vectors.join()}]`)
    const { code, output, error } = await run(hostile)
    expect({ code, error }).toEqual({ code: 1, error: '' })
    expect(output.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^FAIL a\\nok b expected something that is nested too deeply/),
      expect.stringMatching(/^FAIL __proto__ /),
      expect.stringMatching(/^FAIL \(no id\) /),
      expect.stringMatching(/^FAIL \(no id\) /),
    ])
  })
})

function alter(_: string, before: string, first: string): string {
  return `"expected":${before}${first === 'x' ? 'y' : 'x'}`
}
