import { expect, test } from 'vitest'
import { changesOf, scopeFieldsOf } from '../../console/src/settings/person-draft.ts'
import { ROLES } from '../../domain/role.ts'

test('somebody keeps no stores of a role that they had before', () => {
  const draft = {
    ...{ userName: ' wang.fang ', displayName: '王芳', storeIds: ['ST-1'], region: ' 华东 ', password: '' },
  }
  expect(changesOf({ ...draft, role: 'clerk' })).toMatchObject({
    ...{ userName: 'wang.fang', storeIds: ['ST-1'], region: null },
  })
  expect(changesOf({ ...draft, role: 'regional_director' })).toMatchObject({ storeIds: [], region: '华东' })
  expect(changesOf({ ...draft, role: 'admin' })).toMatchObject({ storeIds: [], region: null })
})

test('no role is narrowed by both stores and a region', () => {
  for (const role of ROLES) expect(scopeFieldsOf(role).length).toBeLessThan(2)
})
