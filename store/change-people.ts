import { type RawBuilder, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { ApprovalStep, Approver } from '../domain/approval-route.ts'
import type { Candidate, ChangeContext, Conflict } from '../domain/change-request.ts'
import { digitsOf, openContact, type PersonalData, sealContact } from './contacts.ts'
import { databaseTime, type Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'

/** Where a request stands, as far as the question goes who decides on it. */
export type ChangePlace = { storeId: string; region: string; applicant: string; contactIds: string[] }

type Person = {
  userName: string
  role: string
  storeIds: string[]
  region: string | null
  contactId: string | null
  delegate: string | null
  delegateContactId: string | null
}

/**
 * Who may decide on each tier of a route now, who stands in for whom, and who of them may not because it is about
 * themselves. Accounts that are disabled do not count, and nobody stands in for a stand-in.
 */
export async function contextOf(
  tx: Tx,
  keyRing: KeyRing,
  place: ChangePlace,
  steps: readonly ApprovalStep[],
): Promise<ChangeContext> {
  const levels = steps.flatMap((step) => step.levels)
  const asked = levels.flatMap((level) => level.approvers)
  const known = asked.length > 0 ? await peopleAmong(tx, place, asked) : []
  const people: Record<string, Candidate[]> = {}
  for (const { tier, approvers } of levels) {
    people[tier] = known
      .filter((person) => approvers.some((approver) => isMeant(approver, person, place)))
      .map(({ userName, delegate }) => ({ principal: userName, account: delegate ?? userName }))
  }
  const conflicts = await conflictsOf(tx, keyRing, place, known)
  return { nowMs: await databaseTime(tx), people, conflicts }
}

function isMeant(approver: Approver, person: Person, place: ChangePlace): boolean {
  if ('account' in approver) return approver.account === person.userName
  if (approver.role !== person.role) return false
  switch (approver.within) {
    case 'store':
      return person.storeIds.includes(place.storeId)
    case 'region':
      return person.region === place.region
    case 'headquarters':
      return true
  }
}

/** A superset by indexable means, and small: the exact question is answered above. */
async function peopleAmong(tx: Tx, place: ChangePlace, asked: readonly Approver[]): Promise<Person[]> {
  const conditions: RawBuilder<boolean>[] = asked.map((approver) => {
    if ('account' in approver) return sql<boolean>`account.user_name = ${approver.account}`
    const role = sql`account.role = ${approver.role}`
    if (approver.within === 'headquarters') return sql<boolean>`${role}`
    return approver.within === 'store'
      ? sql<boolean>`(${role} and ${place.storeId} = any(account.store_ids))`
      : sql<boolean>`(${role} and account.region = ${place.region})`
  })
  const { rows } = await sql<Person>`
    select account.user_name as "userName", account.role, account.store_ids as "storeIds", account.region,
      account.contact_id::text as "contactId", away.delegate, away.contact_id as "delegateContactId"
    from account left join lateral (
      select delegation.delegate, deputy.contact_id::text
      from change_delegation as delegation
        join account as deputy on deputy.user_name = delegation.delegate and not deputy.disabled
      where delegation.principal = account.user_name and delegation.ended_at is null
        and delegation.starts_at <= clock_timestamp() and delegation.ends_at > clock_timestamp()
      order by delegation.created_at desc limit 1
    ) as away on true
    where not account.disabled and (${sql.join(conditions, sql` or `)})
    order by account.user_name`.execute(tx)
  return rows
}

async function conflictsOf(
  tx: Tx,
  keyRing: KeyRing,
  place: ChangePlace,
  people: readonly Person[],
): Promise<Record<string, Conflict>> {
  const conflicts: Record<string, Conflict> = {}
  const contactOf = new Map<string, string>()
  for (const person of people) {
    if (person.contactId) contactOf.set(person.userName, person.contactId)
    if (person.delegate && person.delegateContactId) contactOf.set(person.delegate, person.delegateContactId)
  }
  if (contactOf.size > 0) {
    const opened = await openAll(tx, keyRing, [...place.contactIds, ...contactOf.values()])
    const customers = place.contactIds.flatMap((id) => opened.get(id) ?? [])
    for (const [userName, contactId] of contactOf) {
      const own = opened.get(contactId)
      if (own && customers.some((customer) => isSamePerson(own, customer)))
        conflicts[userName] = 'change-interest'
    }
  }
  conflicts[place.applicant] = 'change-own-request'
  return conflicts
}

async function openAll(tx: Tx, keyRing: KeyRing, ids: string[]): Promise<Map<string, PersonalData>> {
  const rows = await tx
    .selectFrom('contact')
    .select(['id', 'key_id', 'sealed'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(
    rows.flatMap((row) => {
      const data = openContact(keyRing, row)
      return data ? [[row.id, data]] : []
    }),
  )
}

/** The same telephone, however it is written, or the same name at the same address. */
export function isSamePerson(one: PersonalData, other: PersonalData): boolean {
  const phone = digitsOf(one.phone)
  if (phone.length >= 7 && phone === digitsOf(other.phone)) return true
  const words = ({ name, address }: PersonalData) => `${name} ${address}`.replaceAll(/\s/g, '')
  return one.name !== '' && one.address !== '' && words(one) === words(other)
}

/** Keeps who a colleague is as a customer, sealed like any contact. @returns the contact's id, or null for no account */
export async function rememberAsCustomer(
  tx: Tx,
  keyRing: KeyRing,
  {
    userName,
    divisionCode,
    ...person
  }: Omit<PersonalData, 'remark'> & { userName: string; divisionCode: string },
): Promise<string | null> {
  const id = uuid()
  const sealed = sealContact(keyRing, id, { ...person, remark: '' })
  await tx
    .insertInto('contact')
    .values({ id, ...sealed, division_code: divisionCode })
    .execute()
  const row = await tx
    .updateTable('account')
    .set({ contact_id: id })
    .where('user_name', '=', userName)
    .returning('id')
    .executeTakeFirst()
  return row ? id : null
}
