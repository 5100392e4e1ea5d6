import { migrate } from './migrate.ts'

/** `node dist/migrate.js`: brings DATABASE_OWNER_URL to the newest schema, then exits. */
const { DATABASE_OWNER_URL, HUB_APP_PASSWORD } = process.env
if (!DATABASE_OWNER_URL || !HUB_APP_PASSWORD) {
  console.error(
    'migrate needs DATABASE_OWNER_URL (the owner of the schema) and HUB_APP_PASSWORD (for the role hub_app)',
  )
  process.exit(2)
}
const ran = await migrate(DATABASE_OWNER_URL, HUB_APP_PASSWORD)
console.log(ran.length > 0 ? `migrated: ${ran.join(', ')}` : 'the database is up to date')
