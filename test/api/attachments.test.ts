import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import sharp from 'sharp'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ATTACHMENT_FOLDER } from '../../connectors/files/attachment-files.ts'
import { UnreachableError } from '../../connectors/outside-errors.ts'
import { draftAttachmentView } from '../../contracts/attachments.ts'
import type { Role } from '../../domain/role.ts'
import { applyChangeEvent } from '../../store/change-requests.ts'
import type { System } from '../../store/identity.ts'
import { formWith, PDF, PLACE, photograph, picture, pixelBomb } from '../support/pictures.ts'
import { createTestApi, placeOrder, type TestApi, userName } from './support.ts'

const MEBIBYTE = 1024 * 1024
let api: TestApi
beforeAll(async () => {
  api = await createTestApi({ config: { ATTACHMENT_MEBIBYTES: 1, ATTACHMENTS_PER_REQUEST: 3 } })
})
afterAll(() => api.close())

type Caller = System | Role
const send = (caller: Caller, form: ReturnType<typeof formWith>, key: string = uuid()) =>
  api.as(caller, {
    method: 'POST',
    url: '/v1/attachments',
    headers: { ...form.headers, 'idempotency-key': key },
    payload: form.payload,
  })
const upload = async (caller: Caller = 'clerk', file?: Buffer) => {
  const response = await send(caller, formWith(file ?? (await picture('jpeg'))))
  expect(response.statusCode, response.body).toBe(201)
  return draftAttachmentView.parse(response.json())
}
const post = (caller: Caller, path: string, payload: object, key: string = uuid()) =>
  api.as(caller, { method: 'POST', url: `/v1${path}`, headers: { 'idempotency-key': key }, payload })
const asking = async (attachmentIds?: string[], more: object = {}) => ({
  orderId: (
    await placeOrder(api, { lines: [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100_000 }], ...more })
  ).json().orderId,
  orderVersion: 1,
  change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 99_000 }] },
  reasonCode: 'quality',
  reason: '包装破损，见照片',
  ...(attachmentIds ? { attachmentIds } : {}),
})
const request = async (ids: string[], caller: Caller = 'clerk', more: object = {}) => {
  const response = await post(caller, '/change-requests', await asking(ids, more))
  expect(response.statusCode, response.body).toBe(201)
  return response.json()
}
const file = (caller: Caller, id: string, part = 'file') =>
  api.as(caller, { url: `/v1/attachments/${id}/${part}` })
const keptFiles = async () => {
  const keys: string[] = []
  for await (const { key } of api.deps.files.list(ATTACHMENT_FOLDER)) keys.push(key)
  return keys.sort()
}
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const trailOf = (changeId: string) =>
  api.rows('select action, actor, new_value from audit_entry where subject_id = $1 order by id', [changeId])

describe('uploading', () => {
  test('what is sent is answered with its kind, sizes and both hashes, and what was around the picture is gone', async () => {
    const sent = await photograph()
    const draft = await upload('clerk', sent)
    expect(draft).toMatchObject({
      mediaType: 'image/jpeg',
      originalSha256: hashOf(sent),
      widthPixels: 600,
      heightPixels: 400,
      uploadedBy: 'clerk',
      fileUrl: `/v1/attachments/${draft.attachmentId}/file`,
    })
    const served = await file('clerk', draft.attachmentId)
    expect(hashOf(served.rawPayload)).toBe(draft.sha256)
    expect(served.rawPayload.includes(PLACE)).toBe(false)
    expect((await sharp(served.rawPayload).metadata()).exif).toBeUndefined()
    const thumbnail = await file('clerk', draft.attachmentId, 'thumbnail')
    expect(thumbnail.headers['content-type']).toBe('image/webp')
    expect((await sharp(thumbnail.rawPayload).metadata()).width).toBe(320)
  })

  test('a file is never a page of the hub: it is saved and not shown, and is nothing but what it is said to be', async () => {
    const { attachmentId } = await upload('clerk', PDF)
    const { headers } = await file('clerk', attachmentId)
    expect(headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="attachment-0.pdf"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'private, no-store',
    })
    expect((await file('clerk', attachmentId, 'thumbnail')).json().code).toBe('attachment-not-found')
  })

  test('nothing of it can be read where it lies', async () => {
    const draft = await upload('clerk', PDF)
    const lying = await api.deps.files.read(`${ATTACHMENT_FOLDER}${draft.attachmentId}-file`)
    const bytes = Buffer.concat(await lying.toArray())
    expect(bytes.length).toBeGreaterThan(PDF.length)
    expect(bytes.includes('%PDF')).toBe(false)
  })

  test('what it is called counts for nothing, and is kept nowhere', async () => {
    const before = await keptFiles()
    const script = formWith(Buffer.from('#!/bin/sh\necho 1\n'), { name: 'photo.jpg', type: 'image/jpeg' })
    expect((await send('clerk', script)).json().code).toBe('attachment-type-refused')
    const svg = formWith(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {
      name: 'a.png',
      type: 'image/png',
    })
    expect((await send('clerk', svg)).statusCode).toBe(415)
    expect(await keptFiles()).toEqual(before)
    const named = await send(
      'clerk',
      formWith(await picture('png'), { name: '王小明 身份证.exe', type: 'text/html' }),
    )
    expect(named.json().mediaType).toBe('image/png')
    const [row] = await api.rows('select to_jsonb(attachment)::text as all from attachment where id = $1', [
      named.json().attachmentId,
    ])
    expect(row?.all).not.toContain('王小明')
  })

  test('a telephone’s HEIC is refused with what may be sent, whatever it is called', async () => {
    const before = await keptFiles()
    const heic = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'),
      Buffer.alloc(2_000),
    ])
    const answer = await send('clerk', formWith(heic, { name: 'IMG_0042.jpg', type: 'image/jpeg' }))
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'attachment-type-refused'])
    expect(await keptFiles()).toEqual(before)
  })

  test('bombs, damaged pictures and PDFs with something behind them leave nothing', async () => {
    const before = await keptFiles()
    const codes = []
    const archive = Buffer.from('PK\u0003\u0004')
    for (const bomb of [await pixelBomb(), Buffer.concat([PDF, archive]), archive])
      codes.push((await send('clerk', formWith(bomb))).json().code)
    expect(codes).toEqual(['attachment-unreadable', 'attachment-unreadable', 'attachment-type-refused'])
    expect(await keptFiles()).toEqual(before)
  })

  test.each([
    [
      'without a form',
      () => ({ payload: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }),
      415,
    ],
    ['in another field', async () => formWith(await picture('png'), { field: 'picture' }), 400],
    [
      'as a form that ends in its middle',
      async () => {
        const form = formWith(await picture('png'))
        return { ...form, payload: form.payload.subarray(0, -20) }
      },
      400,
    ],
    [
      'twice in one form',
      async () => {
        const form = formWith(await picture('png'))
        const end = Buffer.from('--a-form-of-the-test--\r\n')
        return { ...form, payload: Buffer.concat([form.payload.subarray(0, -end.length), form.payload]) }
      },
      400,
    ],
    [
      'as a form without a file',
      () => ({ ...formWith(PDF), payload: Buffer.from('--a-form-of-the-test--\r\n') }),
      400,
    ],
  ])('a file that is sent %s is refused', async (_, form, status) => {
    const before = await keptFiles()
    const response = await send('clerk', await form())
    expect([response.statusCode, response.body.includes('internal')]).toEqual([status, false])
    expect(await keptFiles()).toEqual(before)
  })

  test('one byte too many is too large, whatever it is', async () => {
    const large = Buffer.concat([PDF.subarray(0, 9), Buffer.alloc(MEBIBYTE), PDF.subarray(9)])
    expect((await send('clerk', formWith(large))).json().code).toBe('payload-too-large')
  })

  test('the same key sends it once: the first answer again, one file; with another file it is refused', async () => {
    const key = uuid()
    const [one, other] = [formWith(await picture('png')), formWith(await picture('png', 70, 70))]
    const before = (await keptFiles()).length
    const first = await send('clerk', one, key)
    const again = await send('clerk', one, key)
    expect(again.json()).toEqual(first.json())
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect((await send('clerk', other, key)).json().code).toBe('idempotency-key-reused')
    expect(await keptFiles()).toHaveLength(before + 2)
  })

  test('while files cannot be kept, it is to be sent again later, and no row speaks of it', async () => {
    const { put } = api.deps.files
    const rows = await api.rows('select count(*) from attachment')
    api.deps.files.put = () => Promise.reject(new UnreachableError('the bucket does not answer'))
    const form = formWith(PDF)
    const key = uuid()
    const refused = await send('clerk', form, key)
    api.deps.files.put = put
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'unavailable'])
    expect(await api.rows('select count(*) from attachment')).toEqual(rows)
    expect((await send('clerk', form, key)).statusCode).toBe(201)
  })

  test('nobody keeps more drafts than a form can need', async () => {
    await api.rows(
      `insert into attachment (id, owner, uploaded_by, media_type, bytes, sha256, original_sha256, key_id)
       select gen_random_uuid(), owner, uploaded_by, 'application/pdf', 1, sha256, sha256, key_id
       from attachment, generate_series(1, 50) where id = $1`,
      [(await upload('finance', PDF)).attachmentId],
    )
    const before = await keptFiles()
    expect((await send('finance', formWith(PDF))).json().code).toBe('too-many-attachments')
    expect(await keptFiles()).toEqual(before)
  })
})

test('the reference says that a file is sent as a form, with a key', async () => {
  const { paths } = (await api.app.inject('/openapi.json')).json()
  const { requestBody, parameters } = paths['/v1/attachments'].post
  expect(Object.keys(requestBody.content)).toEqual(['multipart/form-data'])
  expect(requestBody.content['multipart/form-data'].schema.properties).toEqual({
    file: { type: 'string', format: 'binary' },
  })
  expect(parameters).toMatchObject([{ name: 'Idempotency-Key', required: true }])
})

describe('two gigabytes', () => {
  const begin = async (headers: string[]) => {
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 }).catch(() => api.app.listeningOrigin)
    const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(address).port) })
    let heard = ''
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1')
        if (heard.includes('"code"')) resolve(heard)
      })
    })
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      // Whoever goes on sending to an end that has closed hears of it so.
      socket.on('error', () => undefined)
    })
    await once(socket, 'connect')
    const cookie = await api.signIn('clerk')
    const known = [`host: ${address}`, `cookie: ${cookie}`, 'x-order-hub: 1', `idempotency-key: ${uuid()}`]
    const form = `content-type: ${formWith(PDF).headers['content-type']}`
    socket.write(`POST /v1/attachments HTTP/1.1\r\n${[...known, form, ...headers].join('\r\n')}\r\n\r\n`)
    return { socket, answered, ended }
  }

  test('that announce themselves are refused before the first of them is read', async () => {
    const { answered, ended } = await begin([`content-length: ${2_000 * MEBIBYTE}`])
    expect(await answered).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close[\s\S]*"payload-too-large"/)
    await ended
  })

  test('that do not end early, and leave nothing behind', async () => {
    const before = await keptFiles()
    const rows = await api.rows('select count(*) from attachment')
    const { socket, answered, ended } = await begin(['transfer-encoding: chunked'])
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    const part = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
    const head = formWith(PDF).payload.subarray(0, formWith(PDF).payload.indexOf('%PDF') + 9)
    socket.write(part(head))
    let sent = 0
    for (
      const chunk = part(Buffer.alloc(256 * 1024));
      !isOver && sent < 2_000 * MEBIBYTE;
      sent += chunk.length
    )
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended])
    expect(await answered).toMatch(/^HTTP\/1.1 413 [\s\S]*"payload-too-large"/)
    await ended
    expect(sent).toBeLessThan(64 * MEBIBYTE)
    expect(await keptFiles()).toEqual(before)
    expect(await api.rows('select count(*) from attachment')).toEqual(rows)
  })
})

describe('naming them in a request', () => {
  test('they belong to it in their order, and its audit entry has their hashes', async () => {
    const [one, two] = [await upload(), await upload('clerk', PDF)]
    const made = await request([two.attachmentId, one.attachmentId])
    expect(made.attachments).toMatchObject([
      {
        attachmentId: two.attachmentId,
        position: 1,
        fileName: `${made.changeNumber}-1.pdf`,
        attachedBy: 'clerk',
      },
      {
        attachmentId: one.attachmentId,
        position: 2,
        fileName: `${made.changeNumber}-2.jpg`,
        requestVersion: 1,
      },
    ])
    const [asked] = await trailOf(made.changeId)
    expect(asked).toMatchObject({
      action: 'change.requested',
      new_value: {
        attachments: [two, one].map(({ attachmentId, sha256, originalSha256 }) => ({
          ...{ attachmentId, sha256, originalSha256 },
        })),
      },
    })
  })

  test('a preview looks at them and binds nothing', async () => {
    const { attachmentId } = await upload()
    const preview = (ids: string[], body: object) =>
      api.as('clerk', {
        method: 'POST',
        url: '/v1/change-requests?dryRun=true',
        payload: { ...body, attachmentIds: ids },
      })
    const body = await asking()
    expect((await preview([attachmentId], body)).statusCode).toBe(200)
    expect((await preview([uuid()], body)).json().code).toBe('unknown-attachment')
    expect((await preview([attachmentId], body)).statusCode).toBe(200)
    expect((await request([attachmentId])).attachments).toHaveLength(1)
  })

  test('somebody else’s, one of another request, an unknown one and too many are refused, and nothing is written', async () => {
    const [mine, theirs] = [await upload(), await upload('team_lead')]
    const used = await upload()
    await request([used.attachmentId])
    const refused = async (ids: string[]) => {
      const body = await asking(ids)
      const { code } = (await post('clerk', '/change-requests', body)).json()
      expect(await api.rows('select 1 from change_request where order_id = $1', [body.orderId])).toEqual([])
      return code
    }
    expect(await refused([mine.attachmentId, theirs.attachmentId])).toBe('unknown-attachment')
    expect(await refused([used.attachmentId])).toBe('unknown-attachment')
    expect(await refused([uuid()])).toBe('unknown-attachment')
    expect(await refused([uuid(), uuid(), uuid(), uuid()])).toBe('too-many-attachments')
    expect(await refused([mine.attachmentId, mine.attachmentId])).toBe('invalid-request')
    expect((await request([mine.attachmentId])).attachments).toHaveLength(1)
  })

  test('of two requests that name one file at once, one has it', async () => {
    const { attachmentId } = await upload()
    const bodies = [await asking([attachmentId]), await asking([attachmentId])]
    const answers = await Promise.all(bodies.map((body) => post('clerk', '/change-requests', body)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 422])
  })

  test('more may be added while the request waits, by its applicant, up to the limit, once for each key', async () => {
    const made = await request([(await upload()).attachmentId])
    const path = `/change-requests/${made.changeId}/attachments`
    const body = { attachmentIds: [(await upload()).attachmentId] }
    const foreign = { attachmentIds: [(await upload('team_lead')).attachmentId] }
    expect((await post('team_lead', path, foreign)).json().code).toBe('change-not-applicant')
    const key = uuid()
    const first = await post('clerk', path, body, key)
    expect((await post('clerk', path, body, key)).json()).toEqual(first.json())
    expect(first.json().attachments.map(({ position }: { position: number }) => position)).toEqual([1, 2])
    const two = { attachmentIds: [(await upload()).attachmentId, (await upload()).attachmentId] }
    expect((await post('clerk', path, two)).json().code).toBe('too-many-attachments')
    expect((await trailOf(made.changeId)).map(({ action }) => action)).toEqual([
      'change.requested',
      'change.attached',
    ])
    await post('clerk', `/change-requests/${made.changeId}/withdrawal`, {})
    const late = { attachmentIds: [(await upload()).attachmentId] }
    expect((await post('clerk', path, late)).json().code).toBe('change-wrong-state')
  })

  test('an upload that nobody has named may be taken back by who sent it, one of a request by nobody', async () => {
    const draft = await upload()
    const remove = (caller: Role, id: string) =>
      api.as(caller, { method: 'DELETE', url: `/v1/attachments/${id}` })
    expect((await remove('team_lead', draft.attachmentId)).statusCode).toBe(404)
    expect((await remove('clerk', draft.attachmentId)).statusCode).toBe(204)
    expect((await keptFiles()).filter((key) => key.includes(draft.attachmentId))).toEqual([])
    const { attachmentId } = await upload()
    await request([attachmentId])
    expect((await remove('clerk', attachmentId)).statusCode).toBe(404)
    expect((await file('clerk', attachmentId)).statusCode).toBe(200)
  })
})

describe('seeing them', () => {
  test('a draft is for who sent it, then for whoever may see the request, and for nobody else', async () => {
    const { attachmentId } = await upload()
    const seenBy = async () => {
      const seen = []
      for (const role of [
        'clerk',
        'team_lead',
        'regional_director',
        'finance',
        'admin',
        'mall',
        'ops',
      ] as const)
        if ((await file(role, attachmentId)).statusCode === 200) seen.push(role)
      return seen
    }
    expect(await seenBy()).toEqual(['clerk'])
    await request([attachmentId])
    expect(await seenBy()).toEqual([
      'clerk',
      'team_lead',
      'regional_director',
      'finance',
      'admin',
      'mall',
      'ops',
    ])
    expect((await file('clerk', uuid())).json().code).toBe('attachment-not-found')
    expect((await api.as(null, { url: `/v1/attachments/${attachmentId}/file` })).statusCode).toBe(401)
  })

  test('people of another store see none of it, unless they are asked to decide', async () => {
    const { attachmentId } = await upload(
      'finance',
      await api.rows('delete from attachment where change_id is null').then(() => picture('png')),
    )
    const { changeId } = await request([attachmentId], 'finance', { storeId: 'ST-2' })
    expect((await file('store_manager', attachmentId)).statusCode).toBe(404)
    await api.database.db.transaction().execute((tx) =>
      applyChangeEvent(tx, api.deps.keyRing, {
        ...{ changeId, eventId: uuid(), operator: 'system' },
        event: { type: 'hold_granted', orderVersion: 2 },
      }),
    )
    await api.rows(
      `insert into change_approver (change_id, request_version, step_number, level_number, principal, account, state)
       values ($1, 1, 1, 2, $2, $2, 'open')`,
      [changeId, userName('store_manager')],
    )
    expect((await file('store_manager', attachmentId)).statusCode).toBe(200)
  })
})

describe('erasing', () => {
  test('the file goes, hash and names stay, and the trail says who and why', async () => {
    const { attachmentId, sha256 } = await upload()
    const { changeId } = await request([attachmentId])
    const path = `/attachments/${attachmentId}/erasure`
    expect((await post('clerk', path, { reason: '客户要求' })).json().code).toBe('forbidden')
    const key = uuid()
    expect((await post('admin', path, { reason: '客户要求' }, key)).statusCode).toBe(200)
    expect((await post('admin', path, { reason: '客户要求' }, key)).statusCode).toBe(200)
    expect((await file('clerk', attachmentId)).json().code).toBe('attachment-erased')
    expect((await keptFiles()).filter((each) => each.includes(attachmentId))).toEqual([])
    const { attachments } = (await api.as('clerk', { url: `/v1/change-requests/${changeId}` })).json()
    expect(attachments).toMatchObject([
      {
        attachmentId,
        sha256,
        attachedBy: 'clerk',
        fileUrl: null,
        thumbnailUrl: null,
        erasedAt: expect.any(String),
      },
    ])
    const trail = await api.rows(
      "select actor, action, reason, encode(related_hash, 'hex') as hash, new_value from audit_entry where subject_id = $1",
      [attachmentId],
    )
    expect(trail).toEqual([
      {
        actor: 'admin',
        action: 'attachment.erased',
        reason: '客户要求',
        hash: sha256,
        new_value: { changeId },
      },
    ])
  })

  test('a draft is not erased but taken back by who sent it', async () => {
    const { attachmentId } = await upload()
    const refused = await post('admin', `/attachments/${attachmentId}/erasure`, { reason: 'x' })
    expect(refused.json().code).toBe('attachment-not-found')
    expect((await file('clerk', attachmentId)).statusCode).toBe(200)
  })
})
