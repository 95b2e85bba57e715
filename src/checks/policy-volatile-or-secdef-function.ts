import type { FunctionState } from '../catalog/function-state.ts'
import { isObserver } from '../policy/observe.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { pinSearchPath, pinsSearchPath } from './facts/functions.ts'
import { decision, statements, withRemarks } from './facts/statements.ts'

export const policyVolatileOrSecdefFunction: Check = tableCheck(
  {
    id: 'policy-volatile-or-secdef-function',
    level: 'medium',
    title: 'A policy calls a function that is slow or runs as another role',
    why:
      'A VOLATILE function is called for every row of every tenant, and no index helps; one that is ' +
      'not PARALLEL SAFE forbids parallel plans; SECURITY DEFINER decides with the rights of its owner.',
    link: 'https://www.postgresql.org/docs/current/xfunc-volatility.html',
    broken: `create function public.is_open() returns boolean language plpgsql parallel safe
  as 'begin return true; end';
create policy only_open on public.projects as restrictive to app_user using (public.is_open())`,
    fixed: 'alter function public.is_open() stable',
  },
  ({ relation }, context) =>
    relation.policies.flatMap((policy) =>
      context.snapshot.functions
        .filter(({ signature, inExtension, isBuiltIn }) => {
          return policy.functions.includes(signature) && !inExtension && !isBuiltIn
        })
        // Other findings: `policy-immutable-function`, `policy-observe-mode`.
        .filter((fn) => fn.volatility !== 'immutable' && !isObserver(fn))
        .flatMap((fn) => {
          const faults = faultsOf(fn, context)
          if (faults.length === 0) return []
          const isHarmful = faults.some(({ harms }) => harms)
          return {
            level: isHarmful ? 'medium' : 'low',
            summary: `Policy ${policy.name} calls ${fn.signature}, which is ${faults.map(({ is }) => is).join(' and ')}.`,
            fix: fixOf(faults),
          }
        }),
    ),
)

interface Fault {
  readonly is: string
  /** Undefined where only its author knows whether it may be declared so. */
  readonly fix?: string
  readonly remark?: string
  /** More than a plan that is not parallel. */
  readonly harms: boolean
}

function fixOf(faults: readonly Fault[]): string {
  const remarks = faults.flatMap(({ remark }) => remark ?? [])
  const list = faults.flatMap(({ fix }) => fix ?? [])
  return list.length === 0 ? decision(...remarks) : withRemarks(statements(list), remarks)
}

// A membership function has to be SECURITY DEFINER to read its table; a pinned search_path makes sure
// that it reads no other.
function faultsOf(fn: FunctionState, context: CheckContext): Fault[] {
  const { kind, signature } = fn
  return [
    ...(fn.volatility === 'volatile'
      ? [
          {
            is: 'VOLATILE',
            fix: `alter ${kind} ${signature} stable`,
            remark: `A function that is STABLE must not write: see that ${signature} does not.`,
            harms: true,
          },
        ]
      : []),
    ...(fn.parallelSafe
      ? []
      : [
          {
            is: 'not PARALLEL SAFE',
            remark: `If it neither writes nor uses temporary tables: alter ${kind} ${signature} parallel safe`,
            harms: false,
          },
        ]),
    // In the schemas of the config it is another finding: `function-search-path-mutable`.
    ...(fn.securityDefiner && !pinsSearchPath(fn) && !context.wanted.schemas.includes(fn.schema)
      ? [
          {
            is: 'SECURITY DEFINER without a search_path of its own',
            fix: pinSearchPath(fn, context),
            harms: true,
          },
        ]
      : []),
  ]
}
