import type { Sent, SentNote } from '../api/operation.ts'

/**
 * What is typed into long forms, kept by this tab of the browser until it is sent: it outlives a reload, and ends with the tab or
 * the session. Other tabs do not see it, and nothing of it is left on the device.
 */

const PREFIX = 'order-hub.form.'
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** By whom and what for. Nobody finds what somebody else has typed at the same desk. */
export function formKey(accountId: string, name: string): string {
  return `${PREFIX}${accountId}.${name}`
}

/** What was kept, as it was written; undefined: nothing, or nothing that can be read. */
export function readForm(key: string, store: Store = sessionStorage): unknown {
  const text = store.getItem(key)
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // of another release, say: the form begins anew
  }
}

/** @returns whether there was room for it: a form that is not kept is a form all the same */
export function keepForm(key: string, content: unknown, store: Store = sessionStorage): boolean {
  try {
    store.setItem(key, JSON.stringify(content))
    return true
  } catch {
    store.removeItem(key) // an older state of it would come back as if it were what was typed
    return false
  }
}

export function forgetForm(key: string, store: Store = sessionStorage): void {
  store.removeItem(key)
}

/** Forgets what anybody else than this account has typed; without one, everybody's. */
export function forgetForms(accountId: string | null, store: Store = sessionStorage): void {
  const keys = Array.from({ length: store.length }, (_value, index) => store.key(index))
  const stays = accountId === null ? null : formKey(accountId, '')
  for (const key of keys) {
    if (key?.startsWith(PREFIX) && (stays === null || !key.startsWith(stays))) store.removeItem(key)
  }
}

/** What a kept form has sent, beside it: after a reload the same content still goes under the same key. */
export function sentBeside(key: string, store: Store = sessionStorage): SentNote {
  const sentKey = `${key}.sent`
  return {
    read: () => readSent(readForm(sentKey, store)),
    write: (sent) => {
      if (sent === null) forgetForm(sentKey, store)
      else keepForm(sentKey, sent, store)
    },
  }
}

function readSent(value: unknown): Sent | null {
  if (typeof value !== 'object' || value === null) return null
  const [content, key] = [Reflect.get(value, 'content'), Reflect.get(value, 'key')]
  return typeof content === 'string' && typeof key === 'string' ? { content, key } : null
}
