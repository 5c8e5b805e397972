/**
 * A layered layout of a graph without cycles: prerequisites to the left of what needs them. Edges that others imply are
 * left out first (transitive reduction over bit sets), layers are by longest path, and the order in a layer by the mean
 * place of neighbours, back and forth a few times. 3,000 nodes take some tens of milliseconds.
 */
export interface Layout {
  /** Column and row of each node. */
  layer: Int32Array;
  row: Float64Array;
  layers: number;
  /** Rows of the fullest layer. */
  rows: number;
  /** The edges that remain, from what needs to what is needed. */
  edges: [number, number][];
}
export declare function layout(deps: readonly number[][]): Layout;
