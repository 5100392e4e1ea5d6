import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../scripts/parts/audit-command.ts'
import { describeFinding, describeReport } from '../../scripts/parts/audit-report.ts'
import { FIRST_HASH, sealHash } from '../../store/audit-chain.ts'
import type { AuditFinding } from '../../store/audit-check.ts'

const root = join(import.meta.dirname, '../..')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** An export of three entries and the head of a day after the second one, as anybody could keep it. */
function exported(): { lines: string[]; head: string } {
  const lines: string[] = []
  let previousHash = FIRST_HASH
  let head = ''
  for (const sequence of [1, 2, 3]) {
    const entry = {
      id: sequence * 10,
      at: `2026-11-27T08:00:0${sequence}.000Z`,
      actor: 'ops',
      action: 'policy.published',
      subjectKind: 'policy',
      subjectId: 'reservation',
      oldValue: { version: sequence - 1 },
      newValue: { version: sequence },
      reason: null,
      source: 'console',
      requestId: null,
      relatedHash: null,
    }
    const hash = sealHash(sequence, previousHash, entry)
    lines.push(
      JSON.stringify({ type: 'link', seal: { sequence, entryId: entry.id, previousHash, hash }, entry }),
    )
    if (sequence === 2) head = JSON.stringify({ day: '2026-11-27', sequence, hash })
    previousHash = hash
  }
  return { lines: [...lines, '{"type":"end"}'], head }
}

async function verify(
  lines: string[],
  heads?: string,
  more: string[] = [],
): Promise<{ code: number; output: string }> {
  const file = join(folder, 'export.jsonl')
  await writeFile(file, lines.join('\n'))
  const args = ['verify', '--file', file, ...more]
  if (heads !== undefined) {
    await writeFile(join(folder, 'heads.jsonl'), heads)
    args.push('--heads', join(folder, 'heads.jsonl'))
  }
  const output: string[] = []
  const code = await runAudit(args, (line) => output.push(line))
  return { code, output: output.join('\n') }
}

test('an export is verified without database or hub, with the heads that were kept elsewhere', async () => {
  const { lines, head } = exported()
  const { code, output } = await verify(lines, `${head}\n`)
  expect(output).toContain('3 entries: each is what was sealed')
  expect(output).toContain('The head of 2026-11-27 protects the entries up to 2.')
  expect(output).toContain('Not protected by a head yet: the entry at 3.')
  expect(code).toBe(0)
})

test('one that is not what was sealed ends with 1 and names the entry', async () => {
  const { lines } = exported()
  const { code, output } = await verify(lines.map((line) => line.replace('"version":2}', '"version":22}')))
  expect(output).toContain('ALTERED   entry 20 at 2 is not what was sealed')
  expect(code).toBe(1)
})

test('a head as it arrived by webhook, or as one says it, protects like the list of heads', async () => {
  const { lines, head } = exported()
  const { day, sequence, hash } = JSON.parse(head)
  const event = JSON.stringify({
    type: 'audit.head',
    timestamp: '2026-11-28T00:00:01.000Z',
    data: JSON.parse(head),
  })
  const said = ['--head', `${day}:${sequence}:${hash}`]
  for (const { code, output } of [await verify(lines, event), await verify(lines, undefined, said)]) {
    expect(output).toContain('The head of 2026-11-27 protects the entries up to 2.')
    expect(code).toBe(0)
  }
  const other = ['--head', `${day}:${sequence}:${FIRST_HASH}`]
  const { code, output } = await verify(lines, undefined, other)
  expect(output).toContain(
    'ALTERED   something from 1 to 2: the chain is not what the head of 2026-11-27 says it was',
  )
  expect(code).toBe(1)
})

test('what it does not know is refused', async () => {
  const ask = (...args: string[]) => runAudit(args, () => undefined)
  await expect(ask('verfy')).rejects.toThrow('takes verify, or export')
  await expect(ask('verify', '--fiel', 'x')).rejects.toThrow('takes verify, or export')
  await expect(ask('export')).rejects.toThrow('takes verify, or export')
  await expect(ask('verify', '--file', join(folder, 'none'))).rejects.toThrow('ENOENT')
  await expect(ask('verify', '--head', '2026-11-27:812')).rejects.toThrow('--head takes DAY:SEQUENCE:HASH')
  await writeFile(join(folder, 'other.jsonl'), '{"type":"order.paid","timestamp":"","data":{}}')
  await expect(ask('verify', '--heads', join(folder, 'other.jsonl'))).rejects.toThrow('line 1 is not a head')
})

test('the file of npm run audit:verify is the command', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect(scripts['audit:verify']).toBe('node scripts/audit.mjs verify')
})

test.each<[AuditFinding, string]>([
  [{ kind: 'altered', sequence: 7, entryId: 9 }, 'entry 9 at 7'],
  [{ kind: 'removed', sequence: 3, lastSequence: 3, entryId: 4 }, 'at 3 (entry 4) is gone'],
  [{ kind: 'removed', sequence: 3, lastSequence: 5, entryId: null }, 'from 3 to 5 are gone'],
  [{ kind: 'broken-link', sequence: 3, entryId: 4 }, 'entry 4 at 3 does not follow'],
  [{ kind: 'inserted', entryId: 4, at: null }, 'entry 4 was put in'],
  [{ kind: 'backdated', sequence: 3, entryId: 4, at: '2020-01-01T00:00:00.000Z' }, '2020-01-01'],
  [{ kind: 'head-differs', day: '2026-11-27', sequence: 9, after: 4 }, 'from 5 to 9'],
  [{ kind: 'cut-off', day: null, sequence: 9, lastSequence: 4 }, "from 5 to 9: the chain's own end"],
])('%j is told so that one finds the entry', (finding, expected) => {
  expect(describeFinding(finding)).toContain(expected)
})

test('what is wrong is counted also beyond what is named', () => {
  const report = {
    count: 5,
    lastSequence: 5,
    lastHash: 'h',
    protectedTo: 0,
    lastHead: null,
    unsealed: 2,
    findings: [],
    found: 300,
  }
  expect(describeReport(report).join('\n')).toContain('300 things wrong (the first 0 are named)')
  expect(describeReport(report).join('\n')).toContain('2 newest entries are not sealed yet')
})
