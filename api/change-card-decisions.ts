import { changeCardSubject } from '../contracts/wecom.ts'
import { verdictText } from '../domain/change-card.ts'
import { type ChangeResult, decideOnChange } from '../store/change-requests.ts'
import type { Db } from '../store/database.ts'
import { displayNameOf } from '../store/identity.ts'
import type { KeyRing } from '../store/keyring.ts'
import type { CardAnswer, CardDecisions } from './card-decisions.ts'

/** Why a decision did not count, as it stands in the place of the buttons; short, as the page says the rest. */
const REFUSALS: Readonly<Record<Extract<ChangeResult, { ok: false }>['code'], string>> = {
  'change-own-request': '不能审批自己的申请',
  'change-interest': '与您本人有关，不能审批',
  'change-wrong-state': '申请已结束',
  'change-already-decided': '已有人处理',
  'change-version-changed': '申请已有新版本',
  'change-order-changed': '订单已变化',
  'change-not-approver': '您已不在审批人中',
  'change-not-applicant': '不能处理',
  'change-decision-untrusted': '不能处理',
}

/** Cards that ask for a decision on a change request. A button decides by the very function that the console does. */
export function createChangeCardDecisions(deps: {
  db: Db
  keyRing: KeyRing
  notice: { poke(): void }
}): CardDecisions {
  const { db, keyRing, notice } = deps
  return {
    decide: async ({ subject, userName, verdict, choiceId }) => {
      const { kind: _, ...seen } = changeCardSubject.parse(subject)
      const decision = { ...seen, decisionId: choiceId, decision: verdict, account: userName }
      const result = await db
        .transaction()
        .execute((tx) => decideOnChange(tx, keyRing, { ...decision, note: '', via: 'wecom' }))
      notice.poke()
      return answerOf(db, result, userName, verdict)
    },
  }
}

async function answerOf(
  db: Db,
  result: ChangeResult,
  userName: string,
  verdict: 'approve' | 'reject',
): Promise<CardAnswer> {
  if (result.ok) return { outcome: verdict, text: verdictText(verdict) }
  const { code, decidedBy } = result
  if (code !== 'change-already-decided' || !decidedBy) return { outcome: code, text: REFUSALS[code] }
  const by = decidedBy.account === userName ? '' : await displayNameOf(db, decidedBy.account)
  return { outcome: code, text: verdictText(decidedBy.decision, by) }
}
