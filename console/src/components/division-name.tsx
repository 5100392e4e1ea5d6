import { divisionName } from '../../../domain/division.ts'

/** An administrative division by its name; one that is not known by its code. The list of all is large: to be loaded lazily. */
export function DivisionName({ code }: { code: string }) {
  return <>{divisionName(code) ?? code}</>
}
