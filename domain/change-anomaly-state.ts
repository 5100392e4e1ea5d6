/** How far risk control has come with an anomaly. */
export const ANOMALY_STATES = ['new', 'checked', 'confirmed', 'dismissed'] as const
export type AnomalyState = (typeof ANOMALY_STATES)[number]

export const ANOMALY_STATE_MEANING: Record<AnomalyState, { en: string; zh: string }> = {
  new: { en: 'found, and nobody has looked yet', zh: '新发现' },
  checked: { en: 'being looked into', zh: '核查中' },
  confirmed: { en: 'somebody did what they should not', zh: '已确认' },
  dismissed: { en: 'there is a good reason for it', zh: '已排除' },
}

/** Every legal move. A verdict can be looked into again, never turned round at once. */
export const ANOMALY_TRANSITIONS: Record<AnomalyState, readonly AnomalyState[]> = {
  new: ['checked', 'confirmed', 'dismissed'],
  checked: ['confirmed', 'dismissed'],
  confirmed: ['checked'],
  dismissed: ['checked'],
}

export type AnomalyRefusal = 'change-anomaly-own' | 'change-anomaly-wrong-state'

/** Whether somebody may move an anomaly there. Nobody judges what they themselves have done. */
export function judgeAnomaly(
  anomaly: { state: AnomalyState; people: readonly string[] },
  to: AnomalyState,
  account: string,
): { ok: true } | { ok: false; code: AnomalyRefusal } {
  if (anomaly.people.includes(account)) return { ok: false, code: 'change-anomaly-own' }
  if (!ANOMALY_TRANSITIONS[anomaly.state].includes(to)) {
    return { ok: false, code: 'change-anomaly-wrong-state' }
  }
  return { ok: true }
}
