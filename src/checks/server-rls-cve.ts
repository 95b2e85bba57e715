import { type Check, defineCheck } from './check.ts'
import { shownVersion, vulnerabilities } from './facts/vulnerabilities.ts'

export const serverRlsCve: Check = defineCheck(
  {
    id: 'server-rls-cve',
    level: 'high',
    title: 'The server has a known hole in row security',
    why: 'Correct policies do not hold on it. Some vendors ship the fix without a new version number.',
    link: 'https://www.postgresql.org/support/security/',
    broken: '-- a server that is not of the latest minor release',
    fixed: '-- the latest minor release of the server',
    needs: 'knownServer',
  },
  ({ snapshot: { serverVersion } }) => {
    const open = vulnerabilities(serverVersion)
    if (open.length === 0) return []
    const needed = Math.max(...open.map(({ fixedIn }) => fixedIn))
    return [
      {
        object: `server ${shownVersion(serverVersion)}`,
        summary: `It has ${open.map(({ id }) => id).join(', ')}.`,
        fix: `-- Update the server to ${shownVersion(needed)} or later.`,
      },
    ]
  },
)
