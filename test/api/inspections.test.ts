import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ATTACHMENT_FOLDER } from '../../connectors/files/attachment-files.ts'
import { inspectionDetail, inspectionPage } from '../../contracts/inspections.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { centreOf } from '../../domain/division.ts'
import type { Role } from '../../domain/role.ts'
import { eraseOldAttachments } from '../../store/attachment-retention.ts'
import type { System } from '../../store/identity.ts'
import { settleInspection } from '../../store/inspection-due.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { formWith, PDF, pixelBomb } from '../support/pictures.ts'
import { createTestApi, DIVISION, placeOrder, type TestApi, userName } from './support.ts'

type Caller = System | Role
let api: TestApi
beforeAll(async () => {
  api = await createTestApi({ config: { INSPECTION_PHOTO_MEBIBYTES: 1 } })
  const all = { sharePercent: 100, checklist: 'delivered-goods', dueSeconds: 86_400 }
  await publishPolicy(api.database.db, {
    kind: 'inspection',
    document: { ...POLICIES.inspection.initial, rules: [{ condition: true, outcome: all }] },
    author: 'test',
    reason: 'test',
  })
})
afterAll(() => api.close())

let inspectionId: string
let orderId: string
beforeEach(async () => {
  ;({ inspectionId, orderId } = await drawn())
})

/** An order that has arrived, and was drawn; the inspector of 华东 is sent there. */
async function drawn(more: Record<string, unknown> = {}): Promise<{ inspectionId: string; orderId: string }> {
  const answer = await placeOrder(api, more)
  expect(answer.statusCode, answer.body).toBe(201)
  const placed = answer.json().orderId
  await api.rows(`update orders set status = 'delivered' where id = $1`, [placed])
  await api.rows('insert into inspection_due (order_id) values ($1)', [placed])
  await settleInspection(api.database.db, new Policies(), placed)
  const [row] = await api.rows('select id from inspection where order_id = $1', [placed])
  return { inspectionId: String(row?.id), orderId: placed }
}

const centre = centreOf(DIVISION)
if (!centre) throw new Error('the division has no centre')
const here = { ...centre, accuracyMetres: 10, datum: 'gcj02' }
const photo = (exif: Record<string, Record<string, string>> = {}) =>
  sharp({ create: { width: 600, height: 400, channels: 3, background: { r: 1, g: 2, b: 3 } } })
    .jpeg()
    .withExif(exif)
    .toBuffer()
const send = async (
  file: Buffer,
  { caller = 'inspector', id = inspectionId, photoId = uuid(), query = 'field=goodsReceived' }: Sending = {},
) => {
  const form = formWith(file)
  const response = await api.as(caller, {
    method: 'PUT',
    url: `/v1/inspections/${id}/photos/${photoId}?${query}`,
    headers: form.headers,
    payload: form.payload,
  })
  return { photoId, response }
}
type Sending = { caller?: Caller; id?: string; photoId?: string; query?: string }
const good = { receiverReal: true, goodsReceived: true, condition: 'good' }
const submit = (body: object, caller: Caller = 'inspector', id = inspectionId) =>
  api.as(caller, {
    method: 'PUT',
    url: `/v1/inspections/${id}/result`,
    payload: { submissionId: uuid(), answers: good, position: here, ...body },
  })
const read = (caller: Caller = 'inspector', id = inspectionId) =>
  api.as(caller, { url: `/v1/inspections/${id}` })
const post = (caller: Caller, path: string, payload: object, id = inspectionId) =>
  api.as(caller, {
    method: 'POST',
    url: `/v1/inspections/${id}/${path}`,
    headers: { 'idempotency-key': uuid() },
    payload,
  })
const kept = async () => {
  const keys: string[] = []
  for await (const { key } of api.deps.files.list(ATTACHMENT_FOLDER)) keys.push(key)
  return keys.length
}
const items = (kind: string, key = inspectionId) =>
  api.rows('select state, detail from work_item where kind = $1 and key = $2', [kind, key])

describe('who sees what', () => {
  test('an inspector sees what they are sent to, with the address while they have to go there, and nothing else of the hub', async () => {
    const detail = inspectionDetail.parse((await read()).json())
    expect(detail).toMatchObject({
      assignee: userName('inspector'),
      order: { contact: { phone: '13812341234', address: '文一西路 969 号 3 幢' } },
    })
    expect(detail.form.questions.map(({ key }) => key)).toEqual([
      'receiverReal',
      'goodsReceived',
      'condition',
      'remark',
    ])
    expect(JSON.stringify(detail.form)).not.toContain('fails')
    expect((await api.as('inspector', { url: `/v1/orders/${orderId}` })).statusCode).toBe(403)
    const { photoId } = await send(await photo())
    expect((await submit({ photoIds: [photoId] })).statusCode).toBe(200)
    expect((await read()).json().order.contact.phone).toBe('138****1234')
  })

  test('others see those of their stores, masked as everywhere, and none elsewhere', async () => {
    expect((await read('ops')).json().order.contact.address).toBe('****')
    expect((await read('clerk')).statusCode).toBe(200)
    const elsewhere = await drawn({ storeId: 'ST-2' })
    expect((await read('clerk', elsewhere.inspectionId)).json().code).toBe('inspection-not-found')
    expect(
      (await post('store_manager', 'cancellation', { reason: 'x' }, elsewhere.inspectionId)).json().code,
    ).toBe('inspection-not-found')
  })

  test('the list is paged, filtered and sorted', async () => {
    const list = async (query: string, caller: Caller = 'ops') =>
      inspectionPage.parse((await api.as(caller, { url: `/v1/inspections?${query}` })).json())
    await drawn()
    const first = await list('limit=1&sort=due')
    const second = await list(`limit=1&sort=due&cursor=${first.nextCursor}`)
    expect(Date.parse(second.items[0]?.dueAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(first.items[0]?.dueAt ?? ''),
    )
    expect(second.items[0]?.inspectionId).not.toBe(first.items[0]?.inspectionId)
    expect((await list(`orderId=${orderId}`)).items).toMatchObject([{ inspectionId, state: 'open' }])
    expect((await list('unassigned=true')).items).toEqual([])
    expect((await list('overdue=true')).items).toEqual([])
    expect((await list(`region=${encodeURIComponent('华南')}`)).items).toEqual([])
    expect((await list(`orderId=${orderId}&state=passed`)).items).toEqual([])
  })
})

describe('pictures', () => {
  test('what one says of when and where is read, and is in none of what is kept', async () => {
    const file = await photo({
      IFD2: { DateTimeOriginal: '2026:11:28 10:30:00' },
      IFD3: {
        ...{ GPSLatitudeRef: 'N', GPSLatitude: '30/1 16/1 30/1' },
        ...{ GPSLongitudeRef: 'E', GPSLongitude: '120/1 7/1 12/1' },
      },
    })
    const { response } = await send(file)
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json()).toMatchObject({
      takenAt: '2026-11-28T02:30:00.000Z',
      originalSha256: createHash('sha256').update(file).digest('hex'),
      field: 'goodsReceived',
    })
    expect(response.json().place.latitude).toBeCloseTo(30.273, 1)
    const served = await api.as('inspector', { url: response.json().fileUrl })
    expect((await sharp(served.rawPayload).metadata()).exif).toBeUndefined()
    const [row] = await api.rows(
      `select to_jsonb(inspection_photo)::text as all from inspection_photo where inspection_id = $1`,
      [inspectionId],
    )
    expect(String(row?.all)).not.toContain('30.27')
    expect((await read('ops')).json().photos).toMatchObject([
      { takenAt: '2026-11-28T02:30:00.000Z', place: null },
    ])
    expect((await read('clerk')).json().photos[0].place).toEqual(response.json().place)
  })

  test('what hides behind a picture is gone from what is kept, and what a picture says that cannot be is nothing', async () => {
    const script = '<script>alert(1)</script>'
    const file = Buffer.concat([
      await photo({
        IFD0: { ImageDescription: script },
        IFD2: { DateTimeOriginal: '2999:01:01 00:00:00' },
        IFD3: { ...{ GPSLatitudeRef: 'N', GPSLatitude: '999/1 0/1 0/1' }, GPSLongitudeRef: 'E' },
      }),
      Buffer.from(`PK\u0003\u0004${script}`),
    ])
    const { response } = await send(file)
    expect(response.json()).toMatchObject({ takenAt: null, place: null })
    const served = await api.as('inspector', { url: response.json().fileUrl })
    expect(served.headers['content-disposition']).toContain('attachment')
    expect(served.rawPayload.includes(script)).toBe(false)
  })

  test('one from the other end of the country fails what its telephone says is near', async () => {
    const { photoId } = await send(
      await photo({
        IFD3: {
          ...{ GPSLatitudeRef: 'N', GPSLatitude: '39/1 54/1 0/1' },
          ...{ GPSLongitudeRef: 'E', GPSLongitude: '116/1 24/1 0/1' },
        },
      }),
    )
    const answer = await submit({ photoIds: [photoId] })
    expect(answer.json()).toMatchObject({ state: 'failed', result: { place: { state: 'far', by: 'photo' } } })
  })

  test('one without anything of the kind is as good', async () => {
    const { response } = await send(await photo())
    expect(response.json()).toMatchObject({ takenAt: null, place: null })
  })

  test('sent again it is the same one, and leaves one file; another under its id is refused', async () => {
    const file = await photo()
    const before = await kept()
    const first = await send(file)
    const again = await send(file, { photoId: first.photoId })
    expect(again.response.json()).toEqual(first.response.json())
    expect(await kept()).toBe(before + 2)
    const other = await send(await photo({ IFD0: { Make: 'x' } }), { photoId: first.photoId })
    expect(other.response.json()).toMatchObject({ status: 409, code: 'inspection-photo-differs' })
    expect(await kept()).toBe(before + 2)
  })

  test('one that is sent twice at once is kept once', async () => {
    const file = await photo()
    const photoId = uuid()
    const answers = await Promise.all([send(file, { photoId }), send(file, { photoId })])
    expect(answers.map(({ response }) => response.statusCode)).toEqual([200, 200])
    expect((await read()).json().photos).toHaveLength(1)
  })

  test.each<[string, () => Promise<Buffer>, number, string]>([
    [
      'too many megabytes',
      async () => Buffer.concat([await photo(), Buffer.alloc(1_100_000)]),
      413,
      'payload-too-large',
    ],
    ['too many pixels', pixelBomb, 422, 'attachment-unreadable'],
    ['a PDF', async () => PDF, 415, 'attachment-type-refused'],
    ['half a picture', async () => (await photo()).subarray(0, 900), 422, 'attachment-unreadable'],
  ])('%s are refused, and nothing is left', async (_, file, status, code) => {
    const before = await kept()
    const { response } = await send(await file())
    expect(response.json()).toMatchObject({ status, code })
    expect(await kept()).toBe(before)
    expect((await read()).json().photos).toEqual([])
  })

  describe('in parts', () => {
    const part = (photoId: string, number: number, bytes: Buffer, caller: Caller = 'inspector') =>
      api.as(caller, {
        method: 'PUT',
        url: `/v1/inspections/${inspectionId}/photos/${photoId}/parts/${number}`,
        headers: { 'content-type': 'application/octet-stream' },
        payload: bytes,
      })
    const complete = (photoId: string, parts: number, file: Buffer) =>
      api.as('inspector', {
        method: 'PUT',
        url: `/v1/inspections/${inspectionId}/photos/${photoId}/completion?field=goodsReceived`,
        payload: { parts, sha256: createHash('sha256').update(file).digest('hex') },
      })

    test('a picture goes on where the network left it, whichever part comes first or twice, and is one picture', async () => {
      const file = await photo()
      const photoId = uuid()
      const [first, second] = [file.subarray(0, 700), file.subarray(700)]
      expect((await part(photoId, 2, second)).json()).toEqual({ photoId, parts: [2] })
      expect((await complete(photoId, 2, file)).json()).toMatchObject({
        code: 'inspection-parts-missing',
        errors: [{ field: 'parts.1' }],
      })
      expect((await read()).json().waitingPhotos).toEqual([{ photoId, parts: [2] }])
      await part(photoId, 1, Buffer.from('cut off'))
      await part(photoId, 1, first)
      const whole = await complete(photoId, 2, file)
      expect(whole.statusCode, whole.body).toBe(200)
      expect(whole.json().originalSha256).toBe(createHash('sha256').update(file).digest('hex'))
      expect((await complete(photoId, 2, file)).json()).toEqual(whole.json())
      expect((await part(photoId, 1, first)).json()).toEqual({ photoId, parts: [] })
      expect((await read()).json()).toMatchObject({ waitingPhotos: [], photos: [{ photoId }] })
      expect((await submit({ photoIds: [photoId] })).json().state).toBe('passed')
    })

    test.each([
      ['of another picture', photo],
      ['of nothing that is a picture', async () => Buffer.from('cut off')],
    ])('parts %s make none, say that it is the parts, and nothing of it is kept', async (_, other) => {
      const photoId = uuid()
      const before = await kept()
      await part(photoId, 1, await other())
      const answer = await complete(photoId, 1, await photo({ IFD0: { Make: 'x' } }))
      expect(answer.json()).toMatchObject({ status: 409, code: 'inspection-parts-missing' })
      expect(await kept()).toBe(before)
    })

    test('a picture that is completed by several at once is one picture for all of them', async () => {
      const file = await photo()
      const photoId = uuid()
      await part(photoId, 1, file)
      const before = await kept()
      const answers = await Promise.all([1, 2, 3].map(() => complete(photoId, 1, file)))
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
      expect(new Set(answers.map((answer) => answer.json().attachmentId)).size).toBe(1)
      expect((await read()).json()).toMatchObject({ waitingPhotos: [], photos: [{ photoId }] })
      expect(await kept()).toBe(before + 2)
    })

    test('parts wait up to a limit, of which one that is sent again takes nothing', async () => {
      const photoId = uuid()
      await api.rows(
        `insert into inspection_part (inspection_id, client_id, number, bytes, key_id, sealed)
          select $1, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, m, 1, 'k', '\\x00'
          from generate_series(1, 40) as n, generate_series(1, 50) as m where n < 40 or m < 50`,
        [inspectionId],
      )
      expect((await part(photoId, 1, Buffer.from('a'))).statusCode).toBe(200)
      expect((await part(photoId, 1, Buffer.from('b'))).statusCode).toBe(200)
      expect((await part(photoId, 2, Buffer.from('c'))).json().code).toBe('too-many-attachments')
    })

    test('a part is no larger than a mebibyte, never empty, and sealed where it lies', async () => {
      const photoId = uuid()
      expect((await part(photoId, 1, Buffer.alloc(1024 * 1024 + 1))).json().code).toBe('payload-too-large')
      expect((await part(photoId, 1, Buffer.alloc(0))).statusCode).toBe(400)
      expect((await part(photoId, 1, Buffer.from('in clear'), 'clerk')).json().code).toBe(
        'inspection-not-yours',
      )
      await part(photoId, 1, Buffer.from('in clear'))
      const [row] = await api.rows('select sealed from inspection_part where client_id = $1', [photoId])
      expect(String(row?.sealed)).not.toContain('in clear')
    })
  })

  test('nobody else sends them, and none shows a question that nobody asked', async () => {
    expect((await send(await photo(), { caller: 'clerk' })).response.json().code).toBe('inspection-not-yours')
    expect((await send(await photo(), { query: 'field=other' })).response.json().code).toBe('invalid-request')
  })
})

describe('the result', () => {
  test('is in the order’s story and the audit trail, and passes', async () => {
    const { photoId, response } = await send(await photo())
    const answer = await submit({ photoIds: [photoId], finishedAt: '2026-11-28T10:00:00+08:00' })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(inspectionDetail.parse(answer.json())).toMatchObject({
      state: 'passed',
      closedBy: userName('inspector'),
      result: { findings: [], place: { state: 'near' }, wasCancelled: false },
      photos: [{ photoId, isInResult: true }],
    })
    const story = (await api.as('ops', { url: `/v1/orders/${orderId}/story?kinds=inspection` })).json()
    expect(story.items).toMatchObject([
      { detail: { state: 'open', inspectionId } },
      {
        detail: { state: 'passed', photos: 1 },
        by: userName('inspector'),
        happenedAt: '2026-11-28T02:00:00.000Z',
      },
    ])
    const trail = await api.rows(
      `select action, new_value from audit_entry where subject_id = $1 order by id`,
      [inspectionId],
    )
    expect(trail).toMatchObject([
      { action: 'inspection.created' },
      {
        action: 'inspection.submitted',
        new_value: { outcome: 'passed', attachments: [{ sha256: response.json().sha256 }] },
      },
    ])
    expect(await items('inspection_failed')).toEqual([])
  })

  test('that a picture has not arrived is said by its id, and the same result goes through once it has', async () => {
    const photoId = uuid()
    const body = { submissionId: uuid(), photoIds: [photoId] }
    const early = await submit(body)
    expect(early.json()).toMatchObject({ status: 409, code: 'inspection-photos-missing' })
    expect(early.json().errors[0].field).toBe('photoIds.0')
    await send(await photo(), { photoId })
    expect((await submit(body)).json().state).toBe('passed')
  })

  test('is signed by a picture of its own, which no photograph stands for', async () => {
    const { photoId, response } = await send(await photo())
    const signature = await send(await photo({ IFD0: { Make: 'a finger' } }), { query: 'kind=signature' })
    const mistaken = await submit({ photoIds: [photoId], signatureId: photoId })
    expect(mistaken.json()).toMatchObject({ code: 'inspection-photos-missing' })
    const answer = await submit({ photoIds: [photoId], signatureId: signature.photoId })
    expect(answer.json()).toMatchObject({ state: 'passed', result: { signatureId: signature.photoId } })
    const shown = await api.as('ops', { url: response.json().thumbnailUrl })
    expect((await sharp(shown.rawPayload).metadata()).width).toBe(320)
    const [entry] = await api.rows(
      `select new_value from audit_entry where subject_id = $1 and action = 'inspection.submitted'`,
      [inspectionId],
    )
    expect(entry?.new_value).toMatchObject({
      attachments: [{ sha256: response.json().sha256 }, { sha256: signature.response.json().sha256 }],
    })
  })

  test('counts once: the same one again changes nothing, another one is refused', async () => {
    const { photoId } = await send(await photo())
    const body = { submissionId: uuid(), photoIds: [photoId] }
    const answers = await Promise.all([submit(body), submit(body)])
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200])
    expect((await submit({ ...body, submissionId: uuid() })).json().code).toBe('inspection-submitted')
    expect((await send(await photo({ IFD0: { Make: 'late' } }))).response.json().code).toBe(
      'inspection-submitted',
    )
    const [entries] = await api.rows(
      `select count(*)::int as count from audit_entry where subject_id = $1 and action = 'inspection.submitted'`,
      [inspectionId],
    )
    expect(entries?.count).toBe(1)
  })

  test('of several different ones that come at once, one counts and the others are refused', async () => {
    const { photoId } = await send(await photo())
    const answers = await Promise.all(
      ['good', 'damaged', 'wrong'].map((condition) =>
        submit({ photoIds: [photoId], answers: { ...good, condition } }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409])
    const counted = answers.find(({ statusCode }) => statusCode === 200)?.json().result
    expect((await read()).json().result).toEqual(counted)
  })

  test('with other content under the id of the one that counts is refused', async () => {
    const { photoId } = await send(await photo())
    const body = { submissionId: uuid(), photoIds: [photoId] }
    expect((await submit(body)).json().state).toBe('passed')
    const other = await submit({ ...body, answers: { ...good, condition: 'wrong' } })
    expect(other.json()).toMatchObject({ status: 409, code: 'inspection-submitted' })
    expect((await submit(body)).json().state).toBe('passed')
  })

  test('that fails opens an item that says what was found', async () => {
    const { photoId } = await send(await photo())
    const away = { longitude: 116.4, latitude: 39.9 }
    const answer = await submit({
      photoIds: [photoId],
      answers: { ...good, condition: 'damaged' },
      position: away,
    })
    expect(answer.json()).toMatchObject({ state: 'failed' })
    const codes = answer.json().result.findings.map(({ code }: { code: string }) => code)
    expect(codes).toEqual(['answer', 'place_far'])
    const [item] = await items('inspection_failed')
    expect(item).toMatchObject({ state: 'open', detail: { inspector: userName('inspector') } })
    expect(JSON.stringify(item?.detail)).toContain('破损')
  })

  test.each([
    ['an answer that nobody asked for', { ...good, hidden: true }, 'answers.hidden'],
    ['a name that every object has', { ...good, constructor: true }, 'answers.constructor'],
    ['an answer of another kind', { ...good, receiverReal: 'true' }, 'answers.receiverReal'],
    ['a choice that there is not', { ...good, condition: 'stolen' }, 'answers.condition'],
    ['a remark that is too long', { ...good, remark: 'x'.repeat(501) }, 'answers.remark'],
  ])('with %s is refused by its name, and nothing has happened', async (_, answers, field) => {
    const { photoId } = await send(await photo())
    const answer = await submit({ photoIds: [photoId], answers })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ field }] })
    expect((await read()).json()).toMatchObject({ state: 'open', result: null })
  })

  test('without an answer is refused by its name, and nothing has happened', async () => {
    const answer = await submit({ answers: { receiverReal: true } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request' })
    expect(answer.json().errors.map(({ field }: { field: string }) => field)).toEqual([
      'answers.goodsReceived',
      'answers.condition',
      'photoIds',
      'photoIds',
    ])
    expect((await read()).json().state).toBe('open')
  })

  test('is taken after the inspection was cancelled, and says so', async () => {
    const { photoId } = await send(await photo())
    expect((await post('store_manager', 'cancellation', { reason: '客户退货' })).json().state).toBe(
      'cancelled',
    )
    const answer = await submit({ photoIds: [photoId] })
    expect(answer.json()).toMatchObject({
      state: 'passed',
      cancelled: { reason: '客户退货' },
      result: { wasCancelled: true },
    })
    const story = (await api.as('ops', { url: `/v1/orders/${orderId}/story?kinds=inspection` })).json()
    expect(story.items.map(({ detail }: { detail: { state: string } }) => detail.state)).toEqual([
      'open',
      'cancelled',
      'passed',
    ])
    expect((await post('ops', 'cancellation', { reason: 'x' })).json().code).toBe('inspection-submitted')
  })

  test('comes from whoever is sent there now, and from nobody else', async () => {
    expect((await post('store_manager', 'assignment', { assignee: userName('clerk') })).json()).toMatchObject(
      {
        assignee: userName('clerk'),
      },
    )
    expect((await submit({})).json().code).toBe('inspection-not-found')
    expect((await submit({}, 'team_lead')).json().code).toBe('inspection-not-yours')
    const { photoId } = await send(await photo(), { caller: 'clerk' })
    expect((await submit({ photoIds: [photoId] }, 'clerk')).json().state).toBe('passed')
  })

  test('stays as it is: not even the application’s role can change it', async () => {
    const { photoId } = await send(await photo())
    await submit({ photoIds: [photoId] })
    await expect(
      api.database.db
        .updateTable('inspection')
        .set({ state: 'failed' })
        .where('id', '=', inspectionId)
        .execute(),
    ).rejects.toThrow('stays as it is')
  })
})

test('a picture that is erased leaves its hash, and neither file nor place', async () => {
  const { photoId, response } = await send(
    await photo({
      IFD3: {
        ...{ GPSLatitudeRef: 'N', GPSLatitude: '30/1 16/1 30/1' },
        ...{ GPSLongitudeRef: 'E', GPSLongitude: '120/1 7/1 12/1' },
      },
    }),
  )
  const before = await kept()
  const erased = await api.as('admin', {
    method: 'POST',
    url: `/v1/attachments/${response.json().attachmentId}/erasure`,
    headers: { 'idempotency-key': uuid() },
    payload: { reason: 'shows a face' },
  })
  expect(erased.statusCode, erased.body).toBe(200)
  expect((await read()).json().photos).toMatchObject([
    { photoId, place: null, fileUrl: null, sha256: response.json().sha256 },
  ])
  expect(await kept()).toBe(before - 2)
})

test('pictures end so many days after their inspection, and not before', async () => {
  const { response } = await send(await photo())
  const { attachmentId } = response.json()
  await post('ops', 'cancellation', { reason: 'nobody is at home' })
  expect(await eraseOldAttachments(api.database.db, 30, 100)).not.toContain(attachmentId)
  await api.rows(`update inspection set closed_at = now() - interval '31 days' where id = $1`, [inspectionId])
  expect(await eraseOldAttachments(api.database.db, 30, 100)).toContain(attachmentId)
})

test('a buyer’s system sees no picture of an inspection', async () => {
  const { response } = await send(await photo())
  expect((await api.as('mall', { url: response.json().fileUrl })).json().code).toBe('attachment-not-found')
})
