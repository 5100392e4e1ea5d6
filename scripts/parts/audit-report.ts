import type { AuditFinding, AuditReport } from '../../store/audit-check.ts'

/** One finding in one line that names the entry. */
export function describeFinding(finding: AuditFinding): string {
  switch (finding.kind) {
    case 'altered':
      return `ALTERED   entry ${finding.entryId} at ${finding.sequence} is not what was sealed`
    case 'removed':
      return finding.sequence === finding.lastSequence
        ? `REMOVED   the entry at ${finding.sequence}${finding.entryId === null ? '' : ` (entry ${finding.entryId})`} is gone`
        : `REMOVED   the entries from ${finding.sequence} to ${finding.lastSequence} are gone`
    case 'broken-link':
      return `ALTERED   entry ${finding.entryId} at ${finding.sequence} does not follow from the one before it: one of the two was sealed anew`
    case 'inserted':
      return `INSERTED  entry ${finding.entryId}${finding.at === null ? '' : ` of ${finding.at}`} was put in where the chain had been sealed`
    case 'backdated':
      return `INSERTED  entry ${finding.entryId} at ${finding.sequence} bears the time ${finding.at}, long before entries that precede it`
    case 'head-differs':
      return `ALTERED   something from ${finding.after + 1} to ${finding.sequence}: the chain is not what ${nameOf(finding)} says it was`
    case 'cut-off':
      return `REMOVED   the entries from ${finding.lastSequence + 1} to ${finding.sequence}: ${nameOf(finding)} knows them`
  }
}

function nameOf({ day }: { day: string | null }): string {
  return day === null ? "the chain's own end" : `the head of ${day}`
}

/** What was looked at, and how far it is protected. */
export function describeReport(report: AuditReport): string[] {
  const { count, lastSequence, lastHash, protectedTo, lastHead, unsealed, found } = report
  const unprotected = lastSequence - protectedTo
  return [
    found === 0
      ? `${count} entries: each is what was sealed, and follows from the one before it.`
      : `${count} entries, ${found} ${found === 1 ? 'thing' : 'things'} wrong${found > report.findings.length ? ` (the first ${report.findings.length} are named)` : ''}.`,
    `The chain ends at ${lastSequence} with ${lastHash}.`,
    lastHead
      ? `The head of ${lastHead.day} protects the entries up to ${protectedTo}.`
      : 'No head protects anything yet.',
    unprotected > 0
      ? `Not protected by a head yet: ${unprotected === 1 ? `the entry at ${lastSequence}` : `the entries from ${protectedTo + 1} to ${lastSequence}`}.`
      : 'No sealed entry is without protection.',
    ...(unsealed > 0
      ? [`${unsealed} newest ${unsealed === 1 ? 'entry is' : 'entries are'} not sealed yet.`]
      : []),
  ]
}
