import { type ComponentType, createContext, use } from 'react'
import type { Names } from './names.ts'
import type { Field, FieldOf } from './schema.ts'

export type FieldProps<Kind extends Field['kind'] = Field['kind']> = {
  /** As its document calls it; empty where what is around it says what it is. */
  name: string
  /** What it is read out as where no name stands beside it. */
  label?: string | undefined
  field: FieldOf<Kind>
  value: unknown
  onChange: (value: unknown) => void
}

/** What every field of a form needs to know of the whole: of which kind it is, what things are called, and whether it is only read. */
export type FormContext = {
  kind: string
  names: Names
  isOff: boolean
  /** Draws a part of whatever kind, for those that have parts of any kind within them. */
  Part: ComponentType<FieldProps>
}

const Context = createContext<FormContext | null>(null)
export const FormProvider = Context

export function useForm(): FormContext {
  const form = use(Context)
  if (form === null) throw new Error('a field stands outside its form')
  return form
}
