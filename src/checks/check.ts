import { createHash } from 'node:crypto'
import type { RoleState } from '../catalog/role-state.ts'
import type { Level } from '../config/level.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type CheckedTable, checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'

/** One problem. Data only: a renderer decides how it looks. */
export interface Finding {
  readonly check: string
  readonly level: Level
  readonly object: string
  readonly summary: string
  /**
   * The SQL that resolves it: statements without a last semicolon, for one transaction of the owner of the
   * object, or of a superuser for roles and settings. They can run twice, and the statements of an
   * application go on working. Where only the user can choose, comments: a text that starts with `-- `.
   */
  readonly fix: string
  /** The same as long as the finding is: of its words, its level and the text that it is about. */
  readonly fingerprint: string
  /** The steps from a login of the application to the rows: the login first, the table last. */
  readonly road?: readonly string[]
}

/** Pure: judges a snapshot, does no I/O. Its documentation and its proof live in the same file. */
export interface Check {
  /** Names the problem, never the cure: `rls-not-forced`, not `force-rls`. */
  readonly id: string
  /** The default. A finding can be better or worse than its check. */
  readonly level: Level
  readonly title: string
  /** The damage that a bug or an attacker can do while this is true. */
  readonly why: string
  /** The page of PostgreSQL that it rests on. */
  readonly link: string
  /**
   * Run on a correct schema, creates the problem: the test expects one finding, and this one.
   * `app_user` and `app_admin` are the roles of the config, `app_owner` owns the tables, and
   * no other statement names `some_role`. A comment where no statement can create the problem.
   */
  readonly broken: string
  /** Run after `broken`, leaves no finding. */
  readonly fixed: string
  /** Checks that report `broken` too, because it has their problem as well. */
  readonly alsoFinds?: readonly string[]
  /** Hardening that most databases do without: judged only when `audit.levels` names the check. */
  readonly isOptIn?: true
  /** The first server that has what it looks for, as in `server_version_num`. */
  readonly since?: number
  /**
   * Without it the check cannot look, and says so: roles in the config; those, and a snapshot that holds
   * what leads to rows; a server it knows about.
   */
  readonly needs?: 'appRoles' | 'roads' | 'knownServer'
  /** Made only when the application was asked on a connection of its own: `--app-url`. */
  readonly asksApp?: true
  /** Made only when rows were read, which is asked for: `--rows`. */
  readonly readsRows?: true
  readonly detect: (context: CheckContext) => Finding[]
  /** The objects that it could not judge, and why: no finding there does not mean that they are clean. */
  readonly doubts?: (context: CheckContext) => Doubt[]
}

export interface Doubt {
  readonly object: string
  readonly reason: string
}

type Description = Omit<Check, 'detect'>

/** A finding without what its check adds. */
export interface Problem {
  readonly object: string
  /** @default the level of the check */
  readonly level?: Level
  readonly summary: string
  readonly fix: string
  /** The offending text, where neither summary nor fix holds it: a waiver is for this text alone. */
  readonly evidence?: string
  readonly road?: readonly string[]
}

export function defineCheck(
  description: Description,
  detect: (context: CheckContext) => Problem[] | Problem,
): Check {
  const { id: check, level } = description
  return {
    ...description,
    detect: (context) =>
      [detect(context)]
        .flat()
        .map(({ evidence, ...problem }) => fingerprinted({ check, level, ...problem }, evidence)),
  }
}

export function fingerprinted(finding: Omit<Finding, 'fingerprint'>, evidence = ''): Finding {
  const { check, level, object, summary, fix } = finding
  const text = JSON.stringify([check, level, object, summary, fix, evidence])
  const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return { ...finding, fingerprint }
}

export type Result = Omit<Problem, 'object'>

/** A check that looks at one tenant table at a time. */
export function tableCheck(
  description: Description,
  rule: (state: CheckedTable, context: CheckContext) => Result[] | Result | undefined,
): Check {
  return defineCheck(description, (context) =>
    checkedTables(context).flatMap((state) =>
      [rule(state, context) ?? []]
        .flat()
        .map((problem) => ({ object: qualifiedName(state.relation), ...problem })),
    ),
  )
}

/** A check that looks at one app role at a time. */
export function appRoleCheck(
  description: Omit<Description, 'needs'>,
  rule: (role: RoleState, context: CheckContext) => Result[] | Result | undefined,
): Check {
  return defineCheck({ ...description, needs: 'appRoles' }, (context) =>
    context.snapshot.roles
      .filter(({ name }) => context.wanted.appRoles.includes(name))
      .flatMap((role) =>
        [rule(role, context) ?? []].flat().map((problem) => ({ object: role.name, ...problem })),
      ),
  )
}
