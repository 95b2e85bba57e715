import { writeFileSync } from 'node:fs'
import { CHECKS } from '../src/checks/registry.ts'
import { checksPage } from './checks-page.ts'
import { snapshotSchema } from './snapshot-schema.ts'

writeFileSync(new URL('checks.md', import.meta.url), checksPage(CHECKS))
writeFileSync(
  new URL('../schemas/snapshot.schema.json', import.meta.url),
  `${JSON.stringify(snapshotSchema(), null, 2)}\n`,
)
