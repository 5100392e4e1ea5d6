import { api } from '../api/client.ts'
import type { PolicyKind } from '../api/types.ts'
import { type DescribedFacts, factsIn, readSchema } from './schema.ts'

/**
 * What conditions of a kind of policy ask for, for who reads one elsewhere than on the policies' own screens.
 *
 * @returns undefined while it is asked for; null where nobody can say
 */
export function useFacts(kind: PolicyKind): DescribedFacts | null | undefined {
  const schema = api.useQuery(
    'get',
    '/v1/policies/{kind}/schema',
    { params: { path: { kind } } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  return schema.isPending ? undefined : factsIn(readSchema(schema.data))
}
