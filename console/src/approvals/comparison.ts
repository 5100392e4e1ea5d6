import type { ChangeDetail, ChangeEffect } from '../api/types.ts'

type Line = ChangeEffect['lines'][number]['after']

export type LineRow = {
  lineNumber: number
  kind: 'new' | 'removed' | 'changed'
  before: Line | null
  /** Null for a line that is given up. */
  after: Line | null
}

/** The lines that differ. The API says that one is given up by a quantity of 0 afterwards. */
export function lineRows({ lines }: Pick<ChangeEffect, 'lines'>): LineRow[] {
  return lines.map(({ lineNumber, before, after }) => {
    if (before === null) return { lineNumber, kind: 'new', before, after }
    if (after.quantity === 0) return { lineNumber, kind: 'removed', before, after: null }
    return { lineNumber, kind: 'changed', before, after }
  })
}

const FIELDS = ['name', 'phone', 'divisionCode', 'address', 'remark'] as const
export type ContactRow = { field: (typeof FIELDS)[number]; before: string; after: string }

/** Whom the goods go to and would go to; nothing where the change is of something else, or the person was erased. */
export function contactRows(contact: ChangeDetail['contact']): ContactRow[] {
  if (contact === null) return []
  const { before, after } = contact
  if (before === null && after === null) return []
  return FIELDS.map((field) => ({ field, before: before?.[field] || '–', after: after?.[field] || '–' }))
}
