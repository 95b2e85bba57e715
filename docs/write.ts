import { readFileSync, writeFileSync } from 'node:fs'
import { CHECKS } from '../src/checks/registry.ts'
import { checksPage } from './checks-page.ts'
import { demoPicture } from './demo-picture.ts'
import { snapshotSchema } from './snapshot-schema.ts'

writeFileSync(new URL('checks.md', import.meta.url), checksPage(CHECKS))
writeFileSync(
  new URL('../schemas/snapshot.schema.json', import.meta.url),
  `${JSON.stringify(snapshotSchema(), null, 2)}\n`,
)
writeFileSync(
  new URL('demo.svg', import.meta.url),
  demoPicture(readFileSync(new URL('demo.md', import.meta.url), 'utf8')),
)
