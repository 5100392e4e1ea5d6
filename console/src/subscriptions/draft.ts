/** What somebody may say of a subscription, as it is typed. */
export type SubscriptionDraft = { name: string; url: string; eventTypes: string[]; storeIds: string[] }

/** Ready to be sent; null while something is missing. Without stores it is of all of them. */
export function wholeDraft(draft: SubscriptionDraft): SubscriptionDraft | null {
  const [name, url] = [draft.name.trim(), draft.url.trim()]
  return name === '' || url === '' || draft.eventTypes.length === 0 ? null : { ...draft, name, url }
}

/** Only what differs: what a colleague has changed meanwhile stays. The order of events and stores says nothing. */
export function changesOf(before: SubscriptionDraft, after: SubscriptionDraft): Partial<SubscriptionDraft> {
  return {
    ...(after.name === before.name ? {} : { name: after.name }),
    ...(after.url === before.url ? {} : { url: after.url }),
    ...(isSameSet(after.eventTypes, before.eventTypes) ? {} : { eventTypes: after.eventTypes }),
    ...(isSameSet(after.storeIds, before.storeIds) ? {} : { storeIds: after.storeIds }),
  }
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const known = new Set(others)
  return new Set(some).size === known.size && some.every((each) => known.has(each))
}
