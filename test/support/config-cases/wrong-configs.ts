import { CONFLICTS } from './conflicts.ts'
import { WRONG_AS_A_WHOLE } from './wrong-as-a-whole.ts'
import { WRONG_BESIDE_TABLES } from './wrong-beside-tables.ts'
import type { WrongConfig } from './wrong-config.ts'
import { WRONG_TABLES } from './wrong-tables.ts'

const REPEATED: readonly WrongConfig[] = [
  {
    title: 'a table that is listed twice',
    input: { tables: ['projects', 'tasks', 'projects', 'projects'] },
    problems: ['tables: projects is listed twice; keep one'],
  },
  {
    title: 'a global table that is listed twice',
    input: { tables: ['projects'], global: ['countries', 'countries'] },
    problems: ['global: countries is listed twice; keep one'],
  },
]

/** Every kind of mistake, once; those beside `tables` get a table that is right. */
export const WRONG_CONFIGS: readonly WrongConfig[] = [
  ...WRONG_AS_A_WHOLE,
  ...WRONG_TABLES,
  ...WRONG_BESIDE_TABLES.map(({ title, input, problems }) => ({
    title,
    input: { tables: ['projects'], ...(input as object) },
    problems,
  })),
  ...REPEATED,
  ...CONFLICTS,
]
