import { NO_TABLES } from './message-parts.ts'
import type { WrongConfig } from './wrong-config.ts'

/** Wrong as a whole: no key is looked at. */
export const WRONG_AS_A_WHOLE: readonly WrongConfig[] = [
  { title: 'no config', input: undefined, problems: [NO_TABLES] },
  { title: 'an empty config', input: {}, problems: [NO_TABLES] },
  { title: 'null', input: null, problems: ['config: expected an object, got null'] },
  { title: 'a number', input: 5, problems: ['config: expected an object, got 5'] },
  {
    title: 'a connection string, which is not shown',
    input: 'postgres://app:secret@localhost/app',
    problems: ['config: expected an object, got a string'],
  },
  {
    title: 'a list of tables in the place of the config',
    input: ['projects'],
    problems: ['config: expected an object, got ["projects"]'],
  },
  {
    title: 'a promise of a config',
    input: Promise.resolve({ tables: ['projects'] }),
    problems: ['config: expected an object, got a Promise'],
  },
  {
    title: 'a function that makes a config',
    input: () => ({ tables: ['projects'] }),
    problems: ['config: expected an object, got a function'],
  },
]
