export const S = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const OWN = `tenant_id = ${S}`

/** Makes a policy again, with the marker of the tool. */
function again(name: string, table: string, rest: string): string {
  return `${unmarked(name, table, rest)};
    comment on policy ${name} on ${table} is 'Written by kysely-tenants.'`
}

export function unmarked(name: string, table: string, rest: string): string {
  return `drop policy ${name} on ${table}; create policy ${name} on ${table} ${rest}`
}

export interface Answers {
  /** Findings of the audit. */
  readonly audit: readonly string[]
  /** The policies that its page does not call as wanted. */
  readonly page: readonly string[]
  /** Steps that `status` and `migrate:rls` name. */
  readonly steps: readonly string[]
}

export const AS_WANTED: Answers = { audit: [], page: [], steps: [] }

const WRITES_OUT = 'Writes out the WITH CHECK for which USING stood in so far.'
const ALTERS = (why: string) => `${why} The roles or the expression differed.`
const ACCESS = 'Lets a statement see and write the rows of its tenant.'

function withoutCheck(policy: string, ...more: readonly string[]): Answers {
  return {
    audit: [`low policy-using-without-check: Policy ${policy} has no WITH CHECK.`],
    page: [`${policy} differs`],
    steps: [WRITES_OUT, ...more],
  }
}

/** A change to the policies of `projects` and `templates` → the answers of each part of the tool. */
export const POLICY_ANSWERS: Readonly<Record<string, readonly [sql: string, answers: Answers]>> = {
  'the same again': [
    again('tenant_access', 'projects', `to app_user using (${OWN}) with check (${OWN})`),
    AS_WANTED,
  ],
  'what opens, without WITH CHECK': [
    again('tenant_access', 'projects', `to app_user using (${OWN})`),
    withoutCheck('tenant_access'),
  ],
  'the floor, without WITH CHECK': [
    again('tenant_isolation', 'projects', `as restrictive to app_user using (${OWN})`),
    withoutCheck('tenant_isolation'),
  ],
  'the policy of the admin, without WITH CHECK': [
    again('tenant_admin', 'projects', 'to app_admin using (true)'),
    withoutCheck('tenant_admin'),
  ],
  'the floor of updating, without WITH CHECK': [
    again(
      'tenant_isolation_update',
      'templates',
      `as restrictive for update to app_user using (${OWN})`,
    ),
    withoutCheck('tenant_isolation_update'),
  ],
  'no WITH CHECK, made by hand': [
    unmarked('tenant_access', 'projects', `to app_user using (${OWN})`),
    withoutCheck(
      'tenant_access',
      'The policy is as it should be; the marker hands it over to kysely-tenants.',
    ),
  ],
  'no USING': [
    again('tenant_access', 'projects', `to app_user with check (${OWN})`),
    {
      audit: [
        'high policy-expression-drift: Policy tenant_access denies what it is for: with tenant A, a row of tenant A is hidden from select.',
      ],
      page: ['tenant_access differs'],
      steps: [ALTERS(ACCESS)],
    },
  ],
  'the floor of inserting, which has no USING': [
    again(
      'tenant_isolation_insert',
      'templates',
      `as restrictive for insert to app_user with check (${OWN})`,
    ),
    AS_WANTED,
  ],
  'one role more': [
    'alter policy tenant_isolation on projects to some_role, app_user, some_role',
    {
      audit: [
        'high policy-roles-drift: Policy tenant_isolation is for app_user, some_role, not for app_user.',
      ],
      page: ['tenant_isolation differs'],
      steps: [ALTERS('The floor: no other policy can let another tenant through.')],
    },
  ],
  'the same in other words': [
    `alter policy tenant_access on projects using (${S} = tenant_id)`,
    {
      audit: ['low policy-expression-drift: Policy tenant_access says the same in other words.'],
      page: ['tenant_access differs'],
      steps: [ALTERS(ACCESS)],
    },
  ],
  'four policies for the commands of one': [
    `${again('tenant_access', 'projects', `for select to app_user using (${OWN})`)};
     create policy inserting on projects for insert to app_user with check (${OWN});
     create policy updating on projects for update to app_user using (${OWN}) with check (${OWN});
     create policy deleting on projects for delete to app_user using (${OWN})`,
    {
      audit: [
        'high policy-shape-drift: Policy tenant_access is permissive for select, not permissive for all.',
        'info policy-unexpected-permissive: Policy deleting lets the application reach more rows; the floor bounds it.',
        'info policy-unexpected-permissive: Policy inserting lets the application reach more rows; the floor bounds it.',
        'info policy-unexpected-permissive: Policy updating lets the application reach more rows; the floor bounds it.',
      ],
      page: ['tenant_access differs', 'deleting own', 'inserting own', 'updating own'],
      steps: [
        `${ACCESS} Under another name until the old policy is gone.`,
        'Marks it as made by the tool, which alters and drops no other policy.',
        'The old policy differed in its command or its kind.',
        'The new policy takes the name of the old one.',
      ],
    },
  ],
}
