import { type Division, isPlaceholder, listDivisions, listLeafDivisions } from '../../../domain/division.ts'

export type DivisionOption = { value: string; label: string; children?: DivisionOption[] }

let options: DivisionOption[] | undefined
let paths: Map<string, string[]> | undefined

/** Provinces with their cities and districts. What stands between a province and its districts only for the sake of codes is left out. */
export function divisionOptions(): DivisionOption[] {
  options ??= build()
  return options
}

/** The codes from the province down to a division; empty for one that is not known. */
export function divisionPath(code: string): string[] {
  paths ??= new Map(divisionOptions().flatMap((option) => pathsBelow(option, [])))
  return paths.get(code) ?? []
}

function pathsBelow({ value, children = [] }: DivisionOption, above: string[]): [string, string[]][] {
  const path = [...above, value]
  return [[value, path], ...children.flatMap((child) => pathsBelow(child, path))]
}

function build(): DivisionOption[] {
  const below = new Map<string, Division[]>()
  const all = [...listDivisions('province'), ...listDivisions('city'), ...listDivisions('district')]
  for (const division of all) {
    if (division.parentCode === null) continue
    below.set(division.parentCode, [...(below.get(division.parentCode) ?? []), division])
  }
  const leaves = new Set(listLeafDivisions().map(({ code }) => code))
  const optionsOf = (divisions: readonly Division[]): DivisionOption[] =>
    divisions.flatMap((division) => {
      const { code, name } = division
      if (leaves.has(code)) return [{ value: code, label: name }]
      const children = optionsOf(below.get(code) ?? [])
      return isPlaceholder(division) ? children : [{ value: code, label: name, children }]
    })
  return optionsOf(listDivisions('province'))
}
