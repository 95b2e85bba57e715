/** `version` changes when a field changes its meaning or goes; fields may be added. */
export function renderJson(data: object): string {
  return `${JSON.stringify({ version: 1, ...data }, null, 2)}\n`
}
