import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readExif } from '../../connectors/files/exif.ts'
import { readPhotoFacts } from '../../connectors/files/photo-facts.ts'
import { toGcj02 } from '../../domain/datum.ts'
import { photograph, picture } from '../support/pictures.ts'

type Written = Record<string, Record<string, string>>
const HANGZHOU = {
  ...{ GPSLatitudeRef: 'N', GPSLatitude: '30/1 16/1 30/1' },
  ...{ GPSLongitudeRef: 'E', GPSLongitude: '120/1 7/1 12/1' },
}
const taken = async (exif: Written) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .jpeg()
    .withExif(exif)
    .toBuffer()
const NOW = Date.UTC(2026, 10, 28, 12)
const read = (file: Buffer) => readPhotoFacts(file, NOW)
const facts = async (exif: Written) => read(await taken(exif))

describe('where', () => {
  test('degrees of the receiver are read and put on the map of China', async () => {
    const { place } = await facts({ IFD3: HANGZHOU })
    const expected = toGcj02({ latitude: 30 + 16 / 60 + 30 / 3_600, longitude: 120 + 7 / 60 + 12 / 3_600 })
    expect(place?.latitude).toBeCloseTo(expected.latitude, 6)
    expect(place?.longitude).toBeCloseTo(expected.longitude, 6)
  })

  test('south and west are negative', async () => {
    const { place } = await facts({ IFD3: { ...HANGZHOU, GPSLatitudeRef: 'S', GPSLongitudeRef: 'W' } })
    expect(place?.latitude).toBeLessThan(0)
    expect(place?.longitude).toBeLessThan(0)
  })

  test.each([
    ['only half of it', { GPSLatitudeRef: 'N', GPSLatitude: '30/1 16/1 0/1' }],
    ['a receiver without a fix', { ...HANGZHOU, GPSLatitude: '0/1 0/1 0/1', GPSLongitude: '0/1 0/1 0/1' }],
    ['a latitude beyond the pole', { ...HANGZHOU, GPSLatitude: '91/1 0/1 0/1' }],
    ['a letter that is none', { ...HANGZHOU, GPSLatitudeRef: 'X' }],
  ])('%s is nowhere', async (_, IFD3) => {
    expect((await facts({ IFD3 })).place).toBeNull()
  })
})

describe('when', () => {
  test('the camera’s clock is China’s, unless it says another zone', async () => {
    const IFD2 = { DateTimeOriginal: '2026:11:28 10:30:00' }
    expect((await facts({ IFD2 })).takenAt?.toISOString()).toBe('2026-11-28T02:30:00.000Z')
    const abroad = { ...IFD2, OffsetTimeOriginal: '-05:30' }
    expect((await facts({ IFD2: abroad })).takenAt?.toISOString()).toBe('2026-11-28T16:00:00.000Z')
  })

  test('the satellites’ time counts more than the camera’s', async () => {
    const { takenAt } = await facts({
      IFD2: { DateTimeOriginal: '2020:01:01 00:00:00' },
      IFD3: { GPSDateStamp: '2026:11:28', GPSTimeStamp: '2/1 30/1 5/1' },
    })
    expect(takenAt?.toISOString()).toBe('2026-11-28T02:30:05.000Z')
  })

  test.each([
    ['was never set', '1970:01:01 00:00:00'],
    ['is years ahead', '2099:01:01 00:00:00'],
    ['knows a thirtieth of February', '2026:02:30 00:00:00'],
    ['knows a 25th hour', '2026:11:01 25:00:00'],
    ['says it in words', 'yesterday'],
  ])('a camera whose clock %s says nothing', async (_, DateTimeOriginal) => {
    expect((await facts({ IFD2: { DateTimeOriginal } })).takenAt).toBeNull()
  })

  test('satellites that say what cannot be leave it to the camera', async () => {
    const { takenAt } = await facts({
      IFD2: { DateTimeOriginal: '2026:11:28 10:30:00' },
      IFD3: { GPSDateStamp: '2026:13:45', GPSTimeStamp: '2/1 30/1 5/0' },
    })
    expect(takenAt?.toISOString()).toBe('2026-11-28T02:30:00.000Z')
  })
})

test.each(['jpeg', 'png', 'webp'] as const)(
  'a %s without any such part says nothing, and that is no error',
  async (format) => {
    expect(await read(await picture(format))).toEqual({ takenAt: null, place: null })
  },
)

test('whatever stands in that part, nothing is thrown', async () => {
  const whole = await photograph()
  const marker = whole.indexOf('Exif\0\0')
  expect(marker).toBeGreaterThan(0)
  const damage = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 255 })), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const broken = Buffer.from(whole)
      for (const [at, value] of changes) broken[marker + 6 + at] = value
      const { takenAt, place } = await read(broken)
      expect(takenAt === null || !Number.isNaN(takenAt.getTime())).toBe(true)
      expect(place === null || Number.isFinite(place.latitude + place.longitude)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('what is no picture says nothing', async () => {
  expect(await read(Buffer.from('not a picture'))).toEqual({ takenAt: null, place: null })
})

test('a part whose thousands of entries all claim the whole of it costs no more than any other', () => {
  const entries = 5_000
  const bytes = Buffer.alloc(8 + 2 + entries * 12, 0)
  bytes.write('II')
  bytes.writeUInt16LE(42, 2)
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(entries, 8)
  for (let index = 0; index < entries; index += 1) {
    const at = 10 + index * 12
    bytes.writeUInt16LE(index, at)
    bytes.writeUInt16LE(1, at + 2)
    bytes.writeUInt32LE(0xffff_ffff, at + 4)
  }
  const before = process.memoryUsage().heapUsed
  expect(readExif(bytes)).toMatchObject({ cameraTime: null, latitude: null })
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000)
})
