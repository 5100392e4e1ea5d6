import { useEffect, useState } from 'react'
import { createOperation, type Once } from '../api/operation.ts'
import { forgetForm, formKey, keepForm, readForm, sentBeside } from './kept-forms.ts'
import { usePerson } from './session.ts'

export type KeptForm<Content> = {
  content: Content
  set: (change: Partial<Content> | ((present: Content) => Partial<Content>)) => void
  /** Whether it began with what had been typed before, and not sent. */
  isRestored: boolean
  /** Begins with the untouched form. */
  startOver: () => void
  /** Nothing of it is to come back: it was sent, or somebody has left it. */
  forget: () => void
  /** Sends it once, also over a reload. */
  once: Once
}

/**
 * The content of a form that takes a while to fill in, kept as it is typed.
 *
 * @param name what the form is for; with the person who fills it in it says which content is whose
 * @param begin the untouched form
 * @param read what was kept, as far as it still fits; null: begin anew. `isUnanswered`: it was sent, and nobody knows what became of it
 */
export function useKeptForm<Content extends object>(
  name: string,
  { begin, read }: { begin: () => Content; read: (kept: unknown, isUnanswered: boolean) => Content | null },
): KeptForm<Content> {
  const { accountId } = usePerson()
  const key = formKey(accountId, name)
  const [untouched] = useState(begin)
  const [found] = useState(() => read(readForm(key), sentBeside(key).read() !== null))
  const [content, setContent] = useState(found ?? untouched)
  const [isRestored, setRestored] = useState(found !== null)
  const [once] = useState(() => createOperation(sentBeside(key)))
  useEffect(() => {
    if (JSON.stringify(content) === JSON.stringify(untouched)) forgetForm(key)
    else keepForm(key, content)
  }, [key, content, untouched])
  return {
    content,
    set: (change) =>
      setContent((present) => ({
        ...present,
        ...(typeof change === 'function' ? change(present) : change),
      })),
    isRestored,
    startOver: () => {
      setContent(untouched)
      setRestored(false)
    },
    forget: () => forgetForm(key),
    once,
  }
}
