/** Other commands may change a table, or are cheap to parse. */
const USUAL = /^\s*(?:select|insert|update|delete|with|merge|values)\b/i

/** Is it a statement whose parsing and planning is worth a name? */
export function isUsual(text: string): boolean {
  return USUAL.test(text)
}

/**
 * May the statement change the tables that the next one of its transaction means, as far as its text can
 * tell: by a command, by `select … into`, or by a function such as `set_config`? A name with a bracket
 * behind it is one, if it is none of those that PostgreSQL's own functions and clauses have.
 */
export function mayChangeTables(text: string): boolean {
  if (!isUsual(text) || text.length > MAX_LENGTH || INTO.test(text)) return true
  for (const [, before, name = ''] of text.matchAll(CALL)) {
    if (before === undefined && !HARMLESS.has(name.toLowerCase())) return true
  }
  return false
}

const MAX_LENGTH = 16_384

/** `select … into t`; the INTO of other statements follows the command. */
const INTO = /(?<!\b(?:insert|merge)\s+)\binto\b/i
/** Not the columns that an insert names, nor those of a common table expression. */
const CALL = /(\binto\s+)?(?<![\w$."])((?:"[^"]*"|[\w$]+)(?:\."[^"]*"|\.[\w$]+)*)\s*\(/g

const HARMLESS = new Set(
  `all and any array as between by case cast check coalesce conflict cross cube distinct else except exists
  extract filter from greatest grouping having in intersect interval is join key lateral least like limit not
  nullif offset on or over overlaps partition recursive returning rollup row select set sets similar some then
  union using values when where with within
  abs array_agg array_length array_to_json avg bool_and bool_or btrim cardinality ceil char_length concat
  concat_ws count current_setting date_part date_trunc dense_rank first_value floor format gen_random_uuid
  json_agg json_build_array json_build_object jsonb_agg jsonb_array_elements jsonb_array_elements_text
  jsonb_build_array jsonb_build_object jsonb_set lag last_value lead left length lower ltrim max md5 min mod now
  ntile percent_rank position rank regexp_replace replace right round row_number row_to_json rtrim split_part
  starts_with string_agg strpos substr substring sum to_char to_date to_json to_jsonb to_timestamp to_tsquery
  to_tsvector trim unnest upper decimal numeric varchar char timestamp timestamptz time bit`.split(
    /\s+/,
  ),
)
