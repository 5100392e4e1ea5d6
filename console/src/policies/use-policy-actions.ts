import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { client } from '../api/client.ts'
import type { Once } from '../api/operation.ts'
import type { PolicyVersion } from '../api/types.ts'

type Edit = { document: Record<string, unknown>; reason: string }

/**
 * What can be done with a version. After each the screen shows the version that came of it, and everything about policies is asked anew.
 *
 * @param once sends what has been typed, under one key until it is done
 */
export function usePolicyActions(
  { kind, version, revision, state }: PolicyVersion,
  { once, onSaved }: { once: Once; onSaved: () => void },
) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const show = async (made: PolicyVersion | undefined) => {
    onSaved()
    const isPolicies = ({ queryKey }: { queryKey: readonly unknown[] }) =>
      typeof queryKey[1] === 'string' &&
      queryKey[1].startsWith('/v1/policies') &&
      !queryKey[1].endsWith('schema')
    await queries.invalidateQueries({ predicate: isPolicies })
    if (made) await navigate({ to: '/policies/$kind', params: { kind }, search: { version: made.version } })
  }
  const path = { kind, version }

  const save = useMutation({
    mutationFn: async (edit: Edit) => {
      if (state === 'draft') {
        const body = { ...edit, revision }
        return (await client.PUT('/v1/policies/{kind}/drafts/{version}', { params: { path }, body })).data
      }
      return once(edit, async (header) => {
        const params = { path: { kind }, header }
        return (await client.POST('/v1/policies/{kind}/drafts', { params, body: edit })).data
      })
    },
    onSuccess: show,
  })
  const publish = useMutation({
    mutationFn: () => {
      const body = { revision }
      const url = '/v1/policies/{kind}/drafts/{version}/publish'
      return once(body, async (header) => (await client.POST(url, { params: { path, header }, body })).data)
    },
    onSuccess: show,
  })
  const discard = useMutation({
    mutationFn: async () =>
      (await client.DELETE('/v1/policies/{kind}/drafts/{version}', { params: { path } })).data,
    onSuccess: show,
  })
  const rollBack = useMutation({
    mutationFn: (reason: string) => {
      const body = { toVersion: version, reason }
      return once(body, async (header) => {
        const params = { path: { kind }, header }
        return (await client.POST('/v1/policies/{kind}/rollback', { params, body })).data
      })
    },
    onSuccess: show,
  })
  return { save, publish, discard, rollBack }
}
