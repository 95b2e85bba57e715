import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { roadMap } from './facts/roads.ts'

export const functionUntrustedLanguage: Check = defineCheck(
  {
    id: 'function-untrusted-language',
    level: 'medium',
    title: 'The application runs code of the server that no privilege holds',
    why:
      'A function in C, in `internal` or in an untrusted language does with files, programs and memory ' +
      'what the server may, and no check reads it.',
    link: 'https://www.postgresql.org/docs/current/sql-createlanguage.html',
    broken: `create function public.file_text(text) returns text language internal
  as 'pg_read_file_all'`,
    fixed: 'revoke execute on function public.file_text(text) from public',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const roles = rolesOfApp(context)
    const attached = new Set(
      map?.context.snapshot.reach.triggers.map((trigger) => trigger.function),
    )
    return [...(map?.index.functions.values() ?? [])].flatMap((fn) => {
      if (!map || fn.isTrusted) return []
      const user = roles.find(
        ({ role }) => map.rights.execute(role, fn) && map.rights.use(role, fn.schema),
      )
      const isTrigger = fn.returns === 'trigger'
      if (isTrigger ? !attached.has(fn.id) : !user) return []
      return {
        object: fn.signature,
        summary: isTrigger
          ? `It is in ${fn.language}, and a trigger calls it.`
          : `${user?.who} may execute it, and it is in ${fn.language}.`,
        fix: isTrigger ? '-- Write it in a trusted language.' : revokeExecuteFromApp(fn, context),
        evidence: fn.bodyHash,
      }
    })
  },
)
