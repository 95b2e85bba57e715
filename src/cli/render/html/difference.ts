import { diffLines, diffWordsWithSpace } from 'diff'

/** A piece of text: in both texts, only in the present one, or only in the wanted one. */
export interface Piece {
  readonly kind: 'same' | 'is' | 'wanted'
  readonly text: string
}

/** Texts with more differences are shown one below the other. */
const LIMIT = { maxEditLength: 500 }

/**
 * The text that has to go and the text that has to come so that `is` becomes `wanted`: whole lines, and
 * word by word where a line is much the same. Text that goes stands before text that comes.
 */
export function differenceOf(is: string, wanted: string): Piece[] {
  const pieces = piecesOf(diffLines(is, wanted, LIMIT)) ?? replaced(is, wanted)
  return pieces.flatMap((piece, index) => {
    const [before, next] = [pieces[index - 1], pieces[index + 1]]
    if (piece.kind === 'wanted' && before?.kind === 'is') return []
    return piece.kind === 'is' && next?.kind === 'wanted' ? refined(piece.text, next.text) : [piece]
  })
}

function refined(is: string, wanted: string): Piece[] {
  const pieces = piecesOf(diffWordsWithSpace(is, wanted, LIMIT))
  if (!pieces) return replaced(is, wanted)
  const length = (kind: Piece['kind']) =>
    pieces.reduce((sum, piece) => sum + (piece.kind === kind ? piece.text.length : 0), 0)
  return length('same') < length('is') + length('wanted') ? replaced(is, wanted) : pieces
}

function replaced(is: string, wanted: string): Piece[] {
  return [
    { kind: 'is', text: is },
    { kind: 'wanted', text: wanted },
  ]
}

interface Change {
  readonly value: string
  readonly added: boolean
  readonly removed: boolean
}

function piecesOf(changes: readonly Change[] | undefined): Piece[] | undefined {
  return changes?.map(({ value, added, removed }) => {
    return { kind: removed ? 'is' : added ? 'wanted' : 'same', text: value }
  })
}
