/** A piece of text: in both, only in what is, or only in what is wanted. */
export interface Piece {
  readonly kind: 'same' | 'is' | 'wanted'
  readonly text: string
}

// The table of common lengths has a cell for each pair of words.
const LARGEST = 4_000_000

/**
 * What has to go and what has to come so that `is` becomes `wanted`: whole lines, and word by word where a
 * line is much the same.
 */
export function differenceOf(is: string, wanted: string): Piece[] {
  const pieces = aligned(linesOf(is), linesOf(wanted))
  return merged(
    pieces.flatMap((piece, index) => {
      const [before, next] = [pieces[index - 1], pieces[index + 1]]
      if (piece.kind === 'wanted' && before?.kind === 'is') return []
      return piece.kind === 'is' && next?.kind === 'wanted' ? refined(piece, next) : [piece]
    }),
  )
}

function refined(is: Piece, wanted: Piece): Piece[] {
  const [a, b] = [wordsOf(is.text), wordsOf(wanted.text)]
  if (a.length * b.length > LARGEST) return [is, wanted]
  const pieces = aligned(a, b)
  const length = (kind: Piece['kind']) =>
    pieces.reduce((sum, piece) => sum + (piece.kind === kind ? piece.text.length : 0), 0)
  return length('same') >= length('is') + length('wanted') ? pieces : [is, wanted]
}

/** In the order of both; what goes stands before what comes. */
function aligned(a: readonly string[], b: readonly string[]): Piece[] {
  const common = commonLengths(a, b)
  const at = (row: number, column: number) => common[row * (b.length + 1) + column] ?? 0
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [word, other] = [a[i], b[j]]
    if (word !== undefined && word === other) {
      pieces.push({ kind: 'same', text: word })
      i++
      j++
    } else if (other === undefined || (word !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: 'is', text: word ?? '' })
      i++
    } else {
      pieces.push({ kind: 'wanted', text: other })
      j++
    }
  }
  return merged(pieces)
}

/** How many words the rests of both from (row, column) on have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right] = [lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0]
      const diagonal = lengths[(i + 1) * width + j + 1] ?? 0
      lengths[i * width + j] = a[i] === b[j] ? diagonal + 1 : Math.max(down, right)
    }
  }
  return lengths
}

function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = []
  for (const piece of pieces) {
    const last = result.at(-1)
    if (last?.kind !== piece.kind) result.push(piece)
    else result[result.length - 1] = { ...last, text: last.text + piece.text }
  }
  return result
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? []
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}
