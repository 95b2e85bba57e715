import { writeFileSync } from 'node:fs'
import { CHECKS } from '../src/checks/registry.ts'
import { checksPage } from './checks-page.ts'

writeFileSync(new URL('checks.md', import.meta.url), checksPage(CHECKS))
